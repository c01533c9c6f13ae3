"""A campaign that is planned straight from the roster: each occurrence is looked at once, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Column, ColumnElement, and_, bindparam, case, func, literal, select

from outreach.definitions.model import EVERYONE
from outreach.planning.abroad import Place
from outreach.planning.calendar import Occurrence
from outreach.planning.gates import NO_REASON, entering, leaving
from outreach.planning.ledger import Batch, planned
from outreach.planning.scope import Scope
from outreach.planning.waves import Wave, waves
from outreach.storage.database import Database
from outreach.storage.tables import person

#: Person ids per transaction: a fraction of a second on either database, so that no other writer waits long.
CHUNK = 10_000

Progress = Callable[[int], None]


def plan_occurrence(database: Database, scope: Scope, occurrence: Occurrence, place: Place, progress: Progress) -> int:
    """Plan one occurrence for the audience at a place. Returns the rows written; doing it again writes none.

    One whose latest time is past is planned too, for dispatch to record that it expired.
    """
    written = 0
    for wave in waves(scope, occurrence.day):
        batch, statements = _batch(scope, occurrence, wave, place), None
        for chunk in chunks(database):
            with database.writing() as connection:
                statements = statements or planned(connection, scope, batch)
                written += (rows := statements.write(connection, chunk))
            progress(rows)
    return written


def _batch(scope: Scope, occurrence: Occurrence, wave: Wave, place: Place) -> Batch:
    step = scope.campaign.steps[0]
    due_at = scope.leaves(step, wave.day, place.where)
    expires_at = scope.latest(step, due_at, place.where)
    if expires_at <= scope.now:
        # What nobody will see was not shown to them, and may stand in the next message.
        step = replace(step, pick=None)
    holds = scope.segments.holds(scope.campaign.audience)
    return Batch(
        step=step,
        occurrence=literal(occurrence.name),
        repetition=0,
        due_at=due_at,
        expires_at=expires_at,
        gates=[*entering(scope), *leaving(scope, step, repetition=0, since=None)],
        people=and_(in_chunk(person.c.id), wave.people, place.people, looked_at(scope, holds)),
        enrolled=False,
        beforehand=NO_REASON if scope.campaign.audience == EVERYONE else undecided(holds),
    )


def looked_at(scope: Scope, holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """Who is in the audience or may be: the population first, which is never unknown, for speed."""
    population = scope.segments.population(scope.campaign.audience)
    return population if scope.campaign.audience == EVERYONE else and_(population, holds.is_not(False))


def undecided(holds: ColumnElement[bool]) -> ColumnElement[str | None]:
    """`indeterminate` where the audience's predicate is unknown."""
    return case((holds.is_(None), "indeterminate"), else_=NO_REASON)


def chunks(database: Database) -> Iterator[Mapping[str, int]]:
    """The values for `in_chunk` that together name every person once."""
    with database.reading() as connection:
        first, last = connection.execute(select(func.min(person.c.id), func.max(person.c.id))).one()
    if first is None:
        return
    yield from chunks_between(first, last)


def chunks_between(first: int, last: int) -> Iterator[Mapping[str, int]]:
    """The values for `in_chunk` that together name everybody from one id to another."""
    for start in range(first, last + 1, CHUNK):
        yield {"first_person": start, "last_person": start + CHUNK - 1}


def in_chunk(who: Column[int]) -> ColumnElement[bool]:
    """Whether a person's id, which the column holds, is in the chunk whose values are given with the statement."""
    return who.between(bindparam("first_person", type_=who.type), bindparam("last_person", type_=who.type))
