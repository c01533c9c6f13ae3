"""Telling of a wait what somebody waits for and until when, or what came of it.

It is told by the release that the person's journey follows.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from outreach.definitions.model import Step
from outreach.definitions.waits import awaited, gives_up, wait_in_words
from outreach.planning.awaiting import CAME, GAVE_UP, WAITING
from outreach.planning.calendar import civil_day
from outreach.planning.crossing import Turned
from outreach.planning.following import Entered
from outreach.planning.scope import Scope
from outreach.storage.tables import enrolment, turn


def at_wait(connection: Connection, scope: Scope, step: Step, entered: Entered) -> Turned:
    """What came of the wait, or that the journey stands there."""
    row = connection.execute(select(turn).where(turn.c.enrolment == entered.id, turn.c.step == step.id)).one_or_none()
    if row is None or step.wait is None:
        return _to_come(scope, step)
    day, awaits = civil_day(row.turned_at, scope.zone).isoformat(), awaited(step.wait)
    facts = {"turned_on": day}
    if row.way == WAITING:
        return _standing(connection, scope, step, entered, facts)
    if row.way == CAME:
        return Turned(CAME, f"on {day} the journey did not have to wait any longer for {awaits}", facts)
    if row.way == GAVE_UP:
        words = f"on {day} the journey had waited for {awaits} as long as it may, and went "
        return Turned(GAVE_UP, words + gives_up(scope.campaign, step), facts)
    verb = "waits" if date.fromisoformat(row.way) > scope.today else "waited"
    return Turned(row.way, f"the journey {verb} until {row.way} ({awaits})", facts)


def _to_come(scope: Scope, step: Step) -> Turned:
    return Turned("", f"the journey has not come to it yet; it will wait {wait_in_words(scope.campaign, step)}")


def _standing(connection: Connection, scope: Scope, step: Step, entered: Entered, facts: dict[str, str]) -> Turned:
    """Who is to be moved to another release comes to the wait once more, where they come to it."""
    until = connection.scalar(
        select(enrolment.c.next_on).where(enrolment.c.id == entered.id, enrolment.c.release_id == scope.release_id)
    )
    if until is None or step.wait is None:
        return _to_come(scope, step)
    words = f"since {facts['turned_on']} the journey waits for {awaited(step.wait)}, until {until} at most; "
    goes = f"after that it goes {gives_up(scope.campaign, step)}"
    return Turned(WAITING, words + goes, facts | {"until": str(until)})


def in_the_meantime(connection: Connection, scope: Scope, entered: Entered) -> Turned:
    """What the journey waits for where it stands now; nothing where it does not wait."""
    step = None if entered.next_step is None else scope.campaign.steps[entered.next_step]
    if step is None or step.wait is None:
        return Turned("", "")
    told = at_wait(connection, scope, step, entered)
    return told if told.way == WAITING else Turned("", "")
