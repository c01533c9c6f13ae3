"""What is on record of people, one by one, on which a campaign can start: events, and outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, literal, or_

from outreach.planning.calendar import civil_day
from outreach.planning.scope import Scope
from outreach.storage.tables import enrolment, event, outcome


@dataclass(frozen=True)
class Record:
    """A table with a row for each thing that happened to somebody on a day, or that they did."""

    table: Table
    #: What it was, as `start` names it.
    what: Column[Any]
    #: On which civil day.
    day: Column[Any]
    #: Which of its rows started an enrolment.
    begun_by: Column[Any]


#: By what `start` says.
RECORDS = {
    "event": Record(event, event.c.kind, event.c.effective_on, enrolment.c.event),
    "outcome": Record(outcome, outcome.c.outcome, outcome.c.occurred_on, enrolment.c.outcome),
}


def recorded_for(scope: Scope, state: Any) -> ColumnElement[bool]:
    """Which events or outcomes a campaign looks at, as a clause; `state` is its row of `campaign_state`.

    What was there at the first approval counts if it took effect on a later day; events are told from those that came
    since by their numbers, outcomes, which are taken back and said again, by when they were recorded.
    """
    start = scope.campaign.start
    if start.include_present:
        return literal(True)
    later = RECORDS[start.kind].day > civil_day(state.first_approved_at, scope.zone)
    if start.kind == "event":
        return or_(event.c.id > state.last_event, later)
    return or_(outcome.c.recorded_at >= state.first_approved_at, later)
