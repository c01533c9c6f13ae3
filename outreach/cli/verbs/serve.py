"""`outreach serve`: what is due, every minute, until told to stop."""

from __future__ import annotations

import click

from outreach.cli.options import VerbCommand
from outreach.cli.session import Session


@click.command("serve", cls=VerbCommand, examples=["outreach serve"])
@click.option(
    "--every", type=click.IntRange(1, 3600), default=60, show_default=True, metavar="SECONDS", help="How often."
)
@click.pass_obj
def serve(session: Session, *, every: int) -> None:
    """Do what `run` does, again and again, until Ctrl-C or SIGTERM; what is being sent is finished first.

    It may run beside cron, and on several machines with one database: the ledger decides what is sent.
    """
    from outreach.service.serving import serve as serve_forever

    serve_forever(session.installation, every)
