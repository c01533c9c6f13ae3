"""What servers tell besides: until when their certificate is good, and what time they have."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple


class Times(NamedTuple):
    """Two clocks, read at the same moment."""

    theirs: datetime
    ours: datetime


def times(told: str, ours: datetime) -> Times | None:
    """The time in a header or a greeting (`Sun, 22 Nov 2026 08:00:00 +0000`); None where there is none."""
    try:
        theirs = parsedate_to_datetime(told.strip())
    except ValueError:
        return None
    return Times(theirs, ours) if theirs.tzinfo else None


def certificate_ends(connection: object) -> datetime | None:
    """When the verified certificate of this connection ends; None where it has none."""
    if not isinstance(connection, ssl.SSLSocket):
        return None
    ends = str((connection.getpeercert() or {})["notAfter"])
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC)


def tls_version(connection: object) -> str:
    """`TLSv1.3`; empty where nothing is encrypted."""
    return (connection.version() or "") if isinstance(connection, ssl.SSLSocket) else ""
