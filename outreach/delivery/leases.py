"""Who is at work on a delivery, and until when: by the database's clock, the one that all machines share."""

from __future__ import annotations

import os
import socket
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select

from outreach.storage.tables import delivery

#: How long a delivery stays a sender's own; an attempt longer, by what a call of the channel may take.
LEASE = timedelta(minutes=2)


def owner() -> str:
    """A name for this sender, unique among those at work now, for `delivery.lease_owner`."""
    return f"{socket.gethostname()[:30]}/{os.getpid()}/{threading.get_ident() % 10**12}"


def database_now(connection: Connection) -> datetime:
    """The moment by the database's clock."""
    if connection.dialect.name == "sqlite":
        text: str = connection.execute(select(func.strftime("%Y-%m-%dT%H:%M:%f", "now"))).scalar_one()
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)


def free(now: datetime) -> ColumnElement[bool]:
    """Rows that nobody is at work on."""
    return or_(delivery.c.lease_until.is_(None), delivery.c.lease_until < now)
