"""Telling what may follow on a message that was sent or found no address: its next reminder, or why none comes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.planning.gates import NO_ADDRESS, leaving
from outreach.planning.plan import Current
from outreach.planning.reminding import reminding
from outreach.planning.scope import Scope
from outreach.storage.tables import enrolment, person


def next_reminder(connection: Connection, scope: Scope, current: Current, row: Row[Any]) -> tuple[str, dict[str, Any]]:
    """What to add to the words about the delivery `row`, by what is on record now; with what it saw."""
    if row.remind_on is None or row.enrolment is None:
        return "", {}
    journey = connection.execute(select(enrolment).where(enrolment.c.id == row.enrolment)).one()
    definitions = current.releases(journey.release_id)
    under = Scope(definitions, journey.release_id, definitions.campaigns[row.campaign], scope.now)
    number = row.repetition + 1
    step = reminding(under.campaign, row.step, row.repetition)
    if step is None or journey.state != "active":
        return "", {}
    day = row.remind_on.isoformat()
    facts = {"reminder_due_on": day}
    # Journeys are looked at, as some gates ask when somebody's began.
    asked = select(person.c.id).join_from(person, enrolment, enrolment.c.person == person.c.id)
    for gate in leaving(under, step, repetition=number, since=enrolment.c.started_on):
        # Without an address the one after it may still find them: it may go by another channel.
        if gate.name != NO_ADDRESS.name and connection.scalar(asked.where(enrolment.c.id == journey.id, gate.stops)):
            return f"; the reminder of {day} will be skipped: {gate.words}", facts | {"stopped_by": gate.name}
    return f"; reminder {number} is due on {day}", facts
