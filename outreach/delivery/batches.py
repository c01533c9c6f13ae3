"""Claiming: a batch of dispatched deliveries, each taken by one sender alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, TextClause, case, select, text, update

from outreach.definitions.by_choice import kind_of
from outreach.definitions.model import CHANNEL_KINDS, ChannelKind
from outreach.delivery.keys import format_key
from outreach.planning.paused import PAUSED
from outreach.storage.tables import PLANNED, delivery

#: Deliveries in a batch: enough that a batch's own cost is spread thin; who sends quickly takes twice as many.
SIZE = 500
#: Channels that a campaign names in its definition; all that names none goes by mail.
_NAMED = tuple(kind for kind in CHANNEL_KINDS if kind != "email")


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
    #: The session that it invites to, an id of `session`.
    session: int | None
    #: The bundle that it brings, an id of `bundle`.
    bundle: int | None = None
    #: As the ledger has it: the name of the way by which mail was tried, too.
    channel: str | None = None

    @property
    def key(self) -> str:
        """The delivery's key."""
        return format_key(self.campaign, self.step, self.occurrence, self.repetition, self.person)

    @property
    def kind(self) -> ChannelKind:
        """What it leaves by, as definitions name it."""
        return kind_of(self.channel)

    @property
    def offers(self) -> tuple[str, ...]:
        """The offers picked, best first."""
        return tuple(self.picks.split(",")) if self.picks else ()


_COLUMNS = tuple(delivery.c[name] for name in Claimed._fields)
_READY = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None), delivery.c.lease_owner.is_(None))


#: What a delivery leaves by, as definitions name it: the column may hold the name of the way by which mail was tried.
kind: ColumnElement[str] = case((delivery.c.channel.in_(_NAMED), delivery.c.channel), else_="email")


def meant_for(channel: str) -> ColumnElement[bool]:
    """Deliveries that leave by the channel of this name."""
    if channel in _NAMED:
        return delivery.c.channel == channel
    return delivery.c.channel.is_(None) | delivery.c.channel.not_in(_NAMED)


def ready(connection: Connection, channel: str | None = None, most: int = 1) -> int:
    """How many deliveries wait to be claimed for a channel, or for any; counted up to `most`."""
    which = _READY if channel is None else (*_READY, meant_for(channel))
    return len(connection.scalars(select(delivery.c.id).where(*which).limit(most)).all())


def claim(connection: Connection, owner: str, channel: str, now: datetime, size: int = SIZE) -> list[Claimed]:
    """Take up to `size` deliveries that were let go, the most important first; none that is too late at `now`."""
    wanted = (
        select(*_COLUMNS)
        .where(*_READY, meant_for(channel), delivery.c.expires_at > now, delivery.c.campaign.not_in(PAUSED))
        .order_by(delivery.c.rank, delivery.c.id)
        .limit(size)
        .with_for_update(skip_locked=True)
    )
    rows = [Claimed._make(row) for row in connection.execute(wanted).all()]
    if rows:
        _hold(connection, owner, [row.id for row in rows])
    return rows


def _hold(connection: Connection, owner: str, ids: Sequence[int]) -> None:
    # By their ids: as one statement with a subquery PostgreSQL reads the whole table for it.
    if connection.dialect.name == "sqlite":
        connection.execute(_HOLD_SQLITE, {"owner": owner, "ids": json.dumps(ids)})
    else:
        connection.execute(_HOLD_POSTGRESQL, {"owner": owner, "ids": list(ids)})


_HOLD_SQLITE: TextClause = text(
    "UPDATE delivery SET lease_owner = :owner WHERE id IN (SELECT value FROM json_each(:ids))"
)
_HOLD_POSTGRESQL: TextClause = text("UPDATE delivery SET lease_owner = :owner WHERE id = ANY (CAST(:ids AS bigint[]))")


def release(connection: Connection, owner: str, ids: Collection[int]) -> None:
    """Give back deliveries of this sender that were claimed and not attempted."""
    if not ids:
        return
    mine = (delivery.c.id.in_(ids), delivery.c.state == PLANNED, delivery.c.lease_owner == owner)
    connection.execute(update(delivery).where(*mine).values(lease_owner=None))
