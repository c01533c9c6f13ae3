"""Explaining: for one person, what each campaign does about them, and which gate decided on which facts.

What is in the ledger is told as it stands there. What is not there yet is asked of the same gates that will plan it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.definitions.model import Pick, Step
from outreach.planning.contested import in_words as contested
from outreach.planning.contested import winners
from outreach.planning.gates import OTHER_REASONS, Gate, entering, leaving
from outreach.planning.openings import WAITS, hours_of, in_words
from outreach.planning.picks import picked
from outreach.planning.plan import Current
from outreach.planning.scope import Scope
from outreach.planning.starting import awaited
from outreach.planning.wording import Told, tell
from outreach.storage.tables import delivery, enrolment, person, receipt

#: Verdicts that no state of a delivery has.
NOT_IN_AUDIENCE, INDETERMINATE, NOT_STARTED = "not_in_audience", "indeterminate", "not_started"


@dataclass(frozen=True)
class Explanation:
    """What a step of a campaign does about a person, and why."""

    campaign: str
    step: str
    #: A delivery's state, or `not_in_audience`, `indeterminate`, `not_started`; `planned` also for what is to come.
    verdict: str
    #: The gate that decided, as it stands on the row; empty where nothing stops it.
    reason: str
    #: The same in a sentence.
    words: str
    #: What the gate saw: the person's facts by field, or the row's own.
    facts: dict[str, Any] = field(default_factory=dict)


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
    return [
        told
        for name in names
        for told in _campaign(
            connection,
            Scope(current.definitions, current.release_id, current.definitions.campaigns[name], now),
            current,
            who,
        )
    ]


def _campaign(connection: Connection, scope: Scope, current: Current, who: Row[Any]) -> Iterator[Explanation]:
    rows = connection.execute(
        select(delivery)
        .where(delivery.c.person == who.id, delivery.c.campaign == scope.campaign.id)
        .order_by(delivery.c.id)
    ).all()
    entered = connection.execute(
        select(enrolment)
        .where(enrolment.c.person == who.id, enrolment.c.campaign == scope.campaign.id)
        .order_by(enrolment.c.id.desc())
        .limit(1)
    ).one_or_none()
    told = {row.step: row for row in rows}
    for step in scope.campaign.steps:
        if step.id in told:
            yield _row(connection, scope, current, told[step.id], who)
        elif entered is not None:
            yield _enrolled(connection, scope, step, entered, who)
        else:
            yield _to_come(connection, scope, step, current, who)


def _row(connection: Connection, scope: Scope, current: Current, row: Row[Any], who: Row[Any]) -> Explanation:
    """The latest delivery of a step, as the ledger has it."""
    facts = {
        "occurrence": row.occurrence,
        "repetition": row.repetition,
        "due_at": row.due_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "picks": row.picks.split(",") if row.picks else [],
    }
    if row.reason == INDETERMINATE:
        told = tell(connection, scope.segments, scope.campaign.audience, who)
        words = f"indeterminate on {row.planned_at.date().isoformat()}; now: {told.words}"
        return Explanation(scope.campaign.id, row.step, INDETERMINATE, INDETERMINATE, words, facts | told.facts)
    if row.state == "planned" and row.reason == "frequency_cap":
        before = winners(connection, scope, current.releases, row)
        facts |= {"passed_over": row.passed_over, "before": [winner.campaign for winner in before]}
        return Explanation(scope.campaign.id, row.step, row.state, row.reason, contested(scope, before, row), facts)
    if row.state == "sent" and row.channel == "handover":
        confirmed = _noted(connection, row, "confirmed")
        facts |= {"confirmed_at": confirmed.at.isoformat() if confirmed else None}
        return Explanation(scope.campaign.id, row.step, row.state, "", _handed_over_words(row, confirmed), facts)
    if row.state in ("bounced", "complained"):
        back = _noted(connection, row, row.state)
        assert back
        facts |= {"came_back_at": back.at.isoformat(), "code": back.code}
        return Explanation(scope.campaign.id, row.step, row.state, row.reason, _returned_words(row, back), facts)
    return Explanation(scope.campaign.id, row.step, row.state, row.reason or "", _row_words(scope, row), facts)


def _noted(connection: Connection, row: Row[Any], kind: str) -> Row[Any] | None:
    """The last receipt of that kind."""
    noted = (receipt.c.delivery == row.id, receipt.c.kind == kind)
    return connection.execute(select(receipt).where(*noted).order_by(receipt.c.id.desc()).limit(1)).one_or_none()


def _handed_over_words(row: Row[Any], confirmed: Row[Any] | None) -> str:
    came_of_it = f"done by {confirmed.at.date().isoformat()}" if confirmed else "not confirmed yet"
    return f"handed over on {row.sent_at.date().isoformat()}, {came_of_it}"


def _returned_words(row: Row[Any], back: Row[Any]) -> str:
    sent, came = row.sent_at.date().isoformat(), back.at.date().isoformat()
    if row.channel == "handover":
        return f"handed over on {sent}, not done, as was said on {came}: {REASONS.get(row.reason, row.reason)}"
    code = f" ({back.code})" if back.code else ""
    closed = "; the address is no longer written to" if back.permanent else ""
    return f"sent on {sent}, came back on {came}: {REASONS.get(row.reason, row.reason)}{code}{closed}"


def _row_words(scope: Scope, row: Row[Any]) -> str:
    if row.state == "sent":
        return f"sent on {row.sent_at.date().isoformat()}"
    if row.state == "planned" and row.reason in WAITS:
        way = scope.campaign.way(scope.step(row.step), row.repetition)
        return in_words(hours_of(scope.workspace, scope.campaign, way), row.reason, row.due_at, row.expires_at)
    if row.reason:
        further = f"; the next reminder is due on {row.remind_on.isoformat()}" if row.remind_on else ""
        return REASONS.get(row.reason, str(row.reason)) + further
    return f"{row.state} for {row.due_at.date().isoformat()}"


def _enrolled(connection: Connection, scope: Scope, step: Step, entered: Row[Any], who: Row[Any]) -> Explanation:
    """A step that is still to come for somebody who was let in, or never comes for who was not."""
    facts: dict[str, Any] = {"started_on": entered.started_on.isoformat(), "entry": entered.occurrence}
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
            REASONS.get(entered.reason, entered.reason or ""),
            facts,
        )
    return _gated(connection, scope, step, who, leaving(scope, step, repetition=0, since=None), facts)


def _to_come(connection: Connection, scope: Scope, step: Step, current: Current, who: Row[Any]) -> Explanation:
    """What would happen if the campaign looked at this person now."""
    truth, told = _audience(connection, scope, who)
    if truth is None:
        return _stopped(scope, step, INDETERMINATE, f"indeterminate: {told.words}", told)
    if not truth:
        return _stopped(scope, step, NOT_IN_AUDIENCE, f"not in the audience: {told.words}", told)
    gates = [*entering(scope), *leaving(scope, step, repetition=0, since=None)]
    answer = _gated(connection, scope, step, who, gates, dict(told.facts))
    if answer.verdict != "planned":
        return answer
    start = awaited(connection, scope, current, who)
    if start.reason:
        return Explanation(scope.campaign.id, step.id, NOT_STARTED, start.reason, start.words, answer.facts)
    return replace(answer, words=start.words)


def _audience(connection: Connection, scope: Scope, who: Row[Any]) -> tuple[bool | None, Told]:
    holds = scope.segments.holds(scope.campaign.audience)
    truth = connection.scalar(select(holds).where(person.c.id == who.id))
    return truth, tell(connection, scope.segments, scope.campaign.audience, who)


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


#: Every reason that a row may carry, in words.
REASONS: dict[str, str] = OTHER_REASONS | {
    "died": "the person has died",
    "left": "the person has left",
    "under_way": "the person is under way in a campaign that this one leaves alone",
    "excepted": "the campaign's `except` holds",
    "opted_out": "the person opted out of the topic",
    "no_address": "no e-mail address is on file",
    "suppressed": "the address is suppressed: it bounced for good, or its owner complained",
    "unless": "the step's `unless` holds",
    "until": "the person has acted: the reminder's `until` holds",
    "template": "the message could not be made for this person: a template error",
    "no_mailbox": "the mailbox does not exist",
    "no_domain": "the domain of the address does not exist, or takes no mail",
    "mailbox_closed": "the mailbox is closed",
    "mailbox_full": "the mailbox is full",
    "too_large": "the message is too large for the mailbox",
    "unreachable": "the mail server could not be reached",
    "undelivered": "the mail server did not deliver it, and said no more",
    "blocked": "the mail server did not let it in, for its content or its sender",
    "complained": "its reader called it spam",
    "not_reached": "who called reached nobody",
    "wrong_address": "the address or the number was wrong",
    "declined": "the person did not want it",
    "not_possible": "it could not be done",
    "unwritable": "the hand-over list could not be written",
}
