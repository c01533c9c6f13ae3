"""`outreach serve`: what is due, every minute, until told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from outreach.cli.options import VerbCommand, listen
from outreach.cli.session import Session
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.installation import Installation

_log = logging.getLogger(__name__)


@click.command(
    "serve", cls=VerbCommand, examples=["outreach serve", "outreach serve --web 127.0.0.1:8080 --listen 127.0.0.1:9464"]
)
@click.option(
    "--every", type=click.IntRange(1, 3600), default=60, show_default=True, metavar="SECONDS", help="How often to look."
)
@click.option(
    "--web",
    metavar="HOST:PORT",
    help="Show the pages behind the links in messages there. Without it: where `web: {listen: …}` says, or nowhere.",
)
@listen
@click.pass_obj
def serve(session: Session, *, every: int, web: str | None, listen: str | None) -> None:
    """Do what `run` does, again and again, until Ctrl-C or SIGTERM; what is being sent is finished first.

    It may run beside cron, and on several machines with one database: the ledger decides what is sent. Where workers
    are alive (`outreach worker`), they send. What it does is told on standard error, one JSON object a line; never a
    name or an address.
    """
    from outreach.cli.dropping import take_dropped
    from outreach.cli.pulling import pull_due
    from outreach.cli.ticking import held_up, send_all, tick, workers_of
    from outreach.delivery.tally import Tally
    from outreach.service import scheduler
    from outreach.service.monitoring import monitored

    session.tell("json")
    installation = session.installation
    # Opened now, so that what is wrong with it is said at once and not in a log.
    installation.current()
    interval, tally = timedelta(seconds=every), Tally()
    watches = scheduler.new_watches(session.moment(None), interval)

    def once(stop: Callable[[], bool]) -> object:
        return tick(installation, None, stop=stop, sends=False, tally=tally, complain=_log_error, pulls=False)

    def errands(stop: Callable[[], bool]) -> object:
        pull_due(installation, session.moment(None), _log_error, stop)
        take_dropped(installation, session.moment(None), _log_error, stop)
        return None

    def send(stop: Callable[[], bool]) -> object:
        counts = send_all(installation, None, workers_of(installation), _unshown, stop, insists=False, tally=tally)
        for error in held_up(installation, counts.down):
            _log_error(error)
        return counts

    def hurry(stop: Callable[[], bool]) -> object:
        return tick(
            installation, None, stop=stop, sends=False, tally=tally, complain=_log_error, collects=False, pulls=False
        )

    alarm = scheduler.Alarm(hurry)
    watched = listen if listen is not None else session.settings.listen
    with _doors(installation, web, alarm.ring), monitored(watched, installation.database, watches, tally):
        scheduler.serve(once, send, every=interval, watches=watches, alarm=alarm, errands=errands)


def _doors(installation: Installation, wanted: str | None, wake: Callable[[], None]) -> AbstractContextManager[object]:
    """The pages behind the links, where they are wanted; FastAPI is loaded only then."""
    web = installation.in_force().web
    listen = wanted if wanted is not None else web.listen
    if not listen:
        return nullcontext()
    from outreach.web.app import make_app
    from outreach.web.serving import served

    return served(make_app(installation, web, wake=wake), listen, web, installation.root)


def _unshown(_done: int) -> None:
    """Nobody watches a bar."""


def _log_error(error: OutreachError) -> None:
    _log.error("Error: %s", error.what, extra={"where": error.where, "remedy": error.remedy})
