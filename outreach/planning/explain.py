"""Explaining: for one person, what each campaign does about them, and which gate decided on which facts.

What is in the ledger is told as it stands there. What is not there yet is asked of the same gates that will plan it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from outreach.definitions.model import NOTICES, Pick, Step
from outreach.planning.awaiting import WAITING
from outreach.planning.by_choice import told as by_choice
from outreach.planning.crossing import Turned, at_branch, passed_by
from outreach.planning.explanation import (
    DECIDED,
    INDETERMINATE,
    MOVED_ON,
    NOT_IN_AUDIENCE,
    NOT_STARTED,
    OTHER_WAY,
    REASONS,
    WAITS,
    Explanation,
)
from outreach.planning.following import Entered, present_entry, skipped_over
from outreach.planning.gates import Gate, entering, leaving
from outreach.planning.invitations import NO_SESSION, told_of
from outreach.planning.meantime import at_wait, in_the_meantime
from outreach.planning.paused import PAUSED
from outreach.planning.picks import picked
from outreach.planning.plan import Current
from outreach.planning.recorded import recorded
from outreach.planning.scope import Scope
from outreach.planning.starting import awaited
from outreach.planning.waves import told as in_wave
from outreach.planning.wording import Told, tell
from outreach.storage.tables import delivery, person

#: What is added where something is still to come of a campaign that is paused.
_HELD = "; but the campaign is paused, and nothing of it leaves until it is resumed"


def explain(
    connection: Connection, current: Current, person_id: str, now: datetime, campaign: str | None = None
) -> list[Explanation] | None:
    """For each campaign (or one) and each of its steps; None if nobody has that HR number.

    Raises:
        KeyError: there is no such campaign in the release.
    """
    who = connection.execute(select(person).where(person.c.person_id == person_id)).one_or_none()
    if who is None:
        return None
    names = [campaign] if campaign else sorted(current.definitions.campaigns)
    by_clock = {"time_zone": who.time_zone} if who.time_zone else {}
    paused = set(connection.scalars(PAUSED))
    return [
        replace(_held(told) if name in paused else told, facts=told.facts | by_clock)
        for name in names
        for told in _campaign(
            connection,
            Scope(current.definitions, current.release_id, current.definitions.campaigns[name], now),
            current,
            who,
        )
    ]


def _held(told: Explanation) -> Explanation:
    """The same of a campaign that is paused: what is still to come of it waits."""
    is_to_come = told.verdict in ("planned", WAITS) or "reminder_due_on" in told.facts
    return replace(told, words=told.words + _HELD) if is_to_come else told


def _campaign(connection: Connection, scope: Scope, current: Current, who: Row[Any]) -> Iterator[Explanation]:
    entered = present_entry(connection, scope, current, who)
    journey = scope
    rows = [delivery.c.person == who.id, delivery.c.campaign == scope.campaign.id]
    if entered and entered.was_let_in:
        journey = _under(scope, current, entered)
        # What an entry before got is another journey's.
        rows.append(or_(delivery.c.enrolment == entered.id, delivery.c.enrolment.is_(None)))
    told = {row.step: row for row in connection.execute(select(delivery).where(*rows).order_by(delivery.c.id))}
    for step in journey.campaign.steps:
        if step.branch or step.wait:
            yield _turning(connection, journey, step, entered, who)
        elif step.id in told:
            yield recorded(connection, replace(scope, campaign=journey.campaign), current, told[step.id], who)
            yield from (
                recorded(connection, replace(scope, campaign=journey.campaign), current, told[notice], who)
                for notice in (f"{step.id}.{kind}" for kind in NOTICES)
                if notice in told
            )
        elif entered is not None:
            yield _passed_by(connection, journey, step, entered) or _enrolled(connection, journey, step, entered, who)
        else:
            yield _to_come(connection, scope, step, current, who)


def _under(scope: Scope, current: Current, entered: Entered) -> Scope:
    """The same at the release that the person's journey follows."""
    definitions = current.releases(entered.release_id)
    return Scope(definitions, entered.release_id, definitions.campaigns[scope.campaign.id], scope.now)


def _turning(connection: Connection, scope: Scope, step: Step, entered: Entered | None, who: Row[Any]) -> Explanation:
    """What came of a branch or a wait for somebody, or would come; nothing of it for who is not in the journey."""
    if entered is None:
        outside, _ = _outside(connection, scope, step, who)
        words = "it is decided for who is in the journey by then"
        return outside or Explanation(scope.campaign.id, step.id, NOT_STARTED, "", words, {"day": step.day})
    if step.wait:
        turned = at_wait(connection, scope, step, entered)
    else:
        turned = at_branch(connection, scope, step, entered, who)
    if turned.way in ("", WAITING) and entered.state != "active":
        return _enrolled(connection, scope, step, entered, who)
    if not turned.way and (past := _passed_by(connection, scope, step, entered)):
        return past
    verdict = WAITS if turned.way == WAITING else DECIDED if turned.way else "planned"
    return Explanation(scope.campaign.id, step.id, verdict, turned.way, turned.words, turned.facts)


