"""What a person chose besides topics: the language they are written in, a pause, and a channel.

The language goes before what the HR system says of them, at once and at every import to come.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, select, update

from outreach.roster import among
from outreach.storage.inserting import insert_into
from outreach.storage.tables import choice, person


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody chose; nothing by default."""

    #: None: what the HR system says.
    language: str | None = None
    #: The civil day from which they want messages again.
    paused_until: date | None = None
    #: The kind of channel by which they would rather be reached; None: it is the same to them.
    channel: str | None = None


def read(connection: Connection, who: int) -> Preferences:
    """What a person has chosen, by surrogate id."""
    found = connection.execute(select(choice).where(choice.c.person == who)).one_or_none()
    return Preferences(found.language, found.paused_until, found.channel) if found else Preferences()


def keep(connection: Connection, who: int, wanted: Preferences, now: datetime) -> None:
    """Put on record what a person chooses, in place of what they chose before."""
    values = {**asdict(wanted), "since": now}
    kept = insert_into(connection, choice).values(person=who, **values)
    connection.execute(kept.on_conflict_do_update(index_elements=["person"], set_=values))
    if wanted.language:
        connection.execute(update(person).where(person.c.id == who).values(language=wanted.language))


def paused(connection: Connection, people: Collection[int]) -> dict[int, date]:
    """Until when who of these people wants no messages; days that are past, too."""
    theirs = choice.c.person.in_(among.numbers(connection, people))
    rows = connection.execute(select(choice.c.person, choice.c.paused_until).where(theirs))
    return {row.person: row.paused_until for row in rows if row.paused_until}


def chosen_language() -> ScalarSelect[str | None]:
    """The language that the person of a query chose, which no file changes."""
    return select(choice.c.language).where(choice.c.person == person.c.id).correlate(person).scalar_subquery()


def chose_channel(kind: str) -> ColumnElement[bool]:
    """Whether the person of a query would rather be reached by that kind of channel; for a crowd, looked up once."""
    return person.c.id.in_(select(choice.c.person).where(choice.c.channel == kind))
