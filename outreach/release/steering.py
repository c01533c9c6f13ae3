"""Pausing, resuming and cancelling a campaign that was approved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from outreach.errors import OutreachError
from outreach.release.approving import cancelled
from outreach.release.manifest import current_release, digests
from outreach.release.nouns import Approval, State
from outreach.release.states import state_of, unknown
from outreach.storage import audit
from outreach.storage.database import Database
from outreach.storage.tables import campaign_state, delivery, enrolment

#: State -> the word for who brought a campaign into it.
_DONE: dict[State, str] = {"paused": "paused", "running": "resumed", "cancelled": "cancelled"}


def pause(database: Database, campaign: str, now: datetime, by: str) -> Approval:
    """Nothing of the campaign starts or leaves until it is resumed; what waits too long is not sent any more.

    Raises:
        OutreachError: there is no such campaign, it was never approved, or it was cancelled.
    """
    with database.writing() as connection:
        return _set(connection, campaign, "paused", now, by)


def resume(database: Database, campaign: str, now: datetime, by: str) -> Approval:
    """Let a paused campaign go on.

    Raises:
        OutreachError: there is no such campaign, it was never approved, or it was cancelled.
    """
    with database.writing() as connection:
        return _set(connection, campaign, "running", now, by)


def cancel(database: Database, campaign: str, now: datetime, by: str) -> Approval:
    """Stop a campaign for good: what was planned does not leave, and who is under way leaves it.

    Raises:
        OutreachError: there is no such campaign, or it was never approved.
    """
    with database.writing() as connection:
        if state_of(connection, campaign) != "cancelled":
            done = _set(connection, campaign, "cancelled", now, by)
        else:
            done = Approval(campaign, _digest(connection, campaign), "cancelled")
        _stop(connection, campaign)
        return done


def cancellable(connection: Connection, campaign: str) -> None:
    """Refuse what `cancel` would refuse; so that nobody is asked in vain.

    Raises:
        OutreachError: as `cancel` does.
    """
    if state_of(connection, campaign) != "cancelled":
        _changeable(connection, campaign)


def _set(connection: Connection, campaign: str, state: State, now: datetime, by: str) -> Approval:
    before = _changeable(connection, campaign)
    steered = {"state": state, "steered_at": now, "steered_by": by[:200], "steered_why": None}
    connection.execute(update(campaign_state).where(campaign_state.c.campaign == campaign).values(steered))
    changed = {"state": before}, {"state": state}
    audit.record(connection, audit.Entry(by, _DONE[state], f"campaign {campaign}", *changed), now)
    return Approval(campaign, _digest(connection, campaign), state)


def _changeable(connection: Connection, campaign: str) -> State:
    """Its present state, where that may be changed."""
    present = state_of(connection, campaign)
    if present == "cancelled":
        raise cancelled(campaign)
    if present is not None:
        return present
    published = _published(connection)
    if campaign in published:
        raise OutreachError(
            f"the campaign `{campaign}` was never approved, so nothing of it is under way",
            remedy=f"`outreach approve {campaign}` lets it go.",
        )
    raise unknown(campaign, {*published, *connection.scalars(select(campaign_state.c.campaign))})


def _published(connection: Connection) -> dict[str, str]:
    release_id = current_release(connection)
    return digests(connection, release_id) if release_id is not None else {}


def _digest(connection: Connection, campaign: str) -> str:
    return _published(connection).get(campaign, "")


def _stop(connection: Connection, campaign: str) -> None:
    """End what is under way. What a sender is handing over already (`attempting`) is past stopping."""
    connection.execute(
        update(delivery)
        .where(delivery.c.campaign == campaign, delivery.c.state == "planned")
        .values(state="cancelled", reason="cancelled", lease_owner=None)
    )
    connection.execute(
        update(delivery)
        .where(delivery.c.campaign == campaign, delivery.c.remind_on.is_not(None))
        .values(remind_on=None)
    )
    connection.execute(
        update(enrolment)
        .where(enrolment.c.campaign == campaign, enrolment.c.state == "active")
        .values(state="cancelled", reason="cancelled", next_step=None, next_on=None)
    )
