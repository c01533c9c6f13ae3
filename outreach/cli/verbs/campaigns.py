"""`outreach campaigns`: how far each one has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit, next_step, table
from outreach.cli.session import Session

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from outreach.definitions.model import Campaign
    from outreach.release import Standing


@click.command("campaigns", cls=VerbCommand, examples=["outreach campaigns"])
@as_json
@click.pass_obj
def campaigns(session: Session, *, as_json: bool) -> None:
    """Every campaign that was published or approved, and its state.

    A campaign is new until its first approval, then running, paused or cancelled. One that was edited after it was
    approved waits for another approval: who is under way meanwhile gets what was approved before. One that is in no
    file any more is told as gone: it plans nothing.
    """
    from outreach import release

    installation = session.installation
    release_id, definitions = installation.current()
    with installation.database.reading() as connection:
        found = release.standings(connection, release_id)
    known = definitions.campaigns
    if as_json:
        return emit([_document(one, known.get(one.campaign)) for one in found])
    if not found:
        return click.echo("No campaigns are published.")
    rows = [_row(one, known.get(one.campaign), installation.zone) for one in found]
    click.echo(table(("campaign", "state", "since", "by", "owner", "title"), rows))
    if any(one.waits for one in found):
        next_step("outreach approve --all")
    return None


def _row(one: Standing, campaign: Campaign | None, zone: ZoneInfo) -> tuple[str, ...]:
    since = f"{one.since.astimezone(zone):%Y-%m-%d %H:%M}" if one.since else ""
    return (
        one.campaign, _state(one), since, one.by or "",
        campaign.owner if campaign else "", campaign.title if campaign else "",
    )  # fmt: skip


def _state(one: Standing) -> str:
    """The state in words: `paused, waits for approval`."""
    why = f" ({one.why.replace('_', ' ')})" if one.why else ""
    words = [f"{one.state or 'new'}{why}"]
    if one.is_gone:
        words.append("gone")
    if one.waits:
        words.append("waits for approval")
    return ", ".join(words)


def _document(one: Standing, campaign: Campaign | None) -> dict[str, object]:
    return {
        "campaign": one.campaign,
        "title": campaign.title if campaign else None,
        "owner": campaign.owner if campaign else None,
        "state": one.state or "new",
        "waits_for_approval": one.waits,
        "gone": one.is_gone,
        "since": one.since,
        "by": one.by,
        "why": one.why,
    }
