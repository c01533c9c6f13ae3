"""Declining a topic: on record at once, also for what dispatch has let go already and nobody has begun to send.

What is merely planned stays so: dispatch looks at the same choice before it lets anything go, so that taking the
choice back in time brings the message back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select, update

from outreach.definitions.model import Definitions
from outreach.roster import choices
from outreach.storage.tables import PLANNED, delivery

#: The gate's own name, as it stands on rows that dispatch stops.
REASON = "opted_out"


def decline(
    connection: Connection, releases: Callable[[int], Definitions], person: int, topic: str, now: datetime
) -> bool:
    """Stop a topic for a person, by surrogate id; False when it was stopped before."""
    is_new = choices.decline(connection, person, topic, now)
    _take_back(connection, releases, person, topic)
    return is_new


def _take_back(connection: Connection, releases: Callable[[int], Definitions], person: int, topic: str) -> None:
    """Keep what was let go from leaving. A sender that holds it finds it gone when it writes its attempt down."""
    let_go = (delivery.c.person == person, delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None))
    rows = connection.execute(select(delivery.c.id, delivery.c.campaign, delivery.c.release_id).where(*let_go)).all()
    ids = [row.id for row in rows if releases(row.release_id).campaigns[row.campaign].topic == topic]
    if ids:
        stopped = update(delivery).where(delivery.c.id.in_(ids), delivery.c.state == PLANNED)
        connection.execute(stopped.values(state="skipped", reason=REASON, lease_owner=None))
