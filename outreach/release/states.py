"""How far each campaign has come: its row of `campaign_state`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from outreach.definitions.model import Campaign
from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError
from outreach.release.manifest import current_release, digests
from outreach.release.nouns import State
from outreach.storage.inserting import insert_into
from outreach.storage.tables import approval, campaign_state, event

#: Who approves a campaign that says `approval: none`.
NOBODY = "approval: none"


def put(connection: Connection, campaign: Campaign, zone: ZoneInfo, now: datetime) -> None:
    """Let a campaign count from now on; nothing when it does already.

    What comes back looks from the beginning of this civil day, so that today's own occurrence is not missed; `once` has
    no lower bound; events look forward from the last one there is.
    """
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone).astimezone(UTC)
    insert_new(
        connection,
        campaign_state,
        campaign=campaign.id,
        state="running",
        first_approved_at=now,
        planned_until=None if campaign.start.kind == "once" else midnight,
        last_event=connection.scalar(select(func.max(event.c.id))) or 0,
    )


def note_approval(connection: Connection, campaign: str, digest: str, release_id: int, now: datetime, by: str) -> None:
    """Record who approved what; the first one counts."""
    insert_new(
        connection, approval, campaign=campaign, digest=digest, release_id=release_id, approved_at=now, approved_by=by
    )


def insert_new(connection: Connection, table: Any, **values: object) -> bool:
    """Insert a row unless one with its key is there. Returns whether it was inserted."""
    statement = insert_into(connection, table).values(**values).on_conflict_do_nothing()
    return bool(connection.execute(statement).rowcount)


def state_of(connection: Connection, campaign: str) -> State | None:
    """Its state, or None before its first approval."""
    state: State | None = connection.scalar(select(campaign_state.c.state).where(campaign_state.c.campaign == campaign))
    return state


def in_release(connection: Connection) -> tuple[int, dict[str, str]]:
    """The current release, and campaign -> digest in it.

    Raises:
        OutreachError: nothing was published yet.
    """
    release_id = current_release(connection)
    if release_id is None:
        raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")
    return release_id, digests(connection, release_id)


def unknown(campaign: str, known: Iterable[str]) -> OutreachError:
    """There is no such campaign; the nearest one is named."""
    return OutreachError(f"there is no campaign {shown(campaign)}", remedy=advice(campaign, known, "campaigns"))
