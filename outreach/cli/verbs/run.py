"""`outreach run`: what is due, then stop."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit
from outreach.cli.progress import Progress
from outreach.cli.session import Session

if TYPE_CHECKING:
    from outreach.pipeline import Tick


@click.command("run", cls=VerbCommand, examples=["*/5 * * * *  cd /srv/campaigns && outreach run"])
@at
@as_json
@click.pass_obj
def run(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """Plan and send what is due now, then stop. Running it twice, late, or twice at once sends nothing twice."""
    from outreach.cli.ticking import tick

    with Progress(quiet=as_json) as progress:
        report = tick(session.installation, lambda: session.moment(at), progress=progress.add)
    if as_json:
        return emit(report)
    return click.echo(_text(report, session.installation.zone))


def _text(report: Tick, zone: ZoneInfo) -> str:
    lines = [
        f"Planned {report.planned:,}, sent {report.sent:,}, rejected {report.rejected:,}, in doubt {report.in_doubt:,}."
    ]
    if report.skipped:
        lines.append(f"Not sent, with the reason: {counts(report.skipped)}.")
    if report.next:
        lines.append(f"Next: {report.next.astimezone(zone):%A %d %B %Y, %H:%M}.")
    return "\n".join(lines)
