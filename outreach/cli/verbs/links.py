"""`outreach links`: how often the links of measured campaigns were followed."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json
from outreach.cli.output import emit, table
from outreach.cli.session import Session
from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.outcomes.clicks import LinkClicks

#: Months side by side on a screen; `--json` gives all.
_MONTHS = 6
_NOTE = "Link scanners follow links, too, and are counted: compare links with one another, not with people."


@click.command("links", cls=VerbCommand, examples=["outreach links", "outreach links newsletter --months"])
@click.argument("campaign", required=False)
@click.option("--months", "by_month", is_flag=True, help=f"Month by month, too: the last {_MONTHS}.")
@as_json
@click.pass_obj
def links(session: Session, *, campaign: str | None, by_month: bool, as_json: bool) -> None:
    """How often each link was followed, of CAMPAIGN or of all that measure their links (`measure_links: true`).

    Nobody knows by whom. Small numbers are not shown (`< 10`; the limit is `small_numbers` in outreach.yaml), nor is
    what was made of a message that went to so few people, nor a month from which such a number could be worked out.
    Programs that look at the links of mails before their reader does are counted as well, unless they say so.
    """
    from outreach.outcomes.clicks import followed, measuring

    installation = session.installation
    _, current = installation.current()
    limit = current.workspace.small_numbers
    with installation.database.reading() as connection:
        known = measuring(connection)
        _require(campaign, known, current.campaigns)
        found = followed(connection, installation.definitions, limit, campaign)
    if as_json:
        return emit(found)
    if not found:
        return click.echo("No link is measured: no published campaign says `measure_links: true`.")
    click.echo(_table(found, limit, by_month=by_month))
    return click.echo(f"\n{_NOTE}")


def _require(campaign: str | None, measuring: set[str], published: Collection[str]) -> None:
    """Refuse a campaign that there is none of, or whose links are not measured: nothing would look like an answer."""
    if campaign is None or campaign in measuring:
        return
    if campaign in published:
        raise OutreachError(
            f"the campaign {shown(campaign)} does not measure its links",
            remedy="Write `measure_links: true` in it, publish and approve it: what leaves from then on is counted.",
        )
    raise OutreachError(
        f"there is no campaign {shown(campaign)} in the release",
        remedy=advice(campaign, {*measuring, *published}, "campaigns"),
    )


def _table(found: list[LinkClicks], limit: int, *, by_month: bool) -> str:
    from outreach.outcomes.small_numbers import in_words

    months = list(found[0].months)[-_MONTHS:] if by_month else []
    rows = [
        (
            one.campaign,
            one.message,
            one.language,
            in_words(one.sent, limit),
            *(in_words(one.months[month], limit) for month in months),
            in_words(one.clicks, limit),
            one.address,
        )
        for one in found
    ]
    return table(("campaign", "message", "language", "sent", *months, "followed", "link"), rows)
