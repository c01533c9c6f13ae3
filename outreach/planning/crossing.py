"""Telling of a branch what it decided for somebody, or would decide today; and of a step that their way leads past it.

What was decided is told by the release under which the person entered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.definitions.model import Branch, Step
from outreach.definitions.ways import leads, way_in_words
from outreach.planning.awaiting import GAVE_UP
from outreach.planning.calendar import civil_day
from outreach.planning.following import Entered
from outreach.planning.lengths import reachable
from outreach.planning.scope import Scope
from outreach.planning.turning import OTHERWISE, UNKNOWN, name_of, places, segments_of, way_of
from outreach.planning.wording import tell
from outreach.storage.tables import enrolment, person, turn


@dataclass(frozen=True)
class Turned:
    """What there is to tell about a branch."""

    #: `way-1`, `otherwise`, `unknown`; empty where nothing is decided.
    way: str
    words: str
    facts: dict[str, Any] = field(default_factory=dict)


def at_branch(connection: Connection, scope: Scope, step: Step, entered: Entered, who: Row[Any]) -> Turned:
    """Which way the journey went at a branch, or would go today."""
    branch = step.branch or Branch((), 0, 0)
    row = connection.execute(select(turn).where(turn.c.enrolment == entered.id, turn.c.step == step.id)).one_or_none()
    if row is not None and row.way in places(branch):
        day = civil_day(row.turned_at, scope.zone).isoformat()
        return Turned(row.way, f"on {day} the journey went {_said(scope, branch, row.way)}", {"turned_on": day})
    asked = select(way_of(scope, branch)).join_from(enrolment, person, person.c.id == enrolment.c.person)
    today: str = connection.execute(asked.where(enrolment.c.id == entered.id)).scalar_one()
    unknown = f" ({_missing(connection, scope, branch, who)})" if today == UNKNOWN else ""
    return Turned("", f"not decided yet; today the journey would go {_said(scope, branch, today)}{unknown}")


def passed_by(connection: Connection, scope: Scope, step: Step, entered: Entered) -> Turned | None:
    """Why a step does not come: the journey went another way. None where it may still come."""
    campaign = scope.campaign
    place = next((index for index, one in enumerate(campaign.steps) if one.id == step.id), None)
    if place is None or place in reachable(campaign, entered.next_step):
        return None
    rows = connection.execute(
        select(turn).where(turn.c.enrolment == entered.id).order_by(turn.c.turned_at.desc(), turn.c.step)
    ).all()
    # Of a journey that is about to be moved, a branch may be gone, or the way that it took.
    branches = {one.id: one.branch for one in campaign.steps}
    for row in rows:
        if ended := _ended_at(scope, row, place):
            return ended
        branch = branches.get(row.step)
        if branch and row.way in places(branch) and place not in reachable(campaign, _first(scope, branch, row.way)):
            day = civil_day(row.turned_at, scope.zone).isoformat()
            words = f"the journey does not come to it: at `{row.step}` it went {_said(scope, branch, row.way)} on {day}"
            return Turned(row.way, words, {"branch": row.step, "turned_on": day})
    return None


def _ended_at(scope: Scope, row: Row[Any], place: int) -> Turned | None:
    """That the journey ended at a wait, where it did, and the step comes after that."""
    for index, step in enumerate(scope.campaign.steps):
        ended = step.id == row.step and row.way == GAVE_UP and scope.campaign.given_up(index) is None
        if ended and place in reachable(scope.campaign, index):
            day = civil_day(row.turned_at, scope.zone).isoformat()
            words = (
                f"the journey does not come to it: on {day} it had waited at `{step.id}` as long as it may, and ended"
            )
            return Turned(row.way, words, {"wait": step.id, "turned_on": day})
    return None


def _first(scope: Scope, branch: Branch, way: str) -> int | None:
    return scope.campaign.here(places(branch)[way])


def _said(scope: Scope, branch: Branch, way: str) -> str:
    """Where the way leads, and why there."""
    where = leads(scope.campaign, places(branch)[way])
    if way == UNKNOWN:
        return f"{where}, because facts are missing and no way is known to hold"
    ways = {name_of(number): way_in_words(one) for number, one in enumerate(branch.ways, 1)}
    return f"{where} ({ways.get(way, OTHERWISE)})"


def _missing(connection: Connection, scope: Scope, branch: Branch, who: Row[Any]) -> str:
    """The facts for want of which it cannot be told."""
    holds = scope.segments.holds
    open_ = [
        name
        for name in dict.fromkeys(segments_of(branch))
        if connection.scalar(select(holds(name)).where(person.c.id == who.id)) is None
    ]
    return "; ".join(dict.fromkeys(tell(connection, scope.segments, name, who).words for name in open_))
