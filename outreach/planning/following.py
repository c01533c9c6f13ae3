"""Which entry of somebody counts now, and which release their journey follows: for telling, not for deciding."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.definitions.model import Step
from outreach.planning.calendar import civil_day
from outreach.planning.explanation import REASONS
from outreach.planning.lengths import reachable
from outreach.planning.moving import goes_on, standing, under_another
from outreach.planning.plan import Current
from outreach.planning.scope import Scope
from outreach.storage.tables import campaign_state, enrolment, move


@dataclass(frozen=True)
class Entered:
    """Somebody's present entry into a journey."""

    id: int
    occurrence: str
    release_id: int
    state: str
    reason: str | None
    started_on: date
    next_step: int | None
    #: What there is to tell of its release, and of a later entry that was refused; empty where nothing is.
    words: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def was_let_in(self) -> bool:
        """Whether it is or was a journey."""
        return self.state != "refused"


def present_entry(connection: Connection, scope: Scope, current: Current, who: Row[Any]) -> Entered | None:
    """The newest entry that was not refused, else the newest; as it will be once it is moved, where it is to be."""
    names = ("id", "occurrence", "release_id", "state", "reason", "started_on", "next_step")
    rows = connection.execute(
        select(*(enrolment.c[name] for name in names))
        .where(enrolment.c.person == who.id, enrolment.c.campaign == scope.campaign.id)
        .order_by(enrolment.c.state == "refused", enrolment.c.id.desc())
    ).all()
    if not rows:
        return None
    entered = _following(connection, scope, current, Entered(**rows[0]._asdict()))
    newest = max(rows, key=lambda row: row.id)
    if newest.id == entered.id:
        return entered
    why = f"{newest.occurrence} was refused: {REASONS.get(newest.reason, newest.reason)}"
    return replace(entered, words="; ".join(filter(None, (entered.words, why))), facts=entered.facts | {
        "refused": newest.reason})  # fmt: skip


def skipped_over(scope: Scope, step: Step, entered: Entered) -> str:
    """Why a step does not come: the journey was moved past it. Empty where it may still come."""
    place = scope.campaign.steps.index(step)
    if "moved_on" not in entered.facts or place in reachable(scope.campaign, entered.next_step):
        return ""
    return f"the journey does not come to it: {entered.words}"


def _following(connection: Connection, scope: Scope, current: Current, entered: Entered) -> Entered:
    other = select(enrolment.c.id).where(enrolment.c.id == entered.id, under_another(scope))
    if connection.scalar(other) is None:
        return _moved(connection, scope, entered)
    facts: dict[str, Any] = {"release": entered.release_id}
    if scope.campaign.edited.under_way == "finish" or not _may_start(connection, scope, current):
        return replace(entered, words=f"the journey goes on as in release {entered.release_id}", facts=facts)
    row = connection.execute(standing(scope).where(enrolment.c.id == entered.id)).one()
    place = goes_on(scope.campaign, row.last)
    words = f"with the next run the journey goes on {_at(scope, place)} as in release {scope.release_id}"
    facts = {"release": scope.release_id, "moved_on": scope.today.isoformat()}
    return replace(entered, release_id=scope.release_id, next_step=place, words=words, facts=facts)


def _moved(connection: Connection, scope: Scope, entered: Entered) -> Entered:
    """It may have been moved before."""
    last = connection.execute(
        select(move).where(move.c.enrolment == entered.id).order_by(move.c.moved_at.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return entered
    day = civil_day(last.moved_at, scope.zone).isoformat()
    where = f"at `{last.step}`" if last.step else "with nothing more to come"
    words = f"since {day} the journey goes on {where} as in release {last.to_release}"
    return replace(entered, words=words, facts={"release": last.to_release, "moved_on": day})


def _at(scope: Scope, place: int | None) -> str:
    return "with nothing more to come" if place is None else f"at `{scope.campaign.steps[place].id}`"


def _may_start(connection: Connection, scope: Scope, current: Current) -> bool:
    state = connection.scalar(select(campaign_state.c.state).where(campaign_state.c.campaign == scope.campaign.id))
    return state == "running" and scope.campaign.id in current.approved
