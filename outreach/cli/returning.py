"""What came back to an installation, taken in by the rules of its workspace: by `outreach bounces` and at each tick."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.delivery.returns.collecting import Collected
    from outreach.delivery.returns.settling import Settler
    from outreach.delivery.returns.sources.base import Source
    from outreach.installation import Installation


def aside(installation: Installation) -> Path:
    """Folder of mails that came back and that somebody must look at."""
    return installation.root / "var" / "returns" / "aside"


def settler(installation: Installation) -> Settler:
    """What writes into the ledger what came back.

    Raises:
        OutreachError: the database is from a backup: it may have forgotten what comes back.
    """
    from outreach.delivery.returns.settling import Settler

    installation.refuse_if_restored()
    return Settler(installation.secret, installation.definitions, installation.in_force().bounces)


def take(installation: Installation, source: Source, now: datetime) -> Collected:
    """Settle mails that nobody else can be reading: files, and what is piped in."""
    from outreach.delivery.returns.collecting import take as settle_all

    return settle_all(installation.database, source, settler(installation), now)


def collect(
    installation: Installation, url: str, now: datetime, stop: Callable[[], bool] = lambda: False
) -> Collected | None:
    """Settle what lies in a mailbox or a maildir; None: another process is reading what came back.

    Raises:
        OutreachError: it cannot be read, or the database is from a backup.
    """
    from outreach.delivery.returns.collecting import collect as settle_all
    from outreach.delivery.returns.sources import open_source

    with closing(open_source(url, aside(installation))) as source:
        return settle_all(installation.database, source, settler(installation), now, stop)
