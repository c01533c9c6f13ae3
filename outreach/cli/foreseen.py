"""What `plan` foresees beside messages: what is paused or skipped, and who goes which way at a branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outreach.definitions.model import Branch, Campaign, Definitions
from outreach.definitions.ways import leads, way_in_words

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.planning.ways_taken import WaysTaken


@dataclass(frozen=True, slots=True)
class Held:
    """A campaign that is paused: none of its messages is among those that leave."""

    campaign: str
    words: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An occurrence that does not come."""

    campaign: str
    day: date
    words: str


@dataclass(frozen=True, slots=True)
class Turned:
    """What becomes of who comes to a branch; what tells of few people is None."""

    campaign: str
    release: int
    step: str
    people: int | None
    #: `way-1`, …, `otherwise`, `unknown` -> people.
    ways: dict[str, int] | None
    words: str


def held(connection: Connection, definitions: Definitions) -> list[Held]:
    """The campaigns of the release that are paused."""
    from outreach.planning.paused import PAUSED

    paused = set(connection.scalars(PAUSED))
    return [
        Held(name, f"paused: nothing of it leaves before `outreach resume {name}`")
        for name in sorted(paused & set(definitions.campaigns))
    ]


def skipped(definitions: Definitions, names: Iterable[str], first: date, last: date) -> Iterator[LeftOut]:
    """In the campaigns of these names, by day."""
    from outreach.planning.left_out import left_out

    for name in names:
        for day in left_out(definitions.workspace, definitions.campaigns[name], first, last):
            yield LeftOut(name, day, f"nothing leaves on {day}, a closed day (`on_closed: skip`)")


def turned(campaign: Campaign, found: WaysTaken, limit: int) -> Turned:
    """As it may be told of."""
    from outreach.outcomes.small_numbers import in_words, shown

    people = shown(sum(found.people.values()), limit).people
    tells = people is not None and all(number >= limit for number in found.people.values())
    ways = found.people if tells else None
    words = f"{in_words(people, limit)} people will come to {found.step}"
    if ways:
        branch = campaign.step(found.step).branch
        assert branch, "people turn at branches"
        words += ": " + ", ".join(f"{number:,} go {_way(campaign, branch, way)}" for way, number in ways.items())
    return Turned(found.campaign, found.release, found.step, people, ways, words)


def _way(campaign: Campaign, branch: Branch, name: str) -> str:
    """`to workshop (if infosession-attended)`."""
    from outreach.planning.turning import UNKNOWN, name_of, places

    asked = {name_of(number): way_in_words(way) for number, way in enumerate(branch.ways, 1)}
    why = asked.get(name, "facts are missing" if name == UNKNOWN else "otherwise")
    return f"{leads(campaign, places(branch)[name])} ({why})"
