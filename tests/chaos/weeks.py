"""Ten weeks of an office, on the sample workspace: HR exports its roster each Monday, and some people do what they were
asked. Lived once by one process, and once by many machines whose clocks all go by one file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import select

from outreach import pipeline, release, starter
from outreach.installation import Installation
from outreach.outcomes.recording import Known, Sighting, record
from outreach.roster.importing import import_roster
from outreach.roster.population import Population
from outreach.settings import Settings
from outreach.storage.tables import delivery, person
from tests.chaos.hardships import faked
from tests.contracts.servers import wait_for

FIRST_DAY = date(2026, 10, 1)
DAYS = 70
PEOPLE = 300
#: When the office begins its day, and when what is due that day is done.
MORNING, NOON = time(5), time(10, 30)
SECRET = "the same on every machine"
_ROOT = Path(__file__).resolve().parents[2]


class Office:
    """HR and the people, on one installation; everything approved."""

    def __init__(self, root: Path, settings: Settings) -> None:
        starter.copy(root)
        self.installation = Installation.open(root, settings)
        self.database = self.installation.database
        self._population = Population(PEOPLE, 1, FIRST_DAY)
        now = at(0, MORNING)
        release.publish(self.database, release.check(root, self.database), now, "trial")
        for name in self.installation.current()[1].campaigns:
            release.approve(self.database, name, now, "trial")

    def close(self) -> None:
        """Its connections are given back."""
        self.installation.close()

    def begin(self, day: int) -> None:
        """What happens before the messages of a day: each Monday's export, and what people did the day before."""
        if day % 7 == 0:
            self._import(day)
        self._act(day)

    def _import(self, day: int) -> None:
        today = FIRST_DAY + timedelta(days=day)
        self._population.advance(today)
        workspace = self.installation.current()[1].workspace
        rows = self._population.rows()
        import_roster(self.database, rows, workspace, source="hr", now=at(day, MORNING), today=today)

    def _act(self, day: int) -> None:
        """A third of those who were sent a message of the welcome yesterday go to the session."""
        since, until = at(day - 1, time()), at(day, time())
        sent = (delivery.c.state == "sent", delivery.c.sent_at >= since, delivery.c.sent_at < until)
        asked = select(person.c.person_id).join(delivery, delivery.c.person == person.c.id)
        with self.database.writing() as connection:
            who = connection.scalars(asked.where(*sent, delivery.c.campaign == "welcome").distinct()).all()
            for number in filter(lambda one: blake2b(one.encode(), digest_size=1).digest()[0] % 3 == 0, who):
                sighting = Sighting(number, "infosession-registered", since.date())
                record(connection, sighting, Known(["infosession-registered"]), until, until.date())

    def ledger(self) -> set[tuple[object, ...]]:
        """What came of every delivery, and on which day it left."""
        columns = [delivery.c[name] for name in ("campaign", "step", "occurrence", "repetition", "state", "reason")]
        rows = select(person.c.person_id, *columns, delivery.c.sent_at).join(delivery, delivery.c.person == person.c.id)
        with self.database.reading() as connection:
            return {(*row[:-1], row[-1] and row[-1].date()) for row in connection.execute(rows)}

    def mailed(self) -> list[str]:
        """The Message-IDs of what went to the mail server."""
        sent = select(delivery.c.message_id).where(delivery.c.state == "sent", delivery.c.channel == "smtp")
        with self.database.reading() as connection:
            return list(connection.scalars(sent))

    def is_settled(self) -> bool:
        """Whether nothing that was let go waits to leave."""
        open_ = (delivery.c.dispatched_at.is_not(None) & (delivery.c.state == "planned")) | (
            delivery.c.state == "attempting"
        )
        with self.database.reading() as connection:
            return connection.scalar(select(delivery.c.id).where(open_).limit(1)) is None


def at(day: int, hour: time) -> datetime:
    """A moment of a day of the trial."""
    return datetime.combine(FIRST_DAY + timedelta(days=day), hour, UTC)


def lived_by_one(office: Office) -> None:
    """One process, one tick after another."""
    for day in range(DAYS):
        office.begin(day)
        now, is_over = at(day, NOON), False
        while not is_over:
            done = _tick(office, now)
            is_over = not (done.planned or done.sent or done.skipped)
            now += timedelta(seconds=1)


def _tick(office: Office, now: datetime) -> pipeline.Tick:
    installation = office.installation
    current = pipeline.current_of(office.database, installation.definitions)
    assert current
    return pipeline.tick(
        office.database, current, now,
        lambda database, moment: installation.send(database, lambda: moment, by_hand=False),
        recover=installation.recover,
    )  # fmt: skip


def lived_by_many(office: Office, folder: Path, environment: dict[str, str]) -> None:
    """Two services, two crons in the same second of each day, and four workers."""
    clock = Clock(folder / "clock")
    with ExitStack() as staff:
        services = [
            staff.enter_context(_at_work(office.installation.root, folder / f"serve-{n}", clock, environment, "serve"))
            for n in range(2)
        ]
        for n in range(4):
            (folder / f"machine-{n}").mkdir()
            words = ("worker", "--processes", "1")
            staff.enter_context(_at_work(folder / f"machine-{n}", folder / f"worker-{n}", clock, environment, *words))
        for day in range(DAYS):
            office.begin(day)
            clock.put(at(day, NOON))
            before = [ticks(log) for log in services]
            crons = [
                _started(office.installation.root, folder / f"cron-{n}", clock, environment, "run") for n in (0, 1)
            ]
            assert [cron.wait(120) for cron in crons] == [0, 0]
            wait_for(lambda: all(ticks(log) > n + 1 for log, n in zip(services, before, strict=True)), 120)  # noqa: B023
            wait_for(office.is_settled, 120)


class Clock:
    """The time of all machines, in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.put(at(0, MORNING))

    def put(self, moment: datetime) -> None:
        """It is so late now, and time goes on from there."""
        away = (moment - datetime.now(UTC)).total_seconds()
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{away:+.0f}")
        # Whole at each look: many look all the time.
        fresh.rename(self.file)


def ticks(log: Path) -> int:
    """How often a service has looked what is due."""
    return log.read_text(encoding="utf-8").count('"event": "tick"')


def _started(where: Path, log: Path, clock: Clock, environment: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    every = ("--every", "1") if words[0] in ("serve", "worker") else ()
    with log.open("ab") as file:
        command = [sys.executable, "-P", "-m", "outreach", *words, *every]
        outer = {**os.environ, "PYTHONPATH": str(_ROOT), **environment, **faked(clock.file)}
        return subprocess.Popen(command, cwd=where, env=outer, stdout=file, stderr=file)


@contextmanager
def _at_work(where: Path, log: Path, clock: Clock, environment: dict[str, str], *words: str) -> Iterator[Path]:
    """One that works for the length of the block; its log."""
    process = _started(where, log, clock, environment, *words)
    try:
        yield log
        assert process.poll() is None, log.read_text(encoding="utf-8")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
