"""When something is due next: so that whoever wakes the work knows how long it may sleep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Connection, case, func, or_, select

from outreach.definitions.civil import earlier, later
from outreach.definitions.model import Span, Step
from outreach.planning.abroad import Clocks, clocks, places
from outreach.planning.calendar import Occurrence, civil_day, moment, occurrences, zone
from outreach.planning.notices import next_eve
from outreach.planning.plan import Current
from outreach.planning.records import RECORDS
from outreach.planning.reminding import reminded
from outreach.planning.scope import Scope
from outreach.storage.tables import PLANNED, campaign_state, delivery, enrolment

#: How far ahead occurrences are sought, nearest first: most campaigns recur within a month.
_HORIZONS = (timedelta(days=35), timedelta(days=370))


def next_due(
    connection: Connection, current: Current, now: datetime, midnight: datetime | None = None
) -> datetime | None:
    """The earliest moment after `now` at which something is due, as far as it is known now; None if nothing is.

    With `midnight`, the next one, only what is due before it: what starts for somebody on a later day is not sought.
    """
    found = [when for when in _moments(connection, current, now, midnight) if when > now]
    first = min(found, default=None)
    return None if first and midnight and first >= midnight else first


def next_midnight(current: Current, now: datetime) -> datetime:
    """The beginning of the next civil day, when segments and dates of people are looked at again."""
    where = zone(current.definitions.workspace.time_zone)
    return moment(civil_day(now, where) + timedelta(days=1), time(), where)


def _moments(connection: Connection, current: Current, now: datetime, midnight: datetime | None) -> Iterator[datetime]:
    waiting = select(func.min(delivery.c.due_at)).where(
        delivery.c.state == PLANNED, delivery.c.dispatched_at.is_(None), delivery.c.due_at > now
    )
    if due := connection.scalar(waiting):
        yield due
    home = current.definitions.workspace.time_zone
    by = clocks(connection, home, now)
    yield from _steps(connection, current, now, by, midnight)
    yield from _reminders(connection, current, now, by, midnight)
    yield from _starts(connection, current, now, by, midnight)
    if eve := next_eve(connection, current.definitions.workspace, now):
        yield eve


def _steps(
    connection: Connection, current: Current, now: datetime, by: Clocks, midnight: datetime | None
) -> Iterator[datetime]:
    """The next day of a step, and steps whose day has come but not their time: later today, or on an open day."""
    near = _near(enrolment.c.next_on, by, midnight)
    columns = (enrolment.c.campaign, enrolment.c.release_id, enrolment.c.next_step, enrolment.c.next_on)
    rows = connection.execute(select(*columns).where(near).distinct()).all()
    for campaign, release_id, index, day in rows:
        definitions = current.releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        yield from _everywhere(scope, scope.campaign.steps[index], day, by)


def _near(day: Column[date], by: Clocks, midnight: datetime | None) -> ColumnElement[bool]:
    """Days that have come anywhere, and the next one after them; or those that may come somewhere before `midnight`."""
    if midnight:
        # No clock is further by then, not even where one has 25 hours to go and is ahead of ours.
        return day <= by.latest_day + timedelta(days=2)
    after = select(func.min(day)).where(day > by.latest_day).scalar_subquery()
    return or_(day <= by.latest_day, day == after)


def _reminders(
    connection: Connection, current: Current, now: datetime, by: Clocks, midnight: datetime | None
) -> Iterator[datetime]:
    for group in reminded(connection, current.releases, now, by, _near(delivery.c.remind_on, by, midnight)):
        if step := group.reminds:
            yield group.scope.leaves(step, group.day, group.where)


def _everywhere(scope: Scope, step: Step, day: date, by: Clocks) -> Iterator[datetime]:
    """When the step leaves by every clock that anybody lives by."""
    for place in places(by, scope.workspace.time_zone):
        yield scope.leaves(step, day, place.where)


def _starts(
    connection: Connection, current: Current, now: datetime, by: Clocks, midnight: datetime | None
) -> Iterator[datetime]:
    running = set(
        connection.scalars(select(campaign_state.c.campaign).where(campaign_state.c.state == "running")).all()
    )
    names = sorted(running.intersection(current.approved, current.definitions.campaigns))
    scopes = [
        Scope(current.definitions, current.release_id, current.definitions.campaigns[name], now) for name in names
    ]
    for scope in scopes:
        # As a date or an event a segment starts nothing before its day has begun.
        if not scope.campaign.start.is_per_person:
            for place in places(by, scope.workspace.time_zone):
                if coming := upcoming_occurrence(scope, place.where, midnight):
                    yield coming.at
    if midnight is None:
        yield from _first_dates(connection, [scope for scope in scopes if scope.campaign.start.kind == "date"], by)
        yield from _first_records(connection, [scope for scope in scopes if scope.campaign.start.kind in RECORDS], by)


def _first_records(connection: Connection, scopes: Sequence[Scope], by: Clocks) -> Iterator[datetime]:
    for scope in scopes:
        start = scope.campaign.start
        record = RECORDS[start.kind]
        coming = (record.what == start.name, record.day > scope.today)
        first = connection.scalar(select(func.min(record.day)).where(*coming))
        if first is not None:
            yield from _at_first_step(scope, first, by)


def _at_first_step(scope: Scope, day: date, by: Clocks) -> Iterator[datetime]:
    return _everywhere(scope, scope.campaign.steps[0], day, by)


def upcoming_occurrence(
    scope: Scope, where: ZoneInfo | None = None, until: datetime | None = None
) -> Occurrence | None:
    """The next occurrence of a campaign that starts for all at once, by the clock of `where`.

    It is sought within a good year, or up to `until`.
    """
    workspace = replace(scope.workspace, time_zone=where.key) if where else scope.workspace
    for end in [until] if until else [scope.now + horizon for horizon in _HORIZONS]:
        if found := occurrences(workspace, scope.campaign, scope.now, end):
            return found[0]
    return None


def _first_dates(connection: Connection, scopes: Sequence[Scope], by: Clocks) -> Iterator[datetime]:
    """When the next date of a person comes near enough, for each campaign: all of them in one pass over the roster."""
    if not scopes:
        return
    asked = {(scope.campaign.start.name, scope.campaign.start.by): _first_date(scope) for scope in scopes}
    found = dict(zip(asked, connection.execute(select(*asked.values())).one(), strict=True))
    for scope in scopes:
        start = scope.campaign.start
        value = found[start.name, start.by]
        if value is not None:
            day = date.fromisoformat(value) if isinstance(value, str) else value
            first = max(earlier(day, start.by), later(scope.today, Span(days=1)))
            yield from _at_first_step(scope, first, by)


def _first_date(scope: Scope) -> ColumnElement[Any]:
    start = scope.campaign.start
    column = scope.segments.column(start.name)
    horizon = later(scope.today, start.by)
    bound = horizon.isoformat() if start.name in scope.workspace.fields else horizon
    return func.min(case((column > bound, column)))