def _passed_by(connection: Connection, scope: Scope, step: Step, entered: Entered) -> Explanation | None:
    """A step to which the person's journey does not come; None where it may still come."""
    if past := passed_by(connection, scope, step, entered):
        return Explanation(scope.campaign.id, step.id, "skipped", OTHER_WAY, past.words, past.facts)
    if entered.state == "active" and (words := skipped_over(scope, step, entered)):
        return Explanation(scope.campaign.id, step.id, "skipped", MOVED_ON, words, entered.facts)
    return None


def _enrolled(connection: Connection, scope: Scope, step: Step, entered: Entered, who: Row[Any]) -> Explanation:
    """A step that is still to come for somebody who was let in, or never comes for who was not."""
    facts: dict[str, Any] = {"started_on": entered.started_on.isoformat(), "entry": entered.occurrence, **entered.facts}
    if entered.state != "active":
        if entered.reason in (NOT_IN_AUDIENCE, INDETERMINATE):
            told = tell(connection, scope.segments, scope.campaign.audience, who)
            return _stopped(
                scope, step, entered.reason, f"{_words(entered.reason)} when entering; now: {told.words}", told
            )
        return Explanation(
            scope.campaign.id,
            step.id,
            "cancelled" if entered.state == "cancelled" else "skipped",
            entered.reason or "",
            REASONS.get(entered.reason or "", entered.reason or ""),
            facts,
        )
    answer = _gated(connection, scope, step, who, leaving(scope, step, repetition=0, since=None), facts)
    answer = _as_theirs(connection, scope, answer, who)
    meantime = in_the_meantime(connection, scope, entered) if answer.verdict == "planned" else Turned("", "")
    words = "; ".join(filter(None, (answer.words, meantime.words, entered.words)))
    return replace(answer, words=words, facts=answer.facts | meantime.facts)


def _to_come(connection: Connection, scope: Scope, step: Step, current: Current, who: Row[Any]) -> Explanation:
    """What would happen if the campaign looked at this person now."""
    outside, told = _outside(connection, scope, step, who)
    if outside:
        return outside
    gates = [*entering(scope), *leaving(scope, step, repetition=0, since=None)]
    answer = _gated(connection, scope, step, who, gates, dict(told.facts))
    if answer.verdict != "planned":
        return answer
    start = awaited(connection, scope, current, who)
    if start.reason:
        return Explanation(scope.campaign.id, step.id, NOT_STARTED, start.reason, start.words, answer.facts)
    return _as_theirs(connection, scope, replace(answer, words=start.words), who)


def _as_theirs(connection: Connection, scope: Scope, answer: Explanation, who: Row[Any]) -> Explanation:
    """The same, with the wave that the person is in and the channel that they chose, where it still comes."""
    if answer.verdict != "planned":
        return answer
    words, facts = in_wave(connection, scope.campaign, who)
    chosen, channel = by_choice(connection, scope, scope.step(answer.step), 0, who)
    return replace(answer, words=answer.words + words + chosen, facts=answer.facts | facts | channel)


def _outside(connection: Connection, scope: Scope, step: Step, who: Row[Any]) -> tuple[Explanation | None, Told]:
    """Why the person is not in the audience, or not known to be; None where they are in it."""
    holds = scope.segments.holds(scope.campaign.audience)
    truth = connection.scalar(select(holds).where(person.c.id == who.id))
    told = tell(connection, scope.segments, scope.campaign.audience, who)
    if truth is None:
        return _stopped(scope, step, INDETERMINATE, f"indeterminate: {told.words}", told), told
    if not truth:
        return _stopped(scope, step, NOT_IN_AUDIENCE, f"not in the audience: {told.words}", told), told
    return None, told


def _gated(
    connection: Connection, scope: Scope, step: Step, who: Row[Any], gates: list[Gate], facts: dict[str, Any]
) -> Explanation:
    stops = connection.execute(
        select(*(gate.stops.label(f"gate_{number}") for number, gate in enumerate(gates))).where(person.c.id == who.id)
    ).one()
    for gate, stopped in zip(gates, stops, strict=True):
        if stopped:
            return Explanation(scope.campaign.id, step.id, "skipped", gate.name, gate.words, facts)
    if step.pick and _offers(connection, scope, step.pick, who) < step.pick.at_least:
        return Explanation(scope.campaign.id, step.id, "skipped", "nothing_new", REASONS["nothing_new"], facts)
    if step.invite:
        invited = told_of(connection, scope, step, who.id)
        if invited is None:
            return Explanation(scope.campaign.id, step.id, "skipped", NO_SESSION, REASONS[NO_SESSION], facts)
        facts = facts | invited
    return Explanation(
        scope.campaign.id, step.id, "planned", "", "nothing stops it: it leaves when its time comes", facts
    )


def _offers(connection: Connection, scope: Scope, pick: Pick, who: Row[Any]) -> int:
    """How many offers the person would be shown today."""
    found = picked(scope, pick, person.c.id == who.id)
    return 0 if found is None else connection.scalar(select(found.c.found)) or 0


def _stopped(scope: Scope, step: Step, verdict: str, words: str, told: Told) -> Explanation:
    return Explanation(scope.campaign.id, step.id, verdict, verdict, words, told.facts)


def _words(reason: str) -> str:
    return {"not_in_audience": "not in the audience", "indeterminate": "indeterminate"}[reason]
