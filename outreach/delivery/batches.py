"""Claiming: a batch of dispatched deliveries, each taken by one sender alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from outreach.delivery.leases import LEASE, database_now, free
from outreach.storage.tables import PLANNED, delivery

#: Deliveries in a batch: enough that a batch's own cost is spread thin.
SIZE = 500
#: Groups in a batch at most: what is claimed by a sender that dies waits for its lease to run out.
GROUPS = 25


class Claimed(NamedTuple):
    """A delivery that this sender may send."""

    id: int
    campaign: str
    step: str
    occurrence: str
    repetition: int
    #: The person's surrogate id.
    person: int
    release_id: int
    language: str | None
    picks: str | None
    remind_days: int | None
    attempts: int

    @property
    def offers(self) -> tuple[str, ...]:
        """The offers picked, best first."""
        return tuple(self.picks.split(",")) if self.picks else ()


_COLUMNS = tuple(delivery.c[name] for name in Claimed._fields)
_READY = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None))


def any_ready(connection: Connection) -> bool:
    """Whether there is anything to claim now or soon."""
    return connection.scalar(select(delivery.c.id).where(*_READY).limit(1)) is not None


def claim(connection: Connection, owner: str, now: datetime, size: int = SIZE) -> list[Claimed]:
    """Take up to `size` dispatched deliveries whose latest time (against `now`) has not passed, in order of planning.

    A lease that runs out before the attempt costs nothing: who comes next takes the delivery, this sender leaves it.
    """
    clock = database_now(connection)
    wanted = (
        select(*_COLUMNS)
        .where(*_READY, free(clock), delivery.c.expires_at > now)
        .order_by(delivery.c.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    rows = [Claimed._make(row) for row in connection.execute(wanted).all()]
    if rows:
        # By their ids: as one statement with a subquery PostgreSQL reads the whole table for it.
        mine = delivery.c.id.in_([row.id for row in rows])
        values = {"lease_owner": owner, "lease_until": clock + LEASE}
        connection.execute(update(delivery).where(mine).values(values))
    return rows


def release(connection: Connection, owner: str, ids: Collection[int]) -> None:
    """Give back deliveries of this sender that were claimed and not attempted."""
    if not ids:
        return
    mine = (delivery.c.id.in_(ids), delivery.c.state == PLANNED, delivery.c.lease_owner == owner)
    connection.execute(update(delivery).where(*mine).values(lease_owner=None, lease_until=None))
