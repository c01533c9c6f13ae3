"""Telling of a delivery what the ledger says of it: sent, came back, waits, stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.definitions.by_choice import kind_of
from outreach.planning.by_choice import told as by_choice
from outreach.planning.calendar import civil_day, zone
from outreach.planning.contested import in_words as contested
from outreach.planning.contested import winners
from outreach.planning.explanation import INDETERMINATE, REASONS, Explanation
from outreach.planning.following_up import next_reminder
from outreach.planning.gates import Gate, choices
from outreach.planning.invitations import NO_SESSION, as_facts
from outreach.planning.openings import WAITS, hours_of, in_words
from outreach.planning.plan import Current
from outreach.planning.scope import Scope
from outreach.planning.waves import told as told_wave
from outreach.planning.wording import tell
from outreach.storage.tables import person, receipt


def recorded(connection: Connection, scope: Scope, current: Current, row: Row[Any], who: Row[Any]) -> Explanation:
    """The latest delivery of a step, as the ledger has it."""
    facts = {
        "occurrence": row.occurrence,
        "repetition": row.repetition,
        "due_at": row.due_at.isoformat(),
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "picks": row.picks.split(",") if row.picks else [],
    }
    drawn, why = told_wave(connection, current.releases(row.release_id).campaigns[row.campaign], who)
    facts |= why
    if row.session is not None:
        facts |= as_facts(connection, row.session)
    if row.reason == INDETERMINATE:
        told = tell(connection, scope.segments, scope.campaign.audience, who)
        words = f"indeterminate on {_day(scope, row.planned_at)}; now: {told.words}"
        return Explanation(scope.campaign.id, row.step, INDETERMINATE, INDETERMINATE, words, facts | told.facts)
    if row.state == "planned" and row.reason == "frequency_cap":
        before = winners(connection, scope, current.releases, row)
        facts |= {"passed_over": row.passed_over, "before": [winner.campaign for winner in before]}
        return Explanation(scope.campaign.id, row.step, row.state, row.reason, contested(scope, before, row), facts)
    if row.state == "sent" and row.channel == "handover":
        confirmed = _noted(connection, row, "confirmed")
        facts |= {"confirmed_at": confirmed.at.isoformat() if confirmed else None}
        more, due = next_reminder(connection, scope, current, row)
        words = _handed_over_words(scope, row, confirmed) + more
        return Explanation(scope.campaign.id, row.step, row.state, "", words, facts | due)
    if row.state in ("bounced", "complained"):
        back = _noted(connection, row, row.state)
        assert back
        facts |= {"came_back_at": back.at.isoformat(), "code": back.code}
        return Explanation(scope.campaign.id, row.step, row.state, row.reason, _returned_words(scope, row, back), facts)
    words = _row_words(scope, row, who, drawn) + _invited_words(row, facts)
    if row.state in ("sent", "skipped"):
        more, due = next_reminder(connection, scope, current, row)
        words, facts = words + more, facts | due
    if row.state == "planned":
        under = replace(scope, definitions=current.releases(row.release_id))
        chosen, channel = by_choice(connection, under, scope.step(row.step), row.repetition, who)
        words, facts = words + chosen, facts | channel
    if row.state == "planned" and (gate := _chosen_otherwise(connection, scope, who)):
        words, facts = f"{words}; it will be skipped: {gate.words}", facts | {"stopped_by": gate.name}
    return Explanation(scope.campaign.id, row.step, row.state, row.reason or "", words, facts)


def _chosen_otherwise(connection: Connection, scope: Scope, who: Row[Any]) -> Gate | None:
    """The choice of the person that will keep back what is planned; None where there is none."""
    for gate in choices(scope):
        if connection.scalar(select(gate.stops).where(person.c.id == who.id)):
            return gate
    return None


def _invited_words(row: Row[Any], facts: Mapping[str, Any]) -> str:
    return f"; the session is {facts['session']}" if row.session is not None and not row.reason else ""


def _noted(connection: Connection, row: Row[Any], kind: str) -> Row[Any] | None:
    """The last receipt of that kind."""
    noted = (receipt.c.delivery == row.id, receipt.c.kind == kind)
    return connection.execute(select(receipt).where(*noted).order_by(receipt.c.id.desc()).limit(1)).one_or_none()


def _day(scope: Scope, moment: datetime) -> str:
    """The civil day of what has happened, as the ledger is shown: by the workspace's clock."""
    return civil_day(moment, scope.zone).isoformat()


def _handed_over_words(scope: Scope, row: Row[Any], confirmed: Row[Any] | None) -> str:
    came_of_it = f"done by {_day(scope, confirmed.at)}" if confirmed else "not confirmed yet"
    return f"handed over on {_day(scope, row.sent_at)}, {came_of_it}"


def _returned_words(scope: Scope, row: Row[Any], back: Row[Any]) -> str:
    sent, came = _day(scope, row.sent_at), _day(scope, back.at)
    if row.channel == "handover":
        return f"handed over on {sent}, not done, as was said on {came}: {REASONS.get(row.reason, row.reason)}"
    code = f" ({back.code})" if back.code else ""
    closed = "; the address is no longer written to" if back.permanent else ""
    return f"sent on {sent}, came back on {came}: {REASONS.get(row.reason, row.reason)}{code}{closed}"


def _turn_words(scope: Scope, row: Row[Any]) -> str:
    """When it would be the turn of one that waits for a place among those of a day."""
    local = row.due_at.astimezone(scope.zone)
    if row.due_at >= row.expires_at:
        return f"its turn does not come before the latest time, {local:%Y-%m-%d %H:%M}"
    return f"by who waits before it, its turn comes on {local:%A %Y-%m-%d at %H:%M}"


def _row_words(scope: Scope, row: Row[Any], who: Row[Any], drawn: str) -> str:
    if row.state == "sent":
        return f"sent on {_day(scope, row.sent_at)}"
    if row.state == "planned" and row.reason in WAITS:
        hours = hours_of(scope.workspace, scope.campaign, kind_of(row.channel), who.time_zone)
        return in_words(hours, row.reason, row.due_at, row.expires_at)
    if row.reason == NO_SESSION and row.state == "skipped" and row.expires_at > scope.now:
        until = _day(scope, row.expires_at)
        return f"{REASONS[NO_SESSION]}; it is looked at again when one is added, until {until}"
    if row.state == "planned" and row.reason == "at_most":
        return f"{REASONS['at_most']}; {_turn_words(scope, row)}"
    if row.state == "rejected" and row.reason not in REASONS:
        return f"refused for good by who was to take it: {row.reason}"
    if row.reason:
        return REASONS.get(row.reason, str(row.reason))
    where = who.time_zone or scope.workspace.time_zone
    local = row.due_at.astimezone(zone(where))
    hour = f" at {local:%H:%M} in {where}" if who.time_zone else ""
    return f"{row.state} for {local.date().isoformat()}{hour}{drawn}"
