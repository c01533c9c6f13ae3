"""Awaiting: people come to a wait of their journey, stay there, and go on when what they wait for has come.

A day is known on arrival, and so nobody stands there: the next step is put off to that day. For what may happen at any
time people stay until it has, or until the wait lasted as long as it may. All of it stands in `turn`, as the ways of
branches do. What comes after a wait keeps its distance in days from the day on which somebody goes on.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, literal, select, update

from outreach.definitions.model import Condition, Wait
from outreach.definitions.waits import latest
from outreach.planning.calendar import civil_day
from outreach.planning.gates import condition
from outreach.planning.lengths import behind, last_day
from outreach.planning.scope import Scope
from outreach.planning.turning import Turning
from outreach.storage.inserting import insert_into
from outreach.storage.tables import enrolment, person, turn

#: What stands in `turn.way` at a wait for something that may happen; at one for a day stands that day.
WAITING, CAME, GAVE_UP = "waiting", "came", "gave-up"


def wait_all(connection: Connection, scope: Scope, coming: Turning) -> None:
    """Whose day it is at a wait: they come to it, or have waited there as long as one may."""
    wait, here = _wait(scope, coming.index), enrolment.c.next_step == coming.index
    # Who goes on is none of them any more, also where they were listed by number.
    coming = replace(coming, people=and_(coming.people, here, enrolment.c.next_on == coming.day))
    if wait.until is None:
        on = latest(wait, coming.day)
        _note(connection, scope, coming, coming.people, literal(on.isoformat()))
        _go(connection, scope, coming, on.isoformat(), _onward(scope, coming, coming.day, on))
        return
    came, arrived_on = _came(scope, wait.until), coming.day - timedelta(days=wait.at_most.days)
    waited = and_(coming.people, _waits(scope, coming.index))
    _note(connection, scope, coming, waited, case((came, CAME), else_=GAVE_UP))
    _go(connection, scope, coming, CAME, _onward(scope, coming, arrived_on, coming.day))
    _go(connection, scope, coming, GAVE_UP, _onward(scope, coming, arrived_on, coming.day, gave_up=True))
    # Who waited has gone on by now; the others have just come.
    _note(connection, scope, coming, coming.people, case((came, CAME), else_=WAITING))
    _go(connection, scope, coming, CAME, _onward(scope, coming, coming.day, coming.day))
    _go(connection, scope, coming, WAITING, {"next_on": latest(wait, coming.day)})


def release(connection: Connection, scope: Scope) -> None:
    """Let go for whom has happened what they wait for, whenever that is."""
    for index, step in enumerate(scope.campaign.steps):
        if step.wait and step.wait.until:
            _release(connection, scope, index, step.wait, step.wait.until)


def _release(connection: Connection, scope: Scope, index: int, wait: Wait, wanted: Condition) -> None:
    standing = and_(
        enrolment.c.campaign == scope.campaign.id,
        enrolment.c.release_id == scope.release_id,
        enrolment.c.next_step == index,
    )
    free = and_(_waits(scope, index), _came(scope, wanted))
    columns = (enrolment.c.next_on, enrolment.c.entered_at)
    whose = enrolment.join(person, person.c.id == enrolment.c.person)
    groups = select(*columns).select_from(whose).where(standing, free).distinct().order_by(*columns)
    for until, entered_at in connection.execute(groups).all():
        group = and_(standing, enrolment.c.next_on == until, enrolment.c.entered_at == entered_at)
        # Where nobody looked on the last day, what has come by now is not too late.
        on, arrived_on = min(scope.today, until), until - timedelta(days=wait.at_most.days)
        coming = Turning(index, on, entered_at, group)
        _note(connection, scope, coming, and_(group, free), literal(CAME))
        _go(connection, scope, coming, CAME, _onward(scope, coming, arrived_on, on))


def _wait(scope: Scope, index: int) -> Wait:
    step = scope.campaign.steps[index]
    if step.wait is None:
        raise TypeError(f"{step.id} is no wait")
    return step.wait


def _waits(scope: Scope, index: int) -> ColumnElement[bool]:
    """Who stands there, as a clause on `enrolment`."""
    step = scope.campaign.steps[index].id
    return enrolment.c.id.in_(select(turn.c.enrolment).where(turn.c.step == step, turn.c.way == WAITING))


def _came(scope: Scope, wanted: Condition) -> ColumnElement[bool]:
    """Whether it has happened since the start of the journey."""
    return condition(scope, wanted, since=enrolment.c.started_on)


def _note(
    connection: Connection, scope: Scope, coming: Turning, who: ColumnElement[bool], way: ColumnElement[str]
) -> None:
    """Write into `turn` what becomes of these people at the wait."""
    at = literal(scope.now, turn.c.turned_at.type)
    decided = (
        select(enrolment.c.id, literal(scope.campaign.steps[coming.index].id), way, at)
        .select_from(enrolment.join(person, person.c.id == enrolment.c.person))
        .where(who)
    )
    statement = insert_into(connection, turn).from_select(["enrolment", "step", "way", "turned_at"], decided)
    newer = {name: statement.excluded[name] for name in ("way", "turned_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["enrolment", "step"], set_=newer))


def _go(connection: Connection, scope: Scope, coming: Turning, way: str, values: dict[str, object]) -> None:
    """Set those of whom that stands in `turn` on their way."""
    step = scope.campaign.steps[coming.index].id
    went = select(turn.c.enrolment).where(turn.c.step == step, turn.c.way == way)
    connection.execute(update(enrolment).where(coming.people, enrolment.c.id.in_(went)).values(values))


def _onward(scope: Scope, coming: Turning, arrived_on: date, on: date, *, gave_up: bool = False) -> dict[str, object]:
    """Where who arrived on a day and goes on on another stands now."""
    campaign, entered_on = scope.campaign, civil_day(coming.entered_at, scope.zone)
    reminded = arrived_on + timedelta(days=behind(campaign)[coming.index])
    place = campaign.given_up(coming.index) if gave_up else campaign.following(coming.index)
    if place is None:
        return {"next_step": None, "next_on": None, "ends_on": max(on, reminded, entered_on)}
    next_on = on + timedelta(days=campaign.steps[place].day - campaign.steps[coming.index].day)
    ends_on = max(last_day(campaign, place, next_on), reminded, entered_on)
    return {"next_step": place, "next_on": next_on, "ends_on": ends_on}
