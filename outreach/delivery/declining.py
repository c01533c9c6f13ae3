"""Declining a topic, or all for a while: at once, also for what dispatch has let go and nobody has begun to send.

What is merely planned stays so: dispatch looks at the same choice before it lets anything go, so that taking the
choice back in time brings the message back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, not_, select, update

from outreach.definitions.model import Definitions
from outreach.planning.notices import owed
from outreach.roster import choices
from outreach.storage.tables import PLANNED, delivery

#: The gates' own names, as they stand on rows that dispatch stops.
OPTED_OUT, PAUSED = "opted_out", "pause_chosen"


def decline(
    connection: Connection, releases: Callable[[int], Definitions], person: int, topics: Collection[str], now: datetime
) -> bool:
    """Stop topics for a person, by surrogate id; False when all of them were stopped before."""
    new = [topic for topic in sorted(topics) if choices.decline(connection, person, topic, now)]
    rows = _let_go(connection, person)
    about = [row.id for row in rows if releases(row.release_id).campaigns[row.campaign].topic in topics]
    _take_back(connection, about, OPTED_OUT)
    return bool(new)


def take_back_all(connection: Connection, person: int) -> None:
    """Keep everything from leaving to somebody who has just asked for a pause."""
    _take_back(connection, [row.id for row in _let_go(connection, person)], PAUSED)


def _let_go(connection: Connection, person: int) -> Sequence[Row[Any, Any, Any]]:
    theirs = (delivery.c.person == person, delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None))
    columns = delivery.c["id", "campaign", "release_id"]
    return connection.execute(select(*columns).where(*theirs, not_(owed()))).all()


def _take_back(connection: Connection, ids: Sequence[int], reason: str) -> None:
    """Keep these from leaving. A sender that holds one finds it gone when it writes its attempt down."""
    if not ids:
        return
    stopped = update(delivery).where(delivery.c.id.in_(ids), delivery.c.state == PLANNED)
    connection.execute(stopped.values(state="skipped", reason=reason, lease_owner=None))
