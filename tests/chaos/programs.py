"""The program as users run it, in real processes that can be killed, started in a hundredth of a second.

A process is forked from one in which the program's modules are imported and nothing was done yet; it becomes the leader
of a group of its own, gets the environment and folder of its trial, and runs the command line to its end.
"""

from __future__ import annotations

import faulthandler
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NoReturn
from unittest.mock import patch

#: Longest life of a program in a trial; one that lives longer hangs.
PATIENCE = 120.0

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command line."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    #: Where its output goes, `.out` and `.err` added.
    output: Path
    #: Called in the process before the command line, with `arguments`: where a trial lies in wait.
    prepare: Callable[..., None] | None = None
    arguments: tuple[Any, ...] = ()
    #: The process group to join; 0: one of its own.
    group: int = 0


@dataclass(slots=True)
class Program:
    """A call under way."""

    call: Call
    process: ForkServerProcess
    started: float = field(default_factory=monotonic)

    @property
    def pid(self) -> int:
        assert self.process.pid
        return self.process.pid

    def kill(self) -> None:
        """End its whole group at once, so that nobody can say goodbye."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end, as a supervisor does."""
        self._signal(signal.SIGTERM)

    def members(self) -> list[int]:
        """The processes that it started."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []

    def wait(self, seconds: float = PATIENCE) -> int:
        """Its exit code, negative where a signal ended it."""
        if self.process.exitcode is None:
            self.process.join(seconds)
            if self.process.exitcode is None:
                self._give_up(seconds)
            # What it started dies with it, as it would under a supervisor.
            with suppress(ProcessLookupError):
                os.killpg(self._group, signal.SIGKILL)
        assert self.process.exitcode is not None
        return self.process.exitcode

    def _give_up(self, seconds: float) -> NoReturn:
        # Asked where it is, it says so and ends.
        self._signal(signal.SIGABRT)
        sleep(1)
        self.kill()
        self.process.join()
        raise AssertionError(f"{' '.join(self.call.words)} hung for {seconds:g} s: {self.errors}")

    @property
    def _group(self) -> int:
        return self.call.group or self.pid

    def _signal(self, number: int) -> None:
        # Not where it is gone: its number may be another's by now.
        if self.process.exitcode is None:
            try:
                os.killpg(self._group, number)
            except ProcessLookupError:  # it has no group yet
                with suppress(ProcessLookupError):
                    os.kill(self.pid, number)

    @property
    def output(self) -> str:
        return self._said(".out")

    @property
    def errors(self) -> str:
        return self._said(".err")

    def _said(self, suffix: str) -> str:
        path = self.call.output.with_suffix(suffix)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def answer(self) -> Any:
        """Its output as JSON."""
        return json.loads(self.output)


@cache
def _nest() -> ForkServerContext:
    """The process from which all are forked."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.chaos.warm"])
    # It is not told our own path of modules; what programs start must find the same ones, too. Nobody else is to have
    # it: other tests start programs that must find their own.
    with patch.dict(os.environ, PYTHONPATH=str(_ROOT)):
        forkserver.ensure_running()
    return context


def start(call: Call) -> Program:
    """Begin a call; who starts it also waits for it."""
    process = _nest().Process(target=_run, args=(call,))
    process.start()
    return Program(call, process)


def spawn(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """A process of ours beside the program, from the same nest."""
    process = _nest().Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def pipe() -> tuple[Any, Any]:
    """Two ends, one of which may be handed to a process."""
    return _nest().Pipe(duplex=False)


def wait_until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    """Look again and again; what takes longer did not happen."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it did not happen in time"
        sleep(0.002)


def _run(call: Call) -> None:
    assert "tests.chaos.warm" in sys.modules, "the nest is cold: its import failed"
    os.setpgid(0, call.group)
    os.chdir(call.folder)
    for name in [name for name in os.environ if name.startswith("OUTREACH_")]:
        del os.environ[name]
    os.environ.update(call.environment)
    _redirect(call.output)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    faulthandler.enable()
    os.environ["PYTHONFAULTHANDLER"] = "1"  # for what it starts
    sys.argv = ["outreach", *call.words]
    if call.prepare:
        call.prepare(*call.arguments)
    from outreach.cli import main

    main()


def _redirect(output: Path) -> None:
    for number, suffix in ((1, ".out"), (2, ".err")):
        file = os.open(output.with_suffix(suffix), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, number)
        os.close(file)


def run_all(calls: Sequence[Call]) -> list[Program]:
    """Begin calls as nearly at once as can be."""
    return [start(call) for call in calls]
