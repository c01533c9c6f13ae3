"""`outreach run`: what is due, then stop."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit
from outreach.cli.progress import Progress
from outreach.cli.session import Session

if TYPE_CHECKING:
    from outreach.pipeline import TickReport


@click.command("run", cls=VerbCommand, examples=["*/5 * * * *  cd /srv/campaigns && outreach run"])
@at
@as_json
@click.pass_obj
def run(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """Plan and send what is due now, then stop. Running it twice, late, or twice at once sends nothing twice."""
    from outreach import pipeline

    now = session.moment(at)
    with Progress(quiet=as_json) as progress:
        report = pipeline.tick(session.installation, now, progress)
    if as_json:
        return emit(report)
    return click.echo(_text(report, session))


def _text(report: TickReport, session: Session) -> str:
    lines = [
        f"Planned {report.planned:,}, sent {report.sent:,}, rejected {report.rejected:,}, in doubt {report.in_doubt:,}."
    ]
    if report.skipped:
        lines.append(f"Not sent, with the reason: {counts(report.skipped)}.")
    if report.next:
        lines.append(f"Next: {report.next.astimezone(session.installation.zone):%A %d %B %Y, %H:%M}.")
    return "\n".join(lines)
