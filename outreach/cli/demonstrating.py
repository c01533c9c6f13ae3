"""`outreach demo --serve`: the pages behind the links in the demo's messages, on this machine alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import select

from outreach.installation import Installation
from outreach.rendering.links import Purpose, Signer
from outreach.rendering.names import LINK_PATHS
from outreach.service.ending import asked_to_end
from outreach.settings import Settings
from outreach.storage.tables import delivery
from outreach.web.app import make_app
from outreach.web.serving import served

_LOOK = 0.5
_SAID: dict[Purpose, str] = {
    "unsubscribe": "stop this kind of message", "choices": "my choices", "about": "about this message",
    "browser": "the message itself",
}  # fmt: skip


def demonstrate(directory: Path, port: int, ended_at: datetime, *, quiet: bool) -> None:
    """Serve the demo in that folder until Ctrl-C; the time goes on from where its weeks ended.

    `quiet`: where to look is told on standard error, as standard output holds a document.
    """
    installation = Installation.open(directory, Settings())
    began = time.monotonic()

    def clock() -> datetime:
        return ended_at + timedelta(seconds=time.monotonic() - began)

    try:
        web = installation.in_force().web
        with served(make_app(installation, web, clock), f"127.0.0.1:{port}", web, directory) as address:
            click.echo(f"\nOpen until Ctrl-C, as the reader of the last message sees it: http://{address}", err=quiet)
            for said, path in _samples(installation):
                click.echo(f"  {said + ':':<28}http://{address}{path}", err=quiet)
            _wait()
    finally:
        installation.close()


def _wait() -> None:
    ending = threading.Event()
    with asked_to_end(ending):
        while not ending.wait(_LOOK):
            pass


def _samples(installation: Installation) -> Iterator[tuple[str, str]]:
    """What each link is for, and where it leads for who got the last message."""
    last = select(delivery).where(delivery.c.state == "sent").order_by(delivery.c.id.desc()).limit(1)
    with installation.database.reading() as connection:
        row = connection.execute(last).one_or_none()
    if row is None:
        return
    topic = installation.current()[1].campaigns[row.campaign].topic
    for purpose, said in _SAID.items():
        about = str(row.id) if purpose == "browser" else topic
        token = Signer(installation.secret, purpose).sign(row.person, about, row.sent_at.date())
        yield said, f"/{LINK_PATHS[purpose]}/{token}"
