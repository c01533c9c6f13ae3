"""What the contacts of an entity are told of: kept in the ledger as it is here, and put into words when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from outreach.definitions.model import Definitions, Session


@dataclass(frozen=True, slots=True)
class News:
    """A campaign that will reach people of an entity."""

    campaign: str
    #: Civil days on which it starts, in order; none where each person has a day of their own.
    days: tuple[date, ...] = ()
    #: How many people of the entity; None where that is not told.
    people: int | None = None
    #: They are fewer than is told, or none.
    few: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a bundle tells of."""

    #: Its period, in civil days, both included.
    first: date
    last: date
    news: tuple[News, ...] = ()
    #: Session -> how often what is told of it had changed.
    sessions: dict[str, int] | None = None


class Bundle(NamedTuple):
    """A bundle as it goes to the contacts of one entity."""

    #: Another one for each entity, day and release; 0 for a sample.
    version: int
    entity: str
    told: Told
    made_at: datetime

    def held_in(self, definitions: Definitions, language: str) -> list[Session]:
        """Its sessions that are held in a language or in any, as the release has them."""
        known = (definitions.sessions.get(name) for name in self.told.sessions or ())
        return [session for session in known if session and session.language in ("", language)]
