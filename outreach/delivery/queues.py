"""What waits in the ledger, and who is there to send it: a few counts that partial indexes answer, for any reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select, union_all

from outreach.delivery.presence import living
from outreach.planning.paused import PAUSED
from outreach.storage.tables import IN_DOUBT, PLANNED, delivery, pace, sender

#: Senders take the most important first, and of these what was planned first: the oldest that is ready is among the
#: first of a rank, and a look at all of them would read half of a large ledger.
_RANKS, _FIRST = range(7), 200

_WAITING = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_(None))
_HELD = (delivery.c.lease_owner.is_not(None),)
_READY = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None), delivery.c.lease_owner.is_(None))


@dataclass(frozen=True, slots=True)
class Queues:
    """One moment of the ledger."""

    #: Stage -> deliveries: `waiting` (planned, not yet let go), `due` (those of them whose time has come and whose
    #: campaign is not paused), `ready` (let go, nobody has taken them), `held` (a sender has taken them), `abandoned`
    #: (those of them whose sender is dead), `in_doubt`.
    lengths: Mapping[str, int]
    #: For how long the oldest of those that are due or ready could have left.
    age: timedelta
    #: Kind -> senders alive, on all machines.
    senders: Mapping[str, int]
    #: Way out -> how often in a row nobody was reached there.
    failures: Mapping[str, int]


def queues_at(connection: Connection, now: datetime) -> Queues:
    """The queues at `now`; senders are alive by the database's clock."""
    waiting, due, oldest_due = connection.execute(_waiting(connection, now)).one()
    alive = living(connection)
    oldest = [oldest_due, connection.scalar(_oldest_ready())]
    return Queues(
        lengths={
            "waiting": waiting,
            "due": due,
            "ready": _count(connection, *_READY),
            "held": _count(connection, *_HELD),
            "abandoned": _count(connection, *_HELD, delivery.c.lease_owner.not_in(alive)),
            "in_doubt": _count(connection, delivery.c.state == IN_DOUBT),
        },
        age=max([now - moment for moment in oldest if moment], default=timedelta(0)),
        senders=_senders(connection, alive),
        failures={row.server: row.failures for row in connection.execute(select(pace.c.server, pace.c.failures))},
    )


def _waiting(connection: Connection, now: datetime) -> Any:
    """How many wait, how many of them are due, and since when the first of these is."""
    due = delivery.c.due_at <= now
    # Only where something is paused: the index that answers all else does not know the campaign.
    paused = connection.scalars(PAUSED).all()
    if paused:
        due &= delivery.c.campaign.not_in(paused)
    return select(
        func.count(), func.count(case((due, 1))), func.min(case((due, delivery.c.due_at)))
    ).where(*_WAITING)  # fmt: skip


def _oldest_ready() -> Select[tuple[datetime]]:
    """Since when what is ready has been so."""
    firsts = [
        select(delivery.c.dispatched_at).where(*_READY, delivery.c.rank == rank).order_by(delivery.c.id).limit(_FIRST)
        for rank in _RANKS
    ]
    # Each in a query of its own, as SQLite knows no limit within a union.
    first = union_all(*(select(one.subquery().c.dispatched_at) for one in firsts)).subquery()
    return select(func.min(first.c.dispatched_at))


def _count(connection: Connection, *which: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(delivery).where(*which)) or 0


def _senders(connection: Connection, alive: Select[tuple[str]]) -> dict[str, int]:
    kinds = select(sender.c.kind, func.count().label("number")).where(sender.c.owner.in_(alive)).group_by(sender.c.kind)
    return {row.kind: row.number for row in connection.execute(kinds)}
