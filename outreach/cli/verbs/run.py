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
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.pipeline import Tick
    from outreach.storage.database import Database


@click.command("run", cls=VerbCommand, examples=["*/5 * * * *  cd /srv/campaigns && outreach run"])
@at
@as_json
@click.pass_obj
def run(session: Session, *, at: datetime | None, as_json: bool) -> None:
    """Plan and send what is due now, then stop. Running it twice, late, or twice at once sends nothing twice."""
    from outreach import pipeline

    installation = session.installation
    current = pipeline.current_of(installation.database, installation.definitions)
    if current is None:
        raise OutreachError("nothing is published yet", remedy="Run `outreach publish`.")
    now = session.moment(at)
    with Progress(quiet=as_json) as progress:

        def send(database: Database, _now: datetime) -> pipeline.SendCounts:
            return installation.send(database, lambda: session.moment(at), progress.adding("sending"))

        report = pipeline.tick(
            installation.database, current, now, send, progress.adding("planning"), recover=installation.recover
        )
    if as_json:
        return emit(report)
    return click.echo(_text(report, installation.zone))


def _text(report: Tick, zone: ZoneInfo) -> str:
    lines = [
        f"Planned {report.planned:,}, sent {report.sent:,}, rejected {report.rejected:,}, in doubt {report.in_doubt:,}."
    ]
    if report.skipped:
        lines.append(f"Not sent, with the reason: {counts(report.skipped)}.")
    if report.next:
        lines.append(f"Next: {report.next.astimezone(zone):%A %d %B %Y, %H:%M}.")
    return "\n".join(lines)
