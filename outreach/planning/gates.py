"""Gates: every rule that stops a message, with its name, its words and its SQL.

The same list makes the plan, the last look before sending, and the answer of `explain`, so that they cannot differ. A
gate's predicate is true when it stops; anything else lets the person through. Their order is the order in which a
reason is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, false, func, literal, null, or_, select

from outreach.definitions.by_choice import exchanged
from outreach.definitions.model import Condition, Step
from outreach.planning.by_choice import way
from outreach.planning.scope import Scope
from outreach.storage.tables import choice, enrolment, event, opt_out, outcome, person

#: Reasons that no gate gives, in words; the gates' own stand with them.
OTHER_REASONS = {
    "indeterminate": "it cannot be decided whether the person is in the audience: facts are missing",
    "not_in_audience": "the person is not in the audience",
    "nothing_new": "there are too few offers that the person does not know or use yet",
    "frequency_cap": "the person has had as many messages as `frequency_cap` allows",
    "at_most": "as many of the campaign left that day as its `at_most` allows",
    "outside_window": "it was due outside the days and hours in which messages may leave",
    "closed_day": "it was due on a closed day",
    "blackout": "it was due in a blackout",
    "latest_time": "its latest time passed before it could leave",
    "no_session": "no session to come has a free seat, in the person's language and for their entity",
    "no_entity": "it is not on file of which entity the person is the contact",
    "nothing_to_tell": "no campaign and no session of the bundle's period reaches the people of any entity",
    "superseded": "the session changed once more, and what is so now is told instead",
    "too_old": "the event took effect longer ago than `ignore_if_older_than`",
    "entered_before": "the person was in this campaign before",
    "still_in": "the person is still under way in this campaign, and is in it once at a time",
    "too_soon": "the person's last start in this campaign is not as long ago as its `reentry` asks",
    "moved_on": "the journey went on further behind when its campaign was edited",
    "other_way": "the person's journey went another way at a branch, or ended at a wait",
    "exited": "the person left the campaign by its `exit_when`",
    "withdrawn": "the event that started it was withdrawn: it did not happen after all",
    "cancelled": "the campaign was cancelled",
}


@dataclass(frozen=True)
class Gate:
    """A rule that stops a message to a person."""

    #: The reason on the row.
    name: str
    #: The reason in words, about the person.
    words: str
    #: True where it stops.
    stops: ColumnElement[bool]


#: The address that a message goes to: at work for who works, at home for the others; the other one where it is missing.
address: ColumnElement[str] = case(
    (person.c.status.in_(("active", "contact")), func.coalesce(person.c.email, person.c.private_email)),
    else_=func.coalesce(person.c.private_email, person.c.email),
)
#: The other way round: where a message goes when that one is no longer written to.
other_address: ColumnElement[str] = case(
    (person.c.status.in_(("active", "contact")), func.coalesce(person.c.private_email, person.c.email)),
    else_=func.coalesce(person.c.email, person.c.private_email),
)

DIED = Gate("died", "the person has died", person.c.status == "died")
LEFT = Gate("left", "the person has left", person.c.status == "left")
#: Reasons for which no mail reaches a person; another way may.
UNREACHABLE = ("no_address", "suppressed")
NO_ADDRESS = Gate("no_address", "no e-mail address is on file", address.is_(None))


def entering(scope: Scope) -> list[Gate]:
    """The gates at which a campaign's audience is looked at, when people enter."""
    return [DIED, LEFT, *_exclusions(scope)]


def leaving(scope: Scope, step: Step, *, repetition: int, since: ColumnElement[Any] | None) -> list[Gate]:
    """The gates before every message, looked at again just before it leaves.

    `repetition`: number of the reminder, which `until` may stop by an outcome on or after the day `since`; 0: none.
    """
    gates = [DIED, LEFT, *choices(scope)]
    gates.extend(unaddressed(scope, step, repetition))
    if step.unless:
        gates.append(Gate("unless", "the step's `unless` holds", condition(scope, step.unless, since=None)))
    if repetition and step.remind:
        gates.append(Gate("until", "the reminder's `until` holds", condition(scope, step.remind.until, since=since)))
    return gates


