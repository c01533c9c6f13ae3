"""Turning: at a branch each person goes one way, by what is on record at that moment, and keeps to it.

The ways are asked from top to bottom, and the first that is known to hold is taken. Whoever falls through goes
`otherwise`; where an answer was unknown because facts are missing, that is on record, and there may be steps for it.
What was decided stands in `turn` and is never asked again: later facts change no message that has left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, literal, not_, null, or_, select, update

from outreach.definitions.model import Branch, Condition, Way
from outreach.planning.calendar import civil_day
from outreach.planning.gates import condition
from outreach.planning.lengths import behind, last_day
from outreach.planning.scope import Scope
from outreach.storage.inserting import insert_into
from outreach.storage.tables import enrolment, person, turn

#: What stands in `turn.way` for those who went none of the ways.
OTHERWISE, UNKNOWN = "otherwise", "unknown"


@dataclass(frozen=True)
class Turning:
    """People who come to a branch together."""

    #: Place of the branch among the campaign's steps, and the civil day on which they come to it.
    index: int
    day: date
    entered_at: datetime
    #: The people, as a clause on `enrolment`.
    people: ColumnElement[bool]


def turn_all(connection: Connection, scope: Scope, turning: Turning) -> None:
    """Decide for all of them, and set each on the way."""
    step = scope.campaign.steps[turning.index]
    if step.branch is None:
        raise TypeError(f"{step.id} is no branch")
    decided = (
        select(enrolment.c.id, literal(step.id), way_of(scope, step.branch), literal(scope.now, turn.c.turned_at.type))
        .select_from(enrolment.join(person, person.c.id == enrolment.c.person))
        .where(turning.people)
    )
    names = ["enrolment", "step", "way", "turned_at"]
    connection.execute(insert_into(connection, turn).from_select(names, decided).on_conflict_do_nothing())
    for way, place in places(step.branch).items():
        went = select(turn.c.enrolment).where(turn.c.step == step.id, turn.c.way == way)
        connection.execute(
            update(enrolment)
            .where(turning.people, enrolment.c.id.in_(went))
            .values(_moved(scope, turning, scope.campaign.here(place)))
        )


def way_of(scope: Scope, branch: Branch) -> ColumnElement[str]:
    """The name of the way that a person goes now."""
    truths = [_holds(scope, way) for way in branch.ways]
    known = [(truth, literal(name_of(number))) for number, truth in enumerate(truths, 1)]
    return case(*known, (or_(*(truth.is_(null()) for truth in truths)), literal(UNKNOWN)), else_=literal(OTHERWISE))


def name_of(number: int) -> str:
    """What stands in `turn.way` for a way, counted from 1."""
    return f"way-{number}"


def places(branch: Branch) -> dict[str, int]:
    """The place of the first step of each way, by its name."""
    ways = {name_of(number): way.first for number, way in enumerate(branch.ways, 1)}
    return ways | {OTHERWISE: branch.otherwise, UNKNOWN: branch.unknown}


def segments_of(branch: Branch) -> Iterator[str]:
    """Segments that its ways ask for."""
    for way in branch.ways:
        for wanted in filter(None, (way.when, way.unless)):
            yield from wanted.segments


def _holds(scope: Scope, way: Way) -> ColumnElement[bool]:
    """Whether a way holds; unknown where that hangs on a fact that is missing."""
    asked = [_truth(scope, way.when)] if way.when else []
    return and_(*asked, *([not_(_truth(scope, way.unless))] if way.unless else ()))


def _truth(scope: Scope, wanted: Condition) -> ColumnElement[bool]:
    """The condition with its three values; what happened counts from the start of the person's journey."""
    happened = condition(scope, replace(wanted, segments=()), since=enrolment.c.started_on)
    return or_(happened, *(scope.segments.holds(segment) for segment in wanted.segments))


def _moved(scope: Scope, turning: Turning, place: int | None) -> dict[str, object]:
    """Where the enrolments of one way stand now."""
    campaign, entered_on = scope.campaign, civil_day(turning.entered_at, scope.zone)
    reminded = behind(campaign)[turning.index]
    if place is None:
        ends_on = turning.day + timedelta(days=reminded)
        return {"next_step": None, "next_on": None, "ends_on": max(ends_on, entered_on)}
    days = campaign.steps[place].day - campaign.steps[turning.index].day
    next_on = turning.day + timedelta(days=days)
    ends_on = max(turning.day + timedelta(days=reminded), last_day(campaign, place, next_on))
    return {"next_step": place, "next_on": next_on, "ends_on": max(ends_on, entered_on)}
