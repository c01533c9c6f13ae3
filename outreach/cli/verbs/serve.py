"""`outreach serve`: what is due, every minute, until told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import click

from outreach.cli.options import VerbCommand
from outreach.cli.session import Session
from outreach.errors import OutreachError

_log = logging.getLogger(__name__)


@click.command("serve", cls=VerbCommand, examples=["outreach serve"])
@click.option(
    "--every", type=click.IntRange(1, 3600), default=60, show_default=True, metavar="SECONDS", help="How often to look."
)
@click.pass_obj
def serve(session: Session, *, every: int) -> None:
    """Do what `run` does, again and again, until Ctrl-C or SIGTERM; what is being sent is finished first.

    It may run beside cron, and on several machines with one database: the ledger decides what is sent. What it does
    is told on standard error, one JSON object a line; never a name or an address.
    """
    from outreach import crew
    from outreach.cli.ticking import tick, unreachable
    from outreach.service import scheduler
    from outreach.service.logs import log_as_json

    installation = session.installation
    # Opened now, so that what is wrong with it is said at once and not in a log.
    installation.current()
    log_as_json()

    def once(stop: Callable[[], bool]) -> object:
        return tick(installation, None, stop=stop, sends=False, complain=_log_error)

    def send(stop: Callable[[], bool]) -> object:
        counts = crew.send(installation, None, stop=stop, insists=False)
        if counts.down:
            error = unreachable(installation)
            _log.error("Error: %s", error.what, extra={"remedy": error.remedy})
        return counts

    scheduler.serve(once, send, every=timedelta(seconds=every))


def _log_error(error: OutreachError) -> None:
    _log.error("Error: %s", error.what, extra={"where": error.where, "remedy": error.remedy})