def unaddressed(scope: Scope, step: Step, repetition: int) -> list[Gate]:
    """The gate of who has no address, for a message that goes as mail; not of who has chosen another way."""
    if scope.campaign.way(step, repetition) != "email":
        return []
    if not exchanged(scope.workspace, scope.campaign, step, repetition):
        return [NO_ADDRESS]
    return [replace(NO_ADDRESS, stops=and_(NO_ADDRESS.stops, way(scope, step, repetition) == "email"))]


def choices(scope: Scope) -> list[Gate]:
    """The gates that people shut themselves."""
    return [_opted_out(scope), _paused(scope)]


#: No reason at all, typed for databases that ask.
NO_REASON: ColumnElement[str | None] = cast(null(), String)


def first_reason(gates: Iterable[Gate]) -> ColumnElement[str | None]:
    """The name of the first gate that stops, or NULL."""
    cases = [(gate.stops, literal(gate.name)) for gate in gates]
    return case(*cases, else_=NO_REASON) if cases else NO_REASON


def condition(scope: Scope, wanted: Condition, *, since: ColumnElement[Any] | None) -> ColumnElement[bool]:
    """Whether one of the condition's parts holds today; events and outcomes count from the day `since`, or ever."""
    parts: list[ColumnElement[bool]] = []
    if wanted.outcomes:
        parts.append(happened(scope, wanted.outcomes, since=since))
    if wanted.events:
        clauses = [event.c.person == person.c.id, event.c.kind.in_(wanted.events), event.c.effective_on <= scope.today]
        if since is not None:
            clauses.append(event.c.effective_on >= since)
        parts.append(exists(select(literal(1)).where(*clauses).correlate(person, enrolment)))
    parts.extend(scope.segments.holds(segment).is_(True) for segment in wanted.segments)
    return or_(false(), *parts)


def happened(scope: Scope, outcomes: Sequence[str], *, since: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
    """Whether one of the outcomes is on record for the person, not later than today."""
    clauses = [
        outcome.c.person == person.c.id,
        outcome.c.outcome.in_(outcomes),
        outcome.c.occurred_on <= scope.today,
    ]
    if since is not None:
        clauses.append(outcome.c.occurred_on >= since)
    return exists(select(literal(1)).where(*clauses).correlate(person, enrolment))


def _exclusions(scope: Scope) -> list[Gate]:
    excluded = scope.campaign.except_
    gates = []
    if excluded.under_way:
        gates.append(
            Gate("under_way", f"under way in {', '.join(excluded.under_way)}", _under_way(scope, excluded.under_way))
        )
    rest = Condition(outcomes=excluded.outcomes, segments=excluded.segments)
    if rest != Condition():
        gates.append(Gate("excepted", "the campaign's `except` holds", condition(scope, rest, since=None)))
    return gates


def _under_way(scope: Scope, campaigns: Sequence[str]) -> ColumnElement[bool]:
    other = enrolment.alias("other")
    return exists(
        select(literal(1))
        .where(
            other.c.person == person.c.id,
            other.c.campaign.in_(campaigns),
            other.c.state == "active",
            other.c.ends_on >= scope.today,
        )
        .correlate(person, enrolment)
    )


def _paused(scope: Scope) -> Gate:
    stops = exists(
        select(literal(1))
        .where(choice.c.person == person.c.id, choice.c.paused_until > scope.today)
        .correlate(person, enrolment)
    )
    return Gate("pause_chosen", "the person asked for a pause", stops)


def _opted_out(scope: Scope) -> Gate:
    topic = scope.campaign.topic
    stops = exists(
        select(literal(1))
        .where(and_(opt_out.c.person == person.c.id, opt_out.c.topic == topic))
        .correlate(person, enrolment)
    )
    return Gate("opted_out", f"opted out of {topic}", stops)
