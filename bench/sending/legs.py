"""Ways to send a number of messages to a port; each is one side of a row."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import contents
from ledgers import SECRET, Kind, Ledgers
from senders import Run, smtp_source, together
from sinks import need

from outreach.delivery.channels.outbox import Outbox
from outreach.installation import Installation
from outreach.settings import Settings

HERE = Path(__file__).parent
_PACKAGES = ("nodemailer", "nunjucks")


class Stage:
    """What the sides share: a folder, the ledgers, and what was made on the way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledgers = Ledgers(folder)
        self.size = cache(self._size)
        self.content = cache(lambda message, count: contents.write(folder, self.ledgers.definitions, message, count))
        self.packages = cache(self._packages)

    def _size(self, message: str) -> int:
        """Bytes of one mail on the wire: it is sent to an outbox."""
        folder = self.folder / f"outbox-{message}"
        url = self.ledgers.fresh("sqlite", message, 1)
        installation = Installation(self.ledgers.root, Settings(database_url=url, secret=SECRET, outbox=str(folder)))
        installation.send(installation.database, lambda: datetime.now(UTC))
        installation.close()
        ((_, _, mail),) = Outbox(folder).messages()
        return len(mail)

    def _packages(self) -> Path:
        need("npm", "npm")
        subprocess.run(["npm", "install", "--silent", "--prefix", self.folder, *_PACKAGES], check=True)
        return self.folder / "node_modules"


#: From a stage and a port to what came of it; ours takes more words for its process.
Leg = Callable[..., Run]


def ours(message: str, count: int, *, kind: Kind = "sqlite", processes: int = 1, connections: int = 20) -> Leg:
    """Outreach: claim, render, send, record."""

    def send(stage: Stage, port: int, *words: str) -> Run:
        environment = {
            "OUTREACH_WORKSPACE": str(stage.ledgers.root),
            "OUTREACH_DATABASE_URL": stage.ledgers.fresh(kind, message, count),
            "OUTREACH_SECRET": SECRET,
            "OUTREACH_SMTP_URL": f"smtp://127.0.0.1:{port}?connections={connections}",
        }
        command = [sys.executable, str(HERE / "ours.py"), str(processes), *words]
        done = together([command] * processes, environment)
        assert done.messages == count, done
        return done

    return send


def source(message: str, count: int) -> Leg:
    """smtp-source, with as many bytes."""
    return lambda stage, port: smtp_source(port, count, stage.size(message))


def nodemailer(message: str, count: int) -> Leg:
    """nodemailer's pool, with nunjucks."""

    def send(stage: Stage, port: int) -> Run:
        command = ["node", str(HERE / "nodemailer.js"), str(port), str(stage.content(message, count))]
        return together([command], {"NODE_PATH": str(stage.packages())})

    return send


def by_hand(message: str, count: int) -> Leg:
    """A script with smtplib."""

    def send(stage: Stage, port: int) -> Run:
        command = [sys.executable, str(HERE / "by_hand.py"), str(port), str(stage.content(message, count))]
        return together([command], {})

    return send
