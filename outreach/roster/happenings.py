"""What HR says has happened, one by one or many: kept once, kept until its person is known, and taken back.

However it comes (late, twice, in any order, before its person, its withdrawal before itself), the same is on record in
the end. A withdrawal wins over the event that it names, unless that is said to have happened `again`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, delete, exists, insert, select, update

from outreach.definitions.model import EVENT_KINDS
from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError
from outreach.roster import among
from outreach.roster.events import recording
from outreach.roster.numbers import surrogates
from outreach.roster.stopping import stop_begun_by, stop_people
from outreach.roster.tombstones import erased
from outreach.storage.inserting import insert_into
from outreach.storage.tables import event, event_aside, person

T = TypeVar("T")

#: Looked up and written at a time.
_CHUNK = 5000
_REMEDIES = {
    "event": "The kinds are those on which a campaign can start.",
    "date": "Say the day on which it happened, today or before.",
}


class Happening(NamedTuple):
    """Something that happened, or will, to somebody on a civil day."""

    #: The HR system's number, of somebody in the roster or not.
    person: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of events that were handed in."""

    #: New on record.
    recorded: int = 0
    #: On record already, or waiting already.
    known: int = 0
    #: Of people who are not in the roster: kept for the day on which they are.
    waiting: int = 0
    #: Not taken, because they were withdrawn before.
    withdrawn: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.recorded + other.recorded,
            self.known + other.known,
            self.waiting + other.waiting,
            self.withdrawn + other.withdrawn,
        )


def wrong(happening: Happening, today: date) -> tuple[str, str] | None:
    """The column that is wrong, and why; None where nothing is."""
    if happening.kind not in EVENT_KINDS:
        hint = advice(happening.kind, EVENT_KINDS, "kinds of event")
        return "event", f"there is no event {shown(happening.kind)}. {hint}"
    if happening.kind == "died" and happening.on > today:
        return "date", "nobody's death is recorded beforehand"
    return None


def refuse(happening: Happening, today: date) -> None:
    """Say what is wrong with an event, if anything is.

    Raises:
        OutreachError: there is no such kind, or the day cannot be.
    """
    if found := wrong(happening, today):
        raise OutreachError(found[1], remedy=_REMEDIES[found[0]])


def record(
    connection: Connection, happenings: Collection[Happening], now: datetime, source: str, *, again: bool = False
) -> Taken:
    """Put events on record that `wrong` finds nothing against. Who died gets nothing from this moment on.

    Of people who were erased nothing is kept, and nothing counted.
    `again`: they happened after all, also those that were withdrawn.
    """
    done = Taken()
    for chunk in _chunks(_of_the_living(connection, happenings)):
        if again:
            _forget(connection, chunk)
        done += _record(connection, chunk, now, source)
    return done


def withdraw(connection: Connection, happenings: Collection[Happening], now: datetime, source: str) -> int:
    """Take events back, also those that are still to come in; returns how many were not withdrawn before."""
    return sum(_withdraw(connection, chunk, now, source) for chunk in _chunks(_of_the_living(connection, happenings)))


def bring_home(connection: Connection, now: datetime) -> None:
    """Put on record what waited for people who are in the roster now: as of now, when one can act on it."""
    here = (event_aside.c.withdrawn_at.is_(None), event_aside.c.person_id == person.c.person_id)
    waiting = select(*event_aside.c["id", "person_id", "kind", "effective_on", "source"]).where(*here)
    rows = connection.execute(waiting).all()
    for chunk in _chunks(rows):
        ids = among.numbers(connection, [row.id for row in chunk])
        connection.execute(delete(event_aside).where(event_aside.c.id.in_(ids)))
        for source in sorted({row.source for row in chunk}):
            told = [Happening(row.person_id, row.kind, row.effective_on) for row in chunk if row.source == source]
            _record(connection, told, now, source)


def withdrawn(connection: Connection, people: Collection[str]) -> set[tuple[str, str, date]]:
    """What was withdrawn of these people (HR numbers), as (person, kind, day)."""
    return {key for key, since in _aside(connection, people).items() if since}


def awaiting(connection: Connection, who: str) -> list[Happening]:
    """What waits for a person (by HR number) who is not in the roster yet."""
    waiting = (event_aside.c.person_id == who, event_aside.c.withdrawn_at.is_(None))
    query = select(*event_aside.c["person_id", "kind", "effective_on"]).where(*waiting)
    return sorted(Happening(*row) for row in connection.execute(query))


