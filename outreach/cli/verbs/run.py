"""`outreach run`: what is due, then stop."""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from outreach.cli.failures import as_document
from outreach.cli.options import VerbCommand, as_json, at
from outreach.cli.output import counts, emit
from outreach.cli.progress import Progress
from outreach.cli.session import Session
from outreach.errors import ExitCode, OutreachError

if TYPE_CHECKING:
    from outreach.pipeline import Tick

_log = logging.getLogger(__name__)


@click.command("run", cls=VerbCommand, examples=["*/5 * * * *  cd /srv/campaigns && outreach run"])
@at
@as_json
@click.pass_obj
def run(session: Session, *, at: datetime | None, as_json: bool) -> int:
    """Plan and send what is due now, then stop. Running it twice, late, or twice at once sends nothing twice.

    Where workers are alive (`outreach worker`), they send, and this ends as soon as all is planned.

    Ends with 1 when the mail server or the webhook cannot be reached: what was due waits for the next run.
    """
    from outreach.cli.ticking import held_up, tick
    from outreach.logs import counts as log_counts
    from outreach.service.ending import asked_to_end

    ending = threading.Event()
    with Progress(quiet=as_json or bool(session.settings.log)) as progress, asked_to_end(ending):
        moment = session.moment(at) if at else None
        report = tick(session.installation, moment, progress=progress.add, stop=ending.is_set, complain=_warn)
    _log.info("tick", extra=log_counts(report))
    errors = held_up(session.installation, report.unreachable)
    if as_json:
        body = {name: value for name, value in asdict(report).items() if name != "unreachable"}
        emit(body | (as_document(errors[0]) if errors else {}))
        return ExitCode.USER if errors else ExitCode.DONE
    click.echo(_text(report, session.installation.zone))
    for error in errors[1:]:
        click.echo(f"Error: {error}", err=True)
    if errors:
        raise errors[0]
    return ExitCode.DONE


def _warn(error: OutreachError) -> None:
    click.echo(f"Warning: {error}", err=True)


def _text(report: Tick, zone: ZoneInfo) -> str:
    lines = [
        f"Planned {report.planned:,}, sent {report.sent:,}, rejected {report.rejected:,}, in doubt {report.in_doubt:,}."
    ]
    if report.deferred:
        lines.append(f"Not taken, and tried again later: {report.deferred:,}.")
    lines += [
        f"Paused: {campaign}, as too many of its messages were refused for good. Look at `outreach deliveries "
        f"--campaign {campaign} --state rejected`, then `outreach resume {campaign}`."
        for campaign in report.paused
    ]
    if report.handed_over:
        workers = "1 worker process" if report.workers == 1 else f"{report.workers:,} worker processes"
        lines.append(f"Left to {workers} to send: {report.handed_over:,}.")
    if report.skipped:
        lines.append(f"Not sent, with the reason: {counts(report.skipped)}.")
    if report.passed_over:
        lines.append(
            f"Passed over again and again: {report.passed_over:,}, as the frequency cap lets others go first. "
            "`outreach explain` names them for a person."
        )
    if report.returned:
        lines.append(f"Came back: {counts(report.returned)}.")
    if any(report.removed.values()):
        lines.append(f"Kept for long enough, and removed: {counts(report.removed)}.")
    if report.next:
        lines.append(f"Next: {report.next.astimezone(zone):%A %d %B %Y, %H:%M}.")
    return "\n".join(lines)
