"""Arbitration: in which order a person's messages go where more want to leave than the frequency cap lets through.

One list of weights, each an expression over `delivery` joined to `person`: dispatch orders by it, and `explain` finds
in it what decided between two messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, exists, literal, select

from outreach.definitions.model import Campaign, Definitions
from outreach.storage.tables import delivery, outcome, person

#: States in which a message counts as one that the person got, or may have got.
COUNTED = ("planned", "attempting", "sent", "in_doubt", "bounced", "complained")
#: Rank of the most important `nice` message (`ledger.rank`).
_NICE = 4
#: A message whose latest time is no further away goes before those that can still wait.
PRESSING = timedelta(days=3)
#: A prime, 2**31 - 1: lots are not above it, so that each campaign shuffles them in a way of its own.
PRIME = 2_147_483_647

#: A campaign and the release whose words hold.
Plans = Mapping[tuple[str, int], tuple[Campaign, Definitions]]


@dataclass(frozen=True)
class Weight:
    """Something that decides; the smaller goes first."""

    name: str
    #: Why the winner goes before: "it is of a higher class".
    words: str
    value: ColumnElement[Any]


def weights(plans: Plans, now: datetime, today: date) -> list[Weight]:
    """What decides at `now` (its civil day: `today`) between messages of these campaigns, the weightiest first."""
    return [
        Weight("class", "its class is `normal`, and this one's `nice`", case((delivery.c.rank >= _NICE, 1), else_=0)),
        Weight(
            "deadline",
            "its latest time was near",
            case((delivery.c.expires_at <= literal(now + PRESSING, delivery.c.expires_at.type), 0), else_=1),
        ),
        Weight("priority", "its priority is higher", delivery.c.rank),
        Weight("waiting", "it was passed over more often", -delivery.c.passed_over),
        Weight("use", "what this one is about, the person uses already", _used(plans, today)),
        Weight("lot", "drawn by lot", _drawn(plans)),
    ]


def order(found: list[Weight]) -> list[ColumnElement[Any]]:
    """The weights, and what tells messages of one campaign apart."""
    own = delivery.c["due_at", "campaign", "step", "repetition", "id"]
    return [*(weight.value for weight in found), *own]


def lot_of(campaign: str) -> int:
    """What a campaign multiplies each person's lot by, to draw among equals: 1 to 2**31 - 2."""
    return 1 + int.from_bytes(blake2b(campaign.encode(), digest_size=8).digest()) % (PRIME - 1)


def shown_use(campaign: Campaign, definitions: Definitions) -> tuple[str, ...]:
    """Outcomes that say that a person has what the campaign is for: its goal's, and those of the offers it is about."""
    goal = (campaign.goal.outcome,) if campaign.goal else ()
    offers = (definitions.offers[name].outcome for name in campaign.about)
    return tuple(dict.fromkeys(filter(None, (*goal, *offers))))


def _used(plans: Plans, today: date) -> ColumnElement[Any]:
    used = [
        (and_(_of(campaign.id, release), _has(outcomes, today)), literal(1))
        for (_, release), (campaign, definitions) in plans.items()
        if (outcomes := shown_use(campaign, definitions))
    ]
    return case(*used, else_=literal(0)) if used else literal(0)


def _of(campaign: str, release: int) -> ColumnElement[bool]:
    return and_(delivery.c.campaign == campaign, delivery.c.release_id == release)


def _has(outcomes: tuple[str, ...], today: date) -> ColumnElement[bool]:
    return exists(
        select(literal(1))
        .where(outcome.c.person == person.c.id, outcome.c.outcome.in_(outcomes), outcome.c.occurred_on <= today)
        .correlate(person)
    )


def _drawn(plans: Plans) -> ColumnElement[Any]:
    factors = {name: literal(lot_of(name), BigInteger) for name, _ in plans}
    factor = case(*((delivery.c.campaign == name, number) for name, number in factors.items()))
    return cast(person.c.lot, BigInteger) * factor % literal(PRIME, BigInteger)
