"""How people respond in a simulation: which share does what a message asks for, and after how many days.

Who answers is drawn by arithmetic on the person's lot, with numbers that a hash makes of the seed and of the message's
own key: the same at every run and in whatever order things are asked, set by set in SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from sqlalchemy import ColumnElement

from outreach.definitions.model import Campaign, Definitions, Step
from outreach.storage.tables import person

#: A prime, 2**31 - 1: lots are below it, so that the draw gives each of them another number and fits 63 bits.
_PRIME = 2_147_483_647


@dataclass(frozen=True, slots=True)
class Response:
    """How those respond whom a message reaches."""

    #: Share of them, 0 to 1, who do what it asks for: what its reminders wait for, or the campaign's goal.
    registers: float = 0.08
    #: Share of them, 0 to 1, who use an offer that it shows.
    uses: float = 0.03
    #: They do it on one of so many days after it, each as likely as the other.
    within: int = 14


@dataclass(frozen=True, slots=True)
class OfferResponse:
    """How those respond to whom an offer is shown; None: as the campaign says."""

    uses: float | None = None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Responses:
    """The response model of a portfolio."""

    default: Response = Response()
    campaigns: Mapping[str, Response] = field(default_factory=dict)
    #: Goes before what the campaign says of the use of offers.
    offers: Mapping[str, OfferResponse] = field(default_factory=dict)
    #: The same seed draws the same people.
    seed: int = 1
    #: What it was read from; empty for the default.
    file: str = ""

    def use(self, offer: str, campaign: Response) -> tuple[float, int]:
        """The share that uses an offer which a campaign shows, and within how many days."""
        own = self.offers.get(offer, OfferResponse())
        uses = campaign.uses if own.uses is None else own.uses
        return uses, own.within or campaign.within


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that some of a message's readers will have done."""

    outcome: str
    share: float
    within: int
    #: Only of who is shown this offer; empty: of everybody reached.
    offer: str = ""
    #: Who does it takes a seat at the session to which they are invited.
    seat: bool = False


def asks(definitions: Definitions, campaign: Campaign, step: Step, responses: Responses) -> Iterator[Ask]:
    """What a step's readers may do. A sensitive offer has no outcome, so nothing is drawn of it."""
    own = responses.campaigns.get(campaign.id, responses.default)
    for name in _asked_for(campaign, step):
        yield Ask(name, own.registers, own.within, seat=bool(step.invite))
    picked = step.pick.offers if step.pick else ()
    for name in dict.fromkeys((*campaign.about, *picked)):
        if outcome := definitions.offers[name].outcome:
            uses, within = responses.use(name, own)
            yield Ask(outcome, uses, within, offer="" if name in campaign.about else name)


def _asked_for(campaign: Campaign, step: Step) -> tuple[str, ...]:
    if step.remind:
        return step.remind.until.outcomes
    waits = any(other.remind for other in campaign.steps)
    return (campaign.goal.outcome,) if campaign.goal and not waits else ()


def drawn(seed: int, *key: object) -> ColumnElement[int]:
    """A number from 0 to 2**31 - 2 for each person, by that key."""
    number = blake2b("/".join(map(str, (seed, *key))).encode(), digest_size=16).digest()
    factor = 1 + int.from_bytes(number[:8]) % (_PRIME - 1)
    return (person.c.lot * factor + int.from_bytes(number[8:]) % _PRIME) % _PRIME


def answers(share: float, seed: int, *key: object) -> ColumnElement[bool]:
    """Whether a person is one of that share."""
    return drawn(seed, *key) < round(share * _PRIME)
