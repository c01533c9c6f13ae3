"""`outreach campaigns`: how far each one has come."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from outreach.cli import tellings
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, next_step, table
from outreach.cli.session import Session

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from outreach.definitions.model import Campaign
    from outreach.release import Standing


@click.command("campaigns", cls=VerbCommand, examples=["outreach campaigns"])
@at
@as_json
@click.pass_obj
def campaigns(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """Every campaign that was published or approved, and its state.

    A campaign is new until its first approval, then running, paused or cancelled. One that was edited after it was
    approved waits for another approval: who is under way meanwhile gets what was approved before. So does one whose
    invited people are to hear of a session that changed. One that is in no file any more is told as gone: it plans
    nothing.
    """
    from outreach import release

    installation = session.installation
    release_id, definitions = installation.current()
    with installation.database.reading() as connection:
        found = release.standings(connection, release_id)
        waiting = set(tellings.waiting(connection, release_id, definitions, session.moment(at)))
    known = definitions.campaigns
    if as_json:
        return emit([_document(one, one.campaign in waiting, known.get(one.campaign)) for one in found])
    if not found:
        return click.echo("No campaigns are published.")
    rows = [_row(one, one.campaign in waiting, known.get(one.campaign), installation.zone) for one in found]
    click.echo(table(("campaign", "state", "since", "by", "owner", "title"), rows))
    if waiting:
        next_step("outreach approve --all")
    return None


def _row(one: Standing, waits: bool, campaign: Campaign | None, zone: ZoneInfo) -> tuple[object, ...]:
    since = one.since and one.since.astimezone(zone)
    return one.campaign, _state(one, waits), since, one.by, campaign and campaign.owner, campaign and campaign.title


def _state(one: Standing, waits: bool) -> str:
    """The state in words: `running, waits for approval`."""
    why = f" ({one.why.replace('_', ' ')})" if one.why else ""
    said = {f"{one.state or 'new'}{why}": True, "gone": one.is_gone, "waits for approval": waits}
    return ", ".join(words for words, holds in said.items() if holds)


def _document(one: Standing, waits: bool, campaign: Campaign | None) -> dict[str, object]:
    return {
        "campaign": one.campaign,
        "title": campaign.title if campaign else None,
        "owner": campaign.owner if campaign else None,
        "state": one.state or "new",
        "waits_for_approval": waits,
        "gone": one.is_gone,
        "since": one.since,
        "by": one.by,
        "why": one.why,
    }
