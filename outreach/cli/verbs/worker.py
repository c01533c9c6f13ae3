"""`outreach worker`: processes that send, on this machine, for whoever plans on another."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import click

from outreach.cli.options import VerbCommand, listen
from outreach.cli.session import Session


@click.command("worker", cls=VerbCommand, examples=["outreach worker", "outreach worker --processes 8"])
@click.option(
    "--processes", type=click.IntRange(1, 256), metavar="NUMBER",
    help="How many processes send; without it OUTREACH_PROCESSES, or one for each core of this machine.",
)  # fmt: skip
@click.option(
    "--every", type=click.IntRange(1, 3600), default=60, show_default=True, metavar="SECONDS",
    help="How often to look at the ledger unasked; `run` and `serve` call at once.",
)  # fmt: skip
@listen
@click.pass_obj
def worker(session: Session, *, processes: int | None, every: int, listen: str | None) -> None:
    """Send what `run` or `serve` let go, here or on any other machine, until Ctrl-C or SIGTERM.

    It needs a PostgreSQL database that all machines reach, the same OUTREACH_SECRET on each, and a mail server; a
    workspace it does not need. Add a machine, or stop one, whenever you like: nothing is lost and nothing sent twice.
    What it does is told on standard error, one JSON object a line; never a name or an address.
    """
    from outreach.delivery.tally import Tally
    from outreach.service.monitoring import monitored
    from outreach.service.processes import keep
    from outreach.service.signs import hearing, new_watches
    from outreach.service.worker import prepare, work

    session.tell("json")
    settings, installation = session.settings, session.anywhere
    # Done now, so that what is wrong with it is said at once and not in a log.
    prepare(installation)
    # This process sends nothing: what it was connected for is done.
    installation.database.close()
    number = processes or settings.processes or len(os.sched_getaffinity(0))
    tally, watches = Tally(), new_watches(number, datetime.now(UTC))
    hear = hearing(watches, tally, lambda: datetime.now(UTC))
    with monitored(settings.listen if listen is None else listen, installation.database, watches, tally):
        keep(number, work, installation.root, settings, timedelta(seconds=every), hear=hear)
