"""Several machines: `outreach worker` as an operator starts it, each in a folder of its own that is no workspace."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text

from outreach import release
from outreach.delivery import presence
from outreach.delivery.engines.distributed import at_work
from outreach.installation import Installation
from outreach.settings import Settings
from outreach.storage.database import Database
from outreach.storage.tables import delivery, person
from tests.contracts.servers import wait_for

_OUTREACH = (sys.executable, "-m", "outreach")
_ROOT = Path(__file__).resolve().parents[2]
SECRET = "the same on every machine"


@dataclass
class Machine:
    """One that works, with its processes."""

    process: subprocess.Popen[str]
    log: Path

    def senders(self) -> list[int]:
        """Its processes that send."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]

    def told(self) -> list[dict[str, Any]]:
        """Its log, line by line; without a line that is being written."""
        whole, _, _ = self.log.read_text(encoding="utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    def ends(self, number: int = signal.SIGTERM) -> float:
        """Ask it to end. Returns after how many seconds it has."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(60)
        return time.monotonic() - began


@dataclass
class Machines:
    """All that work for one installation, which is published and whose people are there."""

    installation: Installation
    folder: Path
    #: OUTREACH_* of each machine.
    settings: dict[str, str]
    started: list[Machine] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.installation.database

    def start(self, processes: int = 1, *, every: int = 60, **settings: str) -> Machine:
        """One more machine, which is not waited for."""
        here = self.folder / f"machine-{len(self.started)}"
        here.mkdir()
        words = ("worker", "--processes", str(processes), "--every", str(every))
        self.started.append(_machine(here, here / "log", self.settings | settings, *words))
        return self.started[-1]

    @contextmanager
    def serving(self) -> Iterator[Machine]:
        """`outreach serve` in the workspace, for the length of the block."""
        machine = _machine(self.installation.root, self.folder / "serve-log", self.settings, "serve")
        try:
            yield machine
        finally:
            machine.ends()

    def run(self, *words: str) -> Any:
        """`outreach run` in the workspace, and its answer."""
        command, where = [*_OUTREACH, "run", *words], self.installation.root
        return json.loads(subprocess.check_output(command, cwd=where, env=_environment(self.settings), text=True))

    def ready(self, processes: int = 1, *, every: int = 60, **settings: str) -> Machine:
        """One more, whose processes wait to be woken."""
        before = self.alive()
        machine = self.start(processes, every=every, **settings)
        wait_for(lambda: self.alive() == before + processes, 30)
        return machine

    def alive(self) -> int:
        """Worker processes that say that they live."""
        with self.database.reading() as connection:
            return presence.workers(connection)

    def silence(self) -> None:
        """Let the time pass after which who says nothing is dead; nobody may be alive."""
        with self.database.writing() as connection:
            connection.execute(text("UPDATE sender SET alive_until = now() - interval '1 hour'"))
            connection.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))

    def people(self, count: int) -> None:
        """Deliveries that are due now, one to each of so many people."""
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            connection.execute(insert(person), [_person(number, now) for number in range(1, count + 1)])
            ids = connection.scalars(select(person.c.id)).all()
            connection.execute(insert(delivery), [_delivery(one, now) for one in ids])

    def let_go(self, *, calling: bool = True) -> None:
        """Dispatch all that is due, waking workers unless the call gets lost."""
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            waiting = (delivery.c.state == "planned", delivery.c.dispatched_at.is_(None))
            let_go = connection.execute(delivery.update().where(*waiting).values(dispatched_at=now)).rowcount
            if calling:
                at_work(connection).wake(connection, let_go)

    def wait_again(self) -> None:
        """As if nothing had been sent."""
        again = {"state": "planned", "dispatched_at": None, "sent_at": None}
        with self.database.writing() as connection:
            connection.execute(delivery.update().values(again))

    def states(self) -> Counter[str]:
        """The ledger, counted."""
        with self.database.reading() as connection:
            query = select(delivery.c.state, func.count()).group_by(delivery.c.state)
            return Counter(dict(connection.execute(query).all()))

    def waiting(self) -> int:
        """Deliveries that dispatch has to look at."""
        with self.database.reading() as connection:
            waiting = (delivery.c.state == "planned", delivery.c.dispatched_at.is_(None))
            return connection.scalar(select(func.count()).select_from(delivery).where(*waiting)) or 0

    def until(self, **states: int) -> None:
        """Wait until the ledger says so."""
        wait_for(lambda: self.states() == Counter(states), 60)

    def jobs(self) -> list[Any]:
        """procrastinate's."""
        with self.database.reading() as connection:
            return list(connection.execute(text("SELECT * FROM procrastinate_jobs ORDER BY id")))


def _machine(where: Path, log: Path, settings: dict[str, str], *words: str) -> Machine:
    with log.open("w") as file:
        process = subprocess.Popen(
            [*_OUTREACH, *words], cwd=where, env=_environment(settings), stdout=file, stderr=file, text=True
        )
    return Machine(process, log)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    names = {f"OUTREACH_{name.upper()}": value for name, value in settings.items() if value}
    return os.environ | {"PYTHONPATH": str(_ROOT)} | names


def _person(number: int, now: datetime) -> dict[str, Any]:
    return {
        "person_id": f"H{number}", "source": "test", "status": "active", "first_name": f"Naam{number}",
        "email": f"p{number}@example.org", "language": "nl", "lot": number, "version": 1, "imported_at": now,
        "attributes": {},
    }  # fmt: skip


def _delivery(one: int, now: datetime) -> dict[str, Any]:
    return {
        "campaign": "news", "step": "news", "occurrence": "2026-11-03", "repetition": 0, "person": one, "release_id": 1,
        "state": "planned", "rank": 1, "due_at": now, "expires_at": now + timedelta(days=14), "planned_at": now,
    }  # fmt: skip


@contextmanager
def machines(workspace: Path, database_url: str, smtp_url: str) -> Iterator[Machines]:
    """None yet; those that were started are gone at the end."""
    settings = {"database_url": database_url, "smtp_url": smtp_url, "secret": SECRET}
    installation = Installation.open(workspace, Settings(**settings))
    checked = release.check(workspace, installation.database)
    release.publish(installation.database, checked, datetime.now(UTC), "tests")
    world = Machines(installation, workspace.parent, settings)
    try:
        yield world
    finally:
        for machine in world.started:
            machine.process.terminate()
        for machine in world.started:
            machine.process.wait(60)
        installation.close()
