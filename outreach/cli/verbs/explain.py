"""`outreach explain`: why a person gets something, or does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from outreach.cli.accounting import looked_at
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import emit, table
from outreach.cli.session import Session
from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.roster.happenings import Happening


@click.command("explain", cls=VerbCommand, examples=["outreach explain 104733", "outreach explain 104733 welcome"])
@click.argument("person")
@click.argument("campaign", required=False)
@at
@as_json
@click.pass_obj
def explain(session: Session, person: str, campaign: str | None, *, at: datetime | None, as_json: bool) -> None:
    """What each campaign (or CAMPAIGN) does about PERSON (the HR system's number), and why.

    Sent, planned, skipped, not in the audience, or indeterminate because a fact is missing; with the rule that decided
    and what it saw.
    """
    from outreach import pipeline
    from outreach.planning import explain as explaining
    from outreach.roster import happenings

    installation = session.installation
    current = pipeline.current_of(installation.database, installation.definitions)
    if current is None:
        raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")
    if campaign and campaign not in current.definitions.campaigns:
        known = current.definitions.campaigns
        raise OutreachError(f"there is no campaign {shown(campaign)}", remedy=advice(campaign, known, "campaigns"))
    now = session.moment(at)
    looked_at(session, person, "explain", now)
    with installation.database.reading() as connection:
        told = explaining.explain(connection, current, person, now, campaign)
        waiting = happenings.awaiting(connection, person) if told is None else []
    if told is None:
        raise _nobody(waiting)
    if as_json:
        return emit(told)
    return click.echo(
        table(("campaign", "step", "verdict", "why"), [(t.campaign, t.step, t.verdict, t.words) for t in told])
    )


def _nobody(waiting: Sequence[Happening]) -> OutreachError:
    """Nobody has the number; what HR said of it already waits."""
    if not waiting:
        return OutreachError(
            "nobody in the roster has that number", remedy="Give the HR system's number of the person."
        )
    told = ", ".join(f"{one.kind} on {one.on.isoformat()}" for one in waiting)
    return OutreachError(
        f"nobody in the roster has that number yet; what was told of it waits: {told}",
        remedy="It counts as soon as a roster names them: `outreach roster import`.",
    )
