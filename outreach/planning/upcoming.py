"""When something is due next: so that whoever wakes the work knows how long it may sleep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection, func, select

from outreach.definitions.civil import earlier, later
from outreach.definitions.model import Span
from outreach.planning.calendar import Occurrence, civil_day, moment, occurrences, time_of, zone
from outreach.planning.plan import Current
from outreach.planning.scope import Scope
from outreach.storage.tables import PLANNED, campaign_state, delivery, enrolment, event

#: How far ahead occurrences are sought, nearest first: most campaigns recur within a month.
_HORIZONS = (timedelta(days=35), timedelta(days=370))


def next_due(connection: Connection, current: Current, now: datetime) -> datetime | None:
    """The earliest moment after `now` at which something is due, as far as it is known now; None if nothing is."""
    found = [when for when in _moments(connection, current, now) if when > now]
    return min(found, default=None)


def next_midnight(current: Current, now: datetime) -> datetime:
    """The beginning of the next civil day, when segments and dates of people are looked at again."""
    where = zone(current.definitions.workspace.time_zone)
    return moment(civil_day(now, where) + timedelta(days=1), time(), where)


def _moments(connection: Connection, current: Current, now: datetime) -> Iterator[datetime]:
    waiting = select(func.min(delivery.c.due_at)).where(
        delivery.c.state == PLANNED, delivery.c.dispatched_at.is_(None), delivery.c.due_at > now
    )
    if due := connection.scalar(waiting):
        yield due
    today = civil_day(now, zone(current.definitions.workspace.time_zone))
    yield from _steps(connection, current, now, today)
    yield from _reminders(connection, current, now, today)
    yield from _starts(connection, current, now, today)


def _steps(connection: Connection, current: Current, now: datetime, today: date) -> Iterator[datetime]:
    """The next day of a step, and today's steps whose time is still to come."""
    after = select(func.min(enrolment.c.next_on)).where(enrolment.c.next_on > today).scalar_subquery()
    columns = (enrolment.c.campaign, enrolment.c.release_id, enrolment.c.next_step, enrolment.c.next_on)
    rows = connection.execute(
        select(*columns).where(enrolment.c.next_on.in_([today]) | (enrolment.c.next_on == after)).distinct()
    ).all()
    for campaign, release_id, index, day in rows:
        definitions = current.releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        step = scope.campaign.steps[index]
        yield moment(day, time_of(scope.workspace, scope.campaign, step), scope.zone)


def _reminders(connection: Connection, current: Current, now: datetime, today: date) -> Iterator[datetime]:
    after = select(func.min(delivery.c.remind_on)).where(delivery.c.remind_on > today).scalar_subquery()
    columns = (delivery.c.campaign, delivery.c.release_id, delivery.c.step, delivery.c.remind_on)
    rows = connection.execute(
        select(*columns).where(delivery.c.remind_on.in_([today]) | (delivery.c.remind_on == after)).distinct()
    ).all()
    for campaign, release_id, step, day in rows:
        definitions = current.releases(release_id)
        scope = Scope(definitions, release_id, definitions.campaigns[campaign], now)
        yield moment(day, time_of(scope.workspace, scope.campaign, scope.step(step)), scope.zone)


def _starts(connection: Connection, current: Current, now: datetime, today: date) -> Iterator[datetime]:
    running = set(
        connection.scalars(select(campaign_state.c.campaign).where(campaign_state.c.state == "running")).all()
    )
    for name in sorted(running.intersection(current.approved, current.definitions.campaigns)):
        scope = Scope(current.definitions, current.release_id, current.definitions.campaigns[name], now)
        start = scope.campaign.start
        first: date | None = None
        if start.kind == "event":
            first = connection.scalar(
                select(func.min(event.c.effective_on)).where(event.c.kind == start.name, event.c.effective_on > today)
            )
        elif start.kind == "date":
            first = _first_date(connection, scope)
        elif coming := upcoming_occurrence(scope):
            yield coming.at
        if first is not None:
            at = time_of(scope.workspace, scope.campaign, scope.campaign.steps[0])
            yield moment(first, at, scope.zone)


def upcoming_occurrence(scope: Scope) -> Occurrence | None:
    """The next occurrence of a campaign that starts for all at once, within a good year."""
    for horizon in _HORIZONS:
        if found := occurrences(scope.workspace, scope.campaign, scope.now, scope.now + horizon):
            return found[0]
    return None


def _first_date(connection: Connection, scope: Scope) -> date | None:
    """The day on which the next date of a person comes near enough."""
    start = scope.campaign.start
    column = scope.segments.column(start.name)
    own = start.name in scope.workspace.fields
    horizon = later(scope.today, start.by)
    value = connection.scalar(select(func.min(column)).where(column > (horizon.isoformat() if own else horizon)))
    if value is None:
        return None
    day = date.fromisoformat(value) if own else value
    return max(earlier(day, start.by), later(scope.today, Span(days=1)))
