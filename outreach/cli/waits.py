"""Who waits in a campaign, as `plan` shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outreach.definitions.model import Definitions
from outreach.definitions.waits import awaited

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.planning.lingering import Lingering


@dataclass(frozen=True, slots=True)
class Waiting:
    """People at a wait, as they may be told of; what tells of few people is None."""

    campaign: str
    release: int
    step: str
    people: int | None
    #: Until when the first and the last of them wait at the latest.
    first: date | None
    last: date | None
    words: str


def waiting(
    connection: Connection, definitions: Callable[[int], Definitions], names: Iterable[str], limit: int
) -> Iterator[Waiting]:
    """In the campaigns of these names."""
    from outreach.planning.lingering import lingering

    yield from (_told(definitions(one.release), one, limit) for one in lingering(connection, names))


def _told(definitions: Definitions, one: Lingering, limit: int) -> Waiting:
    from outreach.outcomes.small_numbers import in_words, shown

    people = shown(one.people, limit).people
    wait = definitions.campaigns[one.campaign].step(one.step).wait
    what = f" for {awaited(wait)}" if wait else ""
    words = f"{in_words(people, limit)} people wait at {one.step}{what}"
    if people is None:
        return Waiting(one.campaign, one.release, one.step, None, None, None, words)
    until = f", until {one.last} at most" if one.first == one.last else f", until {one.first} to {one.last} at most"
    return Waiting(one.campaign, one.release, one.step, people, one.first, one.last, words + until)
