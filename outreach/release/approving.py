"""Approving: a campaign may start from now on, exactly as it is in the current release."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from outreach.errors import OutreachError
from outreach.release.changes import approve_changes
from outreach.release.manifest import load
from outreach.release.nouns import Approval
from outreach.release.states import in_release, note_approval, put, state_of, unknown
from outreach.storage import audit
from outreach.storage.database import Database

#: So many characters of a digest are enough to name it.
SHORTEST_DIGEST = 8


def approve(database: Database, campaign: str, now: datetime, by: str, digest: str | None = None) -> Approval:
    """Approve a campaign's closure in the current release; again is harmless.

    `digest`, or the first characters of it, says what was looked at.

    Raises:
        OutreachError: nothing is published, there is no such campaign, it has another digest, or it was cancelled.
    """
    with database.writing() as connection:
        release_id, present = approvable(connection, campaign, digest)
        definitions = load(connection, release_id)
        seen = {"release": release_id, "digest": present}
        audit.record(connection, audit.Entry(by, "approved", f"campaign {campaign}", after=seen), now)
        note_approval(connection, campaign, present, release_id, now, by[:200])
        approve_changes(connection, definitions, campaign, release_id, now, by[:200])
        put(connection, definitions.campaigns[campaign], ZoneInfo(definitions.workspace.time_zone), now)
        return Approval(campaign, present, state_of(connection, campaign) or "running")


def approvable(connection: Connection, campaign: str, digest: str | None = None) -> tuple[int, str]:
    """The release and the digest that an approval would be of; so that who approves is shown nothing in vain.

    Raises:
        OutreachError: as `approve` does.
    """
    release_id, known = in_release(connection)
    if campaign not in known:
        raise unknown(campaign, known)
    if state_of(connection, campaign) == "cancelled":
        raise cancelled(campaign)
    _compare(campaign, known[campaign], digest)
    return release_id, known[campaign]


def cancelled(campaign: str) -> OutreachError:
    """A cancelled campaign stays so."""
    return OutreachError(
        f"the campaign `{campaign}` was cancelled, and stays so",
        remedy=f"To start anew, copy campaigns/{campaign}.yaml to a new id, publish and approve that one.",
    )


def _compare(campaign: str, present: str, given: str | None) -> None:
    if given is None or (len(given) >= SHORTEST_DIGEST and present.startswith(given.lower())):
        return
    raise OutreachError(
        f"the campaign `{campaign}` is not what was looked at: its digest is {present[:12]}",
        remedy=f"Look at it again, with `outreach approve {campaign}` and no digest, and then decide.",
    )
