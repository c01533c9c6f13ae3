"""Entering again: who was in a campaign before comes back as its `reentry` says, and never twice at a time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, literal, null, or_, select

from outreach.definitions.civil import earlier
from outreach.planning.scope import Scope
from outreach.storage.tables import enrolment, person

_before = enrolment.alias("earlier")
#: Reasons against it.
ENTERED_BEFORE, STILL_IN, TOO_SOON = "entered_before", "still_in", "too_soon"


def again(scope: Scope, started_on: date) -> ColumnElement[str | None]:
    """Why somebody does not enter again on that day; NULL where they do, or were never in it."""
    reentry, nothing = scope.campaign.reentry, cast(null(), String)
    if reentry.kind == "never":
        return case((_was_in(scope), literal(ENTERED_BEFORE)), else_=nothing)
    under_way = and_(
        _before.c.state == "active", or_(_before.c.next_step.is_not(None), _before.c.ends_on >= scope.today)
    )
    stops = [(_was_in(scope, under_way), literal(STILL_IN))]
    if reentry.kind == "after":
        stops.append((_was_in(scope, _before.c.started_on > earlier(started_on, reentry.after)), literal(TOO_SOON)))
    return case(*stops, else_=nothing)


def _was_in(scope: Scope, *how: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = (_before.c.campaign == scope.campaign.id, _before.c.person == person.c.id, _before.c.state != "refused")
    return exists(select(literal(1)).where(*mine, *how).correlate(person))
