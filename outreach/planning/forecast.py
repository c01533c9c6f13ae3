"""What leaves when, to how many, and why not: the ledger of a stretch of time, summed up.

Read from a scratch copy on which the same planner ran with another clock (`pipeline.plan_ahead`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, func, or_, select

from outreach.definitions.by_choice import kind_of
from outreach.definitions.model import Definitions
from outreach.planning.abroad import with_zones, zones_on_file
from outreach.planning.calendar import zone
from outreach.planning.looking_again import may_find_one
from outreach.storage.tables import PLANNED, delivery, person

Releases = Callable[[int], Definitions]

#: States of a message that left, or may have left.
LEFT = ("sent", "attempting", "in_doubt", "bounced", "complained")

#: Deliveries that were open when the stretch began; in the scratch copy alone.
_open_before = Table("open_before", MetaData(), Column("delivery", BigInteger, primary_key=True, autoincrement=False))


@dataclass
class Send:
    """One step of one occurrence, as it leaves at one local time."""

    campaign: str
    step: str
    #: `once`, a civil date, or `entry-n`; for journeys that start per person the entries of that moment together.
    occurrence: str
    #: 0 for the message itself, then the number of the reminder.
    repetition: int
    #: Local time of the people, `2026-12-01 09:00`.
    local_time: str
    #: In which wave of a rollout; None where there is none.
    wave: int | None = None
    #: The zone that they live by; empty where it is the workspace's.
    time_zone: str = ""
    #: How many it goes to.
    send: int = 0
    #: How many of them have it by another channel, which they chose, by kind.
    by_choice: dict[str, int] = field(default_factory=dict)
    #: How many it does not go to, by reason.
    skipped: dict[str, int] = field(default_factory=dict)
    #: How many wait for their turn when the stretch ends.
    waiting: int = 0
    #: For how many it cannot be decided whether they are in the audience; they are not in it.
    indeterminate: int = 0

    @property
    def audience(self) -> int:
        """Everybody who is in the audience: written to, skipped or waiting."""
        return self.send + sum(self.skipped.values()) + self.waiting


def note_open(connection: Connection, start: datetime) -> int:
    """Note what stands in the ledger and may still leave, as a cap or a window holds it; the last id of the ledger."""
    _open_before.create(connection)
    may_leave = or_(delivery.c.state == PLANNED, may_find_one(start))
    connection.execute(_open_before.insert().from_select(["delivery"], select(delivery.c.id).where(may_leave)))
    return connection.scalar(select(func.max(delivery.c.id))) or 0


def sends_after(connection: Connection, last_id: int, time_zone: str, releases: Releases) -> list[Send]:
    """The sends of what `note_open` noted and of the ledger's rows after `last_id`, in the order of time."""
    when = func.coalesce(delivery.c.sent_at, delivery.c.due_at)
    columns = (
        delivery.c.campaign,
        delivery.c.step,
        delivery.c.occurrence,
        delivery.c.repetition,
        delivery.c.state,
        delivery.c.reason,
        delivery.c.wave,
        delivery.c.channel,
        delivery.c.release_id,
    )
    zones = zones_on_file(connection)
    rows = connection.execute(
        with_zones(delivery, (*columns, when.label("at"), func.count().label("people")), zones)
        .where(or_(delivery.c.id > last_id, delivery.c.id.in_(select(_open_before.c.delivery))))
        .group_by(*columns, when, *([person.c.time_zone] if zones else ()))
    )
    sends: dict[tuple[Any, ...], Send] = {}
    for row in rows:
        abroad = "" if row.time_zone in (None, time_zone) else row.time_zone
        which = (row.campaign, row.step, row.occurrence, row.repetition)
        key = (_local(row.at, time_zone), *which, row.wave or 0, abroad)
        send = sends.setdefault(key, Send(*which, _local(row.at, abroad or time_zone), row.wave, abroad))
        _count(send, row)
        campaign = releases(row.release_id).campaigns[row.campaign]
        if row.state in LEFT and (kind := kind_of(row.channel)) != campaign.way(
            campaign.step(row.step), row.repetition
        ):
            send.by_choice[kind] = send.by_choice.get(kind, 0) + row.people
    return [sends[key] for key in sorted(sends)]


def _local(at: datetime, time_zone: str) -> str:
    return at.astimezone(zone(time_zone)).strftime("%Y-%m-%d %H:%M")


def _count(send: Send, row: Any) -> None:
    if row.state in LEFT:
        send.send += row.people
    elif row.state == "planned":
        send.waiting += row.people
    elif row.reason == "indeterminate":
        send.indeterminate += row.people
    else:
        reasons = defaultdict(int, send.skipped)
        reasons[row.reason or row.state] += row.people
        send.skipped = dict(reasons)
