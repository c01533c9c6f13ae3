"""`outreach retention`: removing what was kept for long enough."""

from __future__ import annotations

from datetime import datetime

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit
from outreach.cli.session import Session


@click.command("retention", cls=VerbCommand, examples=["outreach retention --dry-run", "outreach retention"])
@click.option("--dry-run", is_flag=True, help="Count what is too old in the database, and remove nothing.")
@at
@as_json
@click.pass_obj
def retention(session: Session, *, dry_run: bool, at: datetime | None, as_json: bool) -> None:
    """Remove what was kept longer than `retention` of outreach.yaml says; `run` and `serve` do it once a day.

    What was sent, and to whom, stays on record: no cap, no reminder and no count is changed by it.
    """
    from outreach.cli.retaining import remove
    from outreach.privacy import retention as rules

    installation, now = session.installation, session.moment(at)
    limits = rules.Limits.of(installation.current()[1], now)
    if dry_run:
        removed = rules.count(installation.database, limits)
    else:
        removed = remove(installation, limits, now, session.settings.who)
    if as_json:
        before = {"content": limits.content, "receipts": limits.receipts, "events": limits.events}
        return emit({"removed": not dry_run, "counts": removed, "before": before})
    told = counts(removed)
    return click.echo(f"{'Would be removed' if dry_run else 'Removed'}: {'nothing' if told == '-' else told}.")
