"""Waves: who of a rollout is written to first is drawn by lot, once and for all.

A person's stored lot and the campaign's id make a number, and its place among all such numbers the wave. So the draw
can be done again from what is on record, on any database, and says nothing about who the person is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    SmallInteger,
    cast,
    literal,
    null,
    select,
    true,
)

from outreach.definitions.model import Campaign
from outreach.planning.arbitration import PRIME, lot_of
from outreach.planning.openings import hours_of
from outreach.planning.scope import Scope
from outreach.storage.tables import person


@dataclass(frozen=True)
class Wave:
    """People who are written to together."""

    #: The day on which it begins; on a closed one it waits for the next open day, as every step does.
    day: date
    #: Who is in it, as a clause on `person`.
    people: ColumnElement[bool]


def waves(scope: Scope, start: date) -> Iterator[Wave]:
    """The waves of what starts on that day, in their order; without a rollout the one of everybody."""
    campaign, rollout = scope.campaign, scope.campaign.rollout
    if rollout is None:
        yield Wave(start, true())
        return
    if rollout.open_days:
        days = hours_of(scope.workspace, campaign, campaign.channel).sending_days(start)
    else:
        days = (start + timedelta(days=rollout.every.days * number) for number in count())
    for number, day in zip(range(1, rollout.waves + 1), days, strict=False):
        yield Wave(day, wave_of(campaign) == number)


def wave_of(campaign: Campaign) -> ColumnElement[int | None]:
    """The number of a person's wave; NULL where the campaign has none."""
    if campaign.rollout is None:
        return cast(null(), SmallInteger)
    # Another factor than the one that draws under the cap, or the first wave would be lucky there, too.
    factor = literal(seed(campaign), BigInteger)
    drawn = cast(person.c.lot, BigInteger) * factor % literal(PRIME, BigInteger)
    return cast(drawn * literal(campaign.rollout.waves, BigInteger) // literal(PRIME, BigInteger) + 1, SmallInteger)


def seed(campaign: Campaign) -> int:
    """What the campaign multiplies each person's lot by."""
    return lot_of(f"rollout {campaign.id}")


def told(connection: Connection, campaign: Campaign, who: Row[Any]) -> tuple[str, dict[str, Any]]:
    """In which wave somebody is, in words and as facts; nothing of a campaign that has none."""
    rollout = campaign.rollout
    if rollout is None:
        return "", {}
    number = connection.execute(select(wave_of(campaign)).where(person.c.id == who.id)).scalar_one() or 1
    days = rollout.every.days * (number - 1)
    when = f", {days} days after the first" if days and not rollout.open_days else ""
    words = f"; drawn by lot: {'day' if rollout.open_days else 'wave'} {number} of {rollout.waves}{when}"
    return words, {"wave": number, "waves": rollout.waves, "lot": who.lot, "seed": seed(campaign)}
