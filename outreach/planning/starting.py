"""What a campaign waits for before it starts for a person who is not in it yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, exists, literal, select

from outreach.definitions.civil import earlier
from outreach.definitions.closed_days import landing
from outreach.definitions.model import Start
from outreach.planning.calendar import civil_day
from outreach.planning.plan import Current
from outreach.planning.records import RECORDS, recorded_for
from outreach.planning.scope import Scope
from outreach.planning.upcoming import upcoming_occurrence
from outreach.roster.happenings import withdrawn
from outreach.storage.tables import campaign_state, membership, person


@dataclass(frozen=True)
class Awaited:
    """When it starts, or why it does not."""

    #: Empty where it will start; else `not_approved`, `paused`, `cancelled`, `no_event`, `no_outcome`, …
    reason: str
    words: str


def awaited(connection: Connection, scope: Scope, current: Current, who: Row[Any]) -> Awaited:
    """What has to happen before the campaign looks at this person, by what is on record now."""
    name = scope.campaign.id
    state = connection.execute(select(campaign_state).where(campaign_state.c.campaign == name)).one_or_none()
    if name not in current.approved or state is None:
        return Awaited("not_approved", "the campaign is not approved as it stands")
    if state.state != "running":
        return Awaited(state.state, f"the campaign is {state.state}")
    match scope.campaign.start.kind:
        case "event" | "outcome":
            return _record(connection, scope, state, who)
        case "enters":
            return _entering(connection, scope, state, who)
        case "date":
            return _date(scope, who)
        case _:
            return _occurrence(scope)


def _starts(day: date, scope: Scope) -> Awaited:
    when = "at the next run" if day <= scope.today else f"on {day.isoformat()}"
    return Awaited("", f"nothing stops it: it starts {when}")


def _record(connection: Connection, scope: Scope, state: Any, who: Row[Any]) -> Awaited:
    start = scope.campaign.start
    record = RECORDS[start.kind]
    found = connection.execute(
        select(record.day.label("day"), record.table.c.recorded_at)
        .where(record.table.c.person == who.id, record.what == start.name, recorded_for(scope, state))
        .order_by(record.day)
        .limit(1)
    ).one_or_none()
    if found is None:
        return _unrecorded(connection, start, who)
    limit, recorded_on = start.ignore_if_older_than, civil_day(found.recorded_at, scope.zone)
    if limit and found.day < earlier(recorded_on, limit):
        return Awaited("too_old", f"`{start.name}` took effect on {found.day.isoformat()}, too long ago")
    return _starts(found.day, scope)


def _unrecorded(connection: Connection, start: Start, who: Row[Any]) -> Awaited:
    if start.kind == "outcome":
        return Awaited("no_outcome", f"no outcome `{start.name}` was recorded since the campaign was approved")
    taken_back = sorted(on for _, kind, on in withdrawn(connection, [who.person_id]) if kind == start.name)
    if taken_back:
        return Awaited("withdrawn", f"`{start.name}` of {taken_back[-1].isoformat()} was withdrawn")
    return Awaited("no_event", f"no event `{start.name}` was recorded since the campaign was approved")


def _entering(connection: Connection, scope: Scope, state: Any, who: Row[Any]) -> Awaited:
    segment = scope.campaign.start.name
    inside = connection.scalar(select(scope.segments.holds(segment)).where(person.c.id == who.id))
    known = connection.scalar(
        select(
            exists(select(literal(1)).where(membership.c.campaign == scope.campaign.id, membership.c.person == who.id))
        )
    )
    if not inside:
        return Awaited("not_entered", f"the person is not in `{segment}`")
    if known or (state.roster_version < 0 and not scope.campaign.start.include_present):
        return Awaited("not_entered", f"the person was in `{segment}` before the campaign looked")
    return _starts(scope.today, scope)


def _date(scope: Scope, who: Row[Any]) -> Awaited:
    start = scope.campaign.start
    stored = who.attributes.get(start.name) if start.name in scope.workspace.fields else getattr(who, start.name)
    if stored is None:
        return Awaited("no_date", f"`{start.name}` is not on file")
    day = date.fromisoformat(stored) if isinstance(stored, str) else stored
    if day < scope.today:
        return Awaited("no_date", f"`{start.name}` is past: {day.isoformat()}")
    return _starts(earlier(day, start.by), scope)


def _occurrence(scope: Scope) -> Awaited:
    if coming := upcoming_occurrence(scope):
        moved = f", because {coming.meant.isoformat()} is closed" if coming.day != coming.meant else ""
        return Awaited("", f"nothing stops it: next on {coming.day.isoformat()}{moved}")
    once = scope.campaign.start.on
    if once is None:
        return Awaited("no_occurrence", "it does not start again")
    lands = landing(scope.workspace.closed, once, scope.campaign.on_closed)
    if lands is None:
        return Awaited("closed_day", f"its day, {once.isoformat()}, is closed, and the campaign skips closed days")
    if lands < scope.today:
        return Awaited("latest_time", f"its day, {lands.isoformat()}, is past")
    return Awaited("no_occurrence", "it does not start again")
