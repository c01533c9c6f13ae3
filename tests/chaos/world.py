"""One trial's world: a workspace, a ledger, a mail server, and the programs that work on them."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from tests.chaos import programs, workspace
from tests.chaos.faults import Spell
from tests.chaos.ledgers import Ledger, Ledgers
from tests.chaos.programs import Call, Program
from tests.chaos.sink import Manner, serve

#: States in which a delivery stays.
FINAL = ("sent", "rejected", "in_doubt", "skipped", "expired", "cancelled")
#: Virtual time between two runs after the faults: more than the longest wait before another attempt.
_LATER = timedelta(hours=6)
#: Runs after the faults, at most.
_ROUNDS = 12


@dataclass(frozen=True)
class Ready:
    """A workspace with an empty ledger: everybody imported, everything approved and due, nothing planned."""

    folder: Path
    ledger: Ledger
    ledgers: Ledgers
    people: int
    #: The day after the one on which everything was due.
    today: date


def make_ready(folder: Path, ledgers: Ledgers, people: int) -> Ready:
    """By the command line, as an officer would."""
    # Tomorrow: by the clock of workers, which live in real time, what runs let go must not have waited for hours.
    today = datetime.now(UTC).date() + timedelta(days=1)
    root = folder / "workspace"
    workspace.write(root, today)
    workspace.write_people(folder / "people.csv", people)

    def fill(ledger: Ledger) -> None:
        before = ("--at", f"{today - timedelta(days=3)}T09:00")
        calls = [("roster", "import", str(folder / "people.csv"), *before), ("publish", *before)]
        calls += [("approve", name, "--yes", *before) for name in (workspace.HOLDS, workspace.RESENDS)]
        for number, words in enumerate(calls):
            call = Call(words, {"OUTREACH_DATABASE_URL": ledger.text}, root, folder / f"ready-{number}")
            program = programs.start(call)
            assert program.wait() == 0, program.errors

    return Ready(root, ledgers.made(f"ready-{people}", fill), ledgers, people, today)


@dataclass
class World:
    """What a trial works on."""

    folder: Path
    ready: Ready
    ledger: Ledger
    manner: Manner
    spells: tuple[Spell, ...]
    #: Options of the mail server's URL.
    options: dict[str, object]
    #: Processes of one run that may send at once.
    processes: int
    programs: list[Program] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def root(self) -> Path:
        """The workspace."""
        return self.folder / "workspace"

    @property
    def record(self) -> Path:
        """What the mail server wrote down."""
        return self.folder / "taken"

    @property
    def connections(self) -> int:
        """How many all senders together may have open."""
        return int(str(self.options["connections"]))

    @property
    def now(self) -> datetime:
        """The virtual moment of the trial's first run."""
        return datetime.combine(self.ready.today, datetime.min.time(), UTC) + timedelta(hours=10)

    @cached_property
    def sink(self) -> tuple[Any, int]:
        """The mail server's process and its port, started when it is first needed."""
        here, there = programs.pipe()
        process = programs.spawn(serve, self.record, self.manner, self.spells, there)
        return process, here.recv()

    @property
    def environment(self) -> dict[str, str]:
        """What the programs are told."""
        _, port = self.sink
        login = f"{self.manner.login}@" if self.manner.login else ""
        query = "&".join(f"{name}={value}" for name, value in self.options.items())
        url = f"smtp://{login}localhost:{port}?{query}"
        return {
            "OUTREACH_DATABASE_URL": self.ledger.text, "OUTREACH_SMTP_URL": url,
            "OUTREACH_PROCESSES": str(self.processes),
        }  # fmt: skip

    def call(self, *words: str, **settings: Any) -> Call:
        """A call of a verb in this world."""
        output = self.folder / f"program-{next(self._numbers)}"
        return Call(words, self.environment, self.root, output, **settings)

    def start(self, *words: str, **settings: Any) -> Program:
        """Begin a call."""
        program = programs.start(self.call(*words, **settings))
        self.programs.append(program)
        return program

    def run(self, at: datetime | None = None, **settings: Any) -> Program:
        """Begin `outreach run`."""
        return self.start("run", "--json", "--at", (at or self.now).isoformat(), **settings)

    def say(self, *words: str, code: int = 0) -> Any:
        """What a verb that reports answers."""
        program = self.start(*words, "--json")
        assert program.wait() == code, program.output + program.errors
        return program.answer

    def calm(self) -> None:
        """The mail server has no more faults."""
        import os

        os.kill(self.sink[0].pid, signal.SIGUSR1)

    def bury(self) -> None:
        """Nobody is at work any more: what senders held until now is to be settled without waiting for the time."""
        self.ledger.change(
            "UPDATE sender SET alive_until = '2000-01-01 00:00:00'", "UPDATE pace SET closed_until = NULL, failures = 0"
        )

    def settle(self, check: Callable[[Program], None] | None = None) -> int:
        """Run again and again until every delivery is in a final state; returns how many runs it took."""
        self.calm()
        for number in range(1, _ROUNDS + 1):
            self.bury()
            program = self.run(self.now + number * _LATER)
            code = program.wait()
            assert code == 0, f"exit code {code}: {program.output}{program.errors}"
            if not self.open():
                return number
            self._let_go_on()
        return _ROUNDS

    def open(self) -> int:
        """How many deliveries are not in a final state."""
        states = ", ".join(f"'{state}'" for state in FINAL)
        return self.ledger.number(f"SELECT count(*) FROM delivery WHERE state NOT IN ({states})")

    def _let_go_on(self) -> None:
        """What was paused because of too many refusals goes on, as an officer would decide."""
        for (campaign,) in self.ledger.rows("SELECT campaign FROM campaign_state WHERE state = 'paused'"):
            self.say("resume", campaign)

    def end(self) -> None:
        """Nothing of it runs on."""
        for program in self.programs:
            if program.process.exitcode is None:
                program.kill()
                program.process.join()
        if "sink" in self.__dict__:
            self.sink[0].kill()
            self.sink[0].join()
        self.ready.ledgers.drop(self.ledger)


@contextmanager
def world(
    folder: Path,
    ready: Ready,
    manner: Manner | None = None,
    spells: Sequence[Spell] = (),
    *,
    processes: int = 1,
    **options: object,
) -> Iterator[World]:
    """A new world, which ends with the block; `options` are those of the mail server's URL."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ready.folder, folder / "workspace")
    defaults: dict[str, object] = {"connections": 4, "timeout": 2, "answer_timeout": 2}
    ledger = ready.ledgers.copy(ready.ledger, folder)
    made = World(folder, ready, ledger, manner or Manner(), tuple(spells), defaults | options, processes)
    try:
        yield made
    finally:
        made.end()
