"""How things stand in the database, for who watches: one look, by one reader."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from outreach.delivery.queues import Queues, queues_at
from outreach.release import current_release
from outreach.storage.database import Database


class Standing(NamedTuple):
    """One moment of the database."""

    #: The current release; None before the first.
    release: int | None
    queues: Queues


def look(database: Database, now: datetime) -> Standing:
    """How things stand at `now`."""
    with database.reading() as connection:
        return Standing(current_release(connection), queues_at(connection, now))
