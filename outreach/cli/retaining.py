"""Once a day, `run` and `serve` remove what was kept for long enough."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.privacy import expiring, retention
from outreach.privacy.exporting import Folders
from outreach.storage import audit

if TYPE_CHECKING:
    from outreach.definitions.model import Definitions
    from outreach.installation import Installation


def remove_daily(
    installation: Installation, definitions: Definitions, now: datetime, stop: Callable[[], bool]
) -> dict[str, int]:
    """Remove it, unless it was done on this civil day; kind -> how many."""
    limits = retention.Limits.of(definitions, now)
    return remove(installation, limits, now, stop=stop) if retention.is_due(installation.database, limits) else {}


def remove(
    installation: Installation,
    limits: retention.Limits,
    now: datetime,
    by: str = audit.OURSELVES,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, int]:
    """Remove what is too old, files first, and put on record what that was."""
    removed = expiring.remove(folders_of(installation), limits.content)
    removed |= retention.remove(installation.database, limits, stop)
    retention.note(installation.database, removed, now, by)
    return removed


def folders_of(installation: Installation) -> Folders:
    """Where people's data is kept outside of the database."""
    return Folders(installation.outbox, Path(installation.ways.handover), installation.root / "var")