def told_dead(source: str) -> Any:
    """Whether somebody else than this source of the roster says that the person died."""
    return exists(
        select(event.c.id).where(event.c.person == person.c.id, event.c.kind == "died", event.c.source != source)
    ).correlate(person)


def _of_the_living(connection: Connection, happenings: Collection[Happening]) -> list[Happening]:
    """Each event once, but for those of people who were erased."""
    gone = erased(connection, {one.person for one in happenings})
    return [one for one in dict.fromkeys(happenings) if one.person not in gone]


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, _CHUNK)):
        yield chunk


def _record(connection: Connection, happenings: Sequence[Happening], now: datetime, source: str) -> Taken:
    numbers = {happening.person for happening in happenings}
    aside = _aside(connection, numbers)
    taken_back = sum(1 for happening in happenings if aside.get(happening))
    fresh = [happening for happening in happenings if happening not in aside]
    ids = surrogates(connection, numbers)
    here = [happening for happening in fresh if happening.person in ids]
    stored = _stored(connection, ids, here)
    new = [happening for happening in here if happening not in stored]
    waiting = [happening for happening in fresh if happening.person not in ids]
    common = {"recorded_at": now, "source": source}
    if new:
        connection.execute(recording(connection), [_row(one, ids[one.person]) | common for one in new])
        _bury(connection, [ids[one.person] for one in new if one.kind == "died"])
    if waiting:
        connection.execute(insert(event_aside), [_aside_row(one) | common for one in waiting])
    known = len(happenings) - taken_back - len(new) - len(waiting)
    return Taken(len(new), known, len(waiting), taken_back)


def _withdraw(connection: Connection, happenings: Sequence[Happening], now: datetime, source: str) -> int:
    numbers = {happening.person for happening in happenings}
    aside = _aside(connection, numbers)
    new = [happening for happening in happenings if not aside.get(happening)]
    if not new:
        return 0
    stored = _stored(connection, surrogates(connection, numbers), new)
    stop_begun_by(connection, list(stored.values()))
    if stored:
        connection.execute(delete(event).where(event.c.id.in_(among.numbers(connection, stored.values()))))
    rows = [_aside_row(one) | {"recorded_at": now, "source": source, "withdrawn_at": now} for one in new]
    keys = ["person_id", "kind", "effective_on"]
    statement = insert_into(connection, event_aside)
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"withdrawn_at": now}), rows)
    return len(new)


def _forget(connection: Connection, happenings: Sequence[Happening]) -> None:
    """Forget that they were withdrawn."""
    mine = event_aside.c.person_id.in_(among.texts(connection, {happening.person for happening in happenings}))
    rows = connection.execute(select(event_aside).where(mine, event_aside.c.withdrawn_at.is_not(None))).all()
    wanted = set(happenings)
    ids = [row.id for row in rows if (row.person_id, row.kind, row.effective_on) in wanted]
    connection.execute(delete(event_aside).where(event_aside.c.id.in_(among.numbers(connection, ids))))


def _bury(connection: Connection, people: Sequence[int]) -> None:
    if people:
        died = person.c.id.in_(among.numbers(connection, people))
        connection.execute(update(person).where(died).values(status="died"))
        stop_people(connection, people, "died")


def _stored(
    connection: Connection, ids: dict[str, int], happenings: Collection[Happening]
) -> dict[tuple[str, str, date], int]:
    """Those that are on record, with their ids."""
    numbers = {ids[one.person]: one.person for one in happenings if one.person in ids}
    columns = event.c["id", "person", "kind", "effective_on"]
    rows = connection.execute(select(*columns).where(event.c.person.in_(among.numbers(connection, numbers)))).all()
    found = {(numbers[row.person], row.kind, row.effective_on): row.id for row in rows}
    return {key: found[key] for key in happenings if key in found}


def _aside(connection: Connection, numbers: Collection[str]) -> dict[tuple[str, str, date], datetime | None]:
    """What is kept aside of these people, with the moment at which it was withdrawn."""
    mine = event_aside.c.person_id.in_(among.texts(connection, numbers))
    columns = event_aside.c["person_id", "kind", "effective_on", "withdrawn_at"]
    return {tuple(row[:3]): row[3] for row in connection.execute(select(*columns).where(mine))}


def _row(happening: Happening, who: int) -> dict[str, object]:
    return {"person": who, "kind": happening.kind, "effective_on": happening.on}


def _aside_row(happening: Happening) -> dict[str, object]:
    return {
        "person_id": happening.person,
        "kind": happening.kind,
        "effective_on": happening.on,
        "withdrawn_at": None,
    }
