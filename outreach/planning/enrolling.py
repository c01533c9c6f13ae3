"""Enrolling: who enters a journey, once, and who was looked at and not let in.

A journey starts for all at once at an occurrence, or per person: by an event or an outcome, by entering a segment, or
so long before a date of the person. People are let in set by set; what is asked again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    null,
    select,
    text,
)

from outreach.definitions.civil import earlier, later
from outreach.definitions.model import Span
from outreach.planning.abroad import Place
from outreach.planning.audience import Progress, chunks, in_chunk, looked_at, undecided
from outreach.planning.calendar import Occurrence, civil_day
from outreach.planning.gates import entering, first_reason
from outreach.planning.journeys import exit_newcomers
from outreach.planning.lengths import last_day
from outreach.planning.naming import named
from outreach.planning.records import RECORDS, Record
from outreach.planning.reentering import again
from outreach.planning.scope import Scope
from outreach.planning.waves import waves
from outreach.storage.database import Database
from outreach.storage.inserting import insert_into
from outreach.storage.tables import campaign_state, enrolment, membership, person


@dataclass(frozen=True)
class Entry:
    """People who enter together: alike but for who they are."""

    started_on: date
    entered_at: datetime
    #: The people, as a clause on `person` (and on the record where one starts it).
    people: ColumnElement[bool]
    #: The occurrence for all of them; None: each person's next `entry-n`.
    occurrence: str | None = None
    #: What starts it for each of them; None: nothing of their own.
    record: Record | None = None
    #: Reasons that come before the entering gates.
    beforehand: Sequence[ColumnElement[str | None]] = ()
    #: How much later than others they begin.
    delay: timedelta = timedelta()
    #: Whether who is not let in gets a row that says so.
    note_refused: bool = True


def at_occurrence(database: Database, scope: Scope, occurrence: Occurrence, place: Place, progress: Progress) -> None:
    """Enrol the audience of one occurrence at a place."""
    holds = scope.segments.holds(scope.campaign.audience)
    for wave in waves(scope, occurrence.day):
        entry = Entry(
            started_on=occurrence.day,
            entered_at=min(occurrence.at, scope.now),
            people=and_(in_chunk(person.c.id), wave.people, place.people, looked_at(scope, holds)),
            occurrence=occurrence.name,
            beforehand=[undecided(holds)],
            delay=wave.day - occurrence.day,
        )
        for chunk in chunks(database):
            with database.writing() as connection:
                enrol(connection, scope, entry, chunk)
            progress(0)


def unseen(connection: Connection, scope: Scope, counts: ColumnElement[bool]) -> list[tuple[date, datetime]]:
    """Day and time of recording of the events or outcomes of the campaign's start that were not looked at yet.

    Those that took effect, in that order. `counts` says which of those on record it looks at.
    """
    record = RECORDS[scope.campaign.start.kind]
    columns = (record.day.label("day"), record.table.c.recorded_at)
    found = select(*columns).where(_is_unseen(scope, counts)).distinct().order_by(*columns)
    return [(row.day, row.recorded_at) for row in connection.execute(found)]


def _is_unseen(scope: Scope, counts: ColumnElement[bool]) -> ColumnElement[bool]:
    record, mine = RECORDS[scope.campaign.start.kind], enrolment.alias("mine")
    begun = and_(mine.c[record.begun_by.name] == record.table.c.id, mine.c.campaign == scope.campaign.id)
    seen = exists(select(literal(1)).where(begun))
    return and_(record.what == scope.campaign.start.name, record.day <= scope.today, counts, not_(seen))


def by_record(connection: Connection, scope: Scope, counts: ColumnElement[bool]) -> None:
    """Enrol by what is `unseen`."""
    record = RECORDS[scope.campaign.start.kind]
    fresh, recorded = _is_unseen(scope, counts), record.table.c.recorded_at
    holds = scope.segments.holds(scope.campaign.audience)
    for day, recorded_at in unseen(connection, scope, counts):
        entry = Entry(
            started_on=day,
            entered_at=recorded_at,
            people=and_(fresh, record.day == day, recorded == recorded_at),
            record=record,
            beforehand=[
                _too_old(scope, day, recorded_at),
                undecided(holds),
                case((not_(holds), "not_in_audience"), else_=null()),
                again(scope, day),
            ],
        )
        enrol(connection, scope, entry)


def by_segment(connection: Connection, scope: Scope, *, first_look: bool) -> None:
    """Enrol who came into the segment since the last look, and remember who is in it now.

    At the first look those in it are only remembered, unless the campaign includes them.
    """
    campaign = scope.campaign
    inside = scope.segments.holds(campaign.start.name).is_(True)
    known = exists(select(literal(1)).where(membership.c.campaign == campaign.id, membership.c.person == person.c.id))
    came = and_(inside, not_(known))
    # From one day to the next there are few.
    if few := named(connection, person.c.id, came):
        _, came = few
    if not first_look or campaign.start.include_present:
        holds = scope.segments.holds(campaign.audience)
        entry = Entry(
            started_on=scope.today,
            entered_at=scope.now,
            people=came,
            beforehand=[
                undecided(holds),
                case((not_(holds), "not_in_audience"), else_=null()),
                again(scope, scope.today),
            ],
        )
        enrol(connection, scope, entry)
    newly = select(literal(campaign.id), person.c.id).where(came)
    connection.execute(insert(membership).from_select(["campaign", "person"], newly))
    members = membership.join(person, person.c.id == membership.c.person)
    gone = select(person.c.id).select_from(members).where(membership.c.campaign == campaign.id, not_(inside))
    connection.execute(delete(membership).where(membership.c.campaign == campaign.id, membership.c.person.in_(gone)))


def by_date(connection: Connection, scope: Scope) -> None:
    """Enrol whose date is at most so far ahead, and not past; once per person, unless `reentry` says otherwise."""
    start = scope.campaign.start
    column = scope.segments.column(start.name)
    own = start.name in scope.workspace.fields
    today, horizon = scope.today, later(scope.today, Span(start.by.months + 1, start.by.days))
    bounds = (today.isoformat(), horizon.isoformat()) if own else (today, horizon)
    ready = scope.segments.holds(scope.campaign.audience).is_(True)
    # Nobody who is kept out today could start on an earlier day: their dates need not be looked at.
    fresh = and_(column.between(*bounds), ready, again(scope, scope.today).is_(None))
    if few := named(connection, person.c.id, fresh):
        number, fresh = few
        if not number:
            return
    for value in connection.scalars(select(column).where(fresh).distinct().order_by(column)).all():
        day = date.fromisoformat(value) if own else value
        started_on = earlier(day, start.by)
        if started_on <= today:
            people = and_(fresh, column == value, again(scope, started_on).is_(None))
            enrol(connection, scope, Entry(started_on, scope.now, people, note_refused=False))


def enrol(connection: Connection, scope: Scope, entry: Entry, values: Mapping[str, int] | None = None) -> None:
    """Write the enrolments of an entry; those there already stay. `values` are those of its clause's parameters."""
    campaign = scope.campaign
    reason = first_reason(entering(scope))
    reason = func.coalesce(*entry.beforehand, reason) if entry.beforehand else reason
    record = entry.record
    tables: Any = person.join(record.table, record.table.c.person == person.c.id) if record else person
    decided = (
        select(
            person.c.id.label("person"),
            (literal(entry.occurrence) if entry.occurrence else _next_entry(scope)).label("occurrence"),
            (record.table.c.id if record else null()).label("begun_by"),
            cast(reason, String).label("reason"),
        )
        .select_from(tables)
        .where(entry.people)
        .cte("decided")
        .prefix_with("MATERIALIZED")
    )
    let_in = decided.c.reason.is_(None)
    begins_on = entry.started_on + entry.delay
    first_day = later(begins_on, Span(days=campaign.steps[0].day - 1))
    constants = {
        "campaign": campaign.id,
        "release_id": scope.release_id,
        "started_on": entry.started_on,
        "entered_at": entry.entered_at,
        # Who enters late is under way at least on the day on which everything overdue leaves.
        "ends_on": max(last_day(campaign, 0, first_day), civil_day(entry.entered_at, scope.zone)),
    }
    source = select(
        *(literal(value, enrolment.c[name].type) for name, value in constants.items()),
        decided.c.person,
        decided.c.occurrence,
        cast(decided.c.begun_by, enrolment.c.id.type),
        decided.c.reason,
        case((let_in, "active"), else_="refused"),
        case((let_in, 0), else_=null()),
        case((let_in, literal(first_day, enrolment.c.next_on.type)), else_=null()),
    ).where(text("1 = 1"))  # SQLite would read ON CONFLICT as the join condition of a SELECT without WHERE.
    if not entry.note_refused:
        source = source.where(let_in)
    begun_by = record.begun_by.name if record else "event"
    names = [*constants, "person", "occurrence", begun_by, "reason", "state", "next_step", "next_on"]
    statement = insert_into(connection, enrolment).from_select(names, source).on_conflict_do_nothing()
    newest = connection.scalar(select(func.max(enrolment.c.id))) or 0
    connection.execute(statement, values)
    exit_newcomers(connection, scope, newest)


def _next_entry(scope: Scope) -> ColumnElement[str]:
    before = enrolment.alias("before")
    number = (
        select(func.count() + 1)
        .select_from(before)
        .where(before.c.campaign == scope.campaign.id, before.c.person == person.c.id)
        .correlate(person)
        .scalar_subquery()
    )
    return literal("entry-") + cast(number, String)


def _too_old(scope: Scope, effective_on: date, recorded_at: datetime) -> ColumnElement[str | None]:
    limit = scope.campaign.start.ignore_if_older_than
    recorded_on = civil_day(recorded_at, scope.zone)
    return literal("too_old") if limit and effective_on < earlier(recorded_on, limit) else cast(null(), String)


def note_look(connection: Connection, scope: Scope, roster_version: int, last_event: int) -> None:
    """Remember that events, segments and dates were looked at: today, at this roster version, up to this event."""
    connection.execute(
        campaign_state.update()
        .where(campaign_state.c.campaign == scope.campaign.id)
        .values(
            looked_on=scope.today,
            looked_release=scope.release_id,
            roster_version=roster_version,
            seen_event=last_event,
        )
    )
