"""What was published and approved, when and by whom."""

from __future__ import annotations

from sqlalchemy import Connection, and_, select

from outreach.release.nouns import Entry, Standing
from outreach.storage.tables import approval, campaign_state, release, release_campaign


def approved(connection: Connection, release_id: int) -> set[str]:
    """Campaigns of a release that may start something: approved as they are in it, or in need of no approval."""
    same = and_(
        approval.c.campaign == release_campaign.c.campaign,
        approval.c.digest == release_campaign.c.digest,
        release_campaign.c.release_id == release_id,
    )
    return set(connection.scalars(select(approval.c.campaign).join(release_campaign, same)))


def waiting(connection: Connection, release_id: int) -> list[str]:
    """Campaigns of a release that only an approval keeps from starting; what was cancelled is not among them."""
    stopped = select(campaign_state.c.campaign).where(campaign_state.c.state == "cancelled")
    known = select(release_campaign.c.campaign).where(
        release_campaign.c.release_id == release_id, release_campaign.c.campaign.not_in(stopped)
    )
    return sorted(set(connection.scalars(known)) - approved(connection, release_id))


def standings(connection: Connection, release_id: int) -> list[Standing]:
    """How far each campaign has come that is in a release, or ever was approved, in the order of their ids."""
    present = select(release_campaign.c.campaign).where(release_campaign.c.release_id == release_id)
    names = set(connection.scalars(present))
    found = {name: Standing(name, None, is_gone=False) for name in names}
    for row in connection.execute(select(campaign_state)):
        since = row.steered_at or row.first_approved_at
        is_gone = row.campaign not in names
        found[row.campaign] = Standing(row.campaign, row.state, is_gone, since, row.steered_by, row.steered_why)
    return [found[name] for name in sorted(found)]


def history(connection: Connection, campaign: str | None = None) -> tuple[Entry, ...]:
    """Releases and approvals, oldest first; of one campaign its approvals alone."""
    releases = [
        Entry(row.published_at, row.published_by, "published", row.id, row.digest)
        for row in connection.execute(
            select(release.c.id, release.c.digest, release.c.published_at, release.c.published_by)
        )
    ]
    approvals = [
        Entry(row.approved_at, row.approved_by, "approved", row.release_id, row.digest, row.campaign)
        for row in connection.execute(select(approval))
        if campaign in (None, row.campaign)
    ]
    entries = approvals if campaign else [*releases, *approvals]
    return tuple(
        sorted(entries, key=lambda entry: (entry.at, entry.release_id, entry.what == "approved", entry.campaign))
    )
