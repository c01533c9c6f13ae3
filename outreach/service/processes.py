"""Processes kept at work: as many as were asked for, each started again when it dies, all of them ended in peace."""

from __future__ import annotations

import logging
import multiprocessing
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from outreach.service.ending import asked_to_end

_log = logging.getLogger(__name__)

#: Seconds between two looks at who died, and at what was told.
_LOOK = 0.2
#: Seconds before a process that died is started again, doubled each time that it dies young, up to the longest.
_FIRST, _LONGEST = 1.0, 60.0
#: Seconds after which a process has proven itself.
_YOUNG = 60.0
# Not forked: a copy of a process with threads and open connections may hang at any lock that another thread held.
_context = multiprocessing.get_context("spawn")

#: What a process does, with the end of a pipe that it may tell things through.
Work = Callable[..., None]
#: Told what came from which place: what the process there told, or the code with which it died.
Hear = Callable[[int, Any], None]


def keep(
    number: int,
    work: Work,
    *arguments: object,
    hear: Hear = lambda _place, _news: None,
    ending: threading.Event | None = None,
) -> None:
    """Have `work(pipe, *arguments)` done by so many processes, until SIGTERM or SIGINT (or `ending`).

    Each of them then gets SIGTERM, and is waited for. Call it in the main thread, which alone gets signals.
    """
    ending = ending or threading.Event()
    places = [_Place(place, work, arguments, hear) for place in range(number)]
    _log.info("working", extra={"processes": number})
    with asked_to_end(ending):
        try:
            while not ending.wait(_LOOK):
                for place in places:
                    place.look()
        finally:
            _log.info("ending")
            for place in places:
                place.clear()
            for place in places:
                place.wait()
    _log.info("ended")


class _Place:
    """One process, or the one that will come in its place."""

    def __init__(self, number: int, work: Work, arguments: tuple[object, ...], hear: Hear) -> None:
        self._number = number
        self._work = work
        self._arguments = arguments
        self._hear = hear
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._started = 0.0
        self._pause = _FIRST
        self._not_before = 0.0

    def look(self) -> None:
        """Listen to the process that is there; start one where there is none."""
        now = time.monotonic()
        if self._process:
            self._listen()
            if not self._process.is_alive():
                self._bury(self._process, now)
        elif now >= self._not_before:
            self._started = now
            self._pipe, theirs = _context.Pipe(duplex=False)
            self._process = _context.Process(target=self._work, args=(theirs, *self._arguments))
            self._process.start()
            theirs.close()

    def _listen(self) -> None:
        try:
            while self._pipe and self._pipe.poll():
                self._hear(self._number, self._pipe.recv())
        except EOFError:
            self._pipe = None

    def _bury(self, dead: SpawnProcess, now: float) -> None:
        if now - self._started > _YOUNG:
            self._pause = _FIRST
        _log.error("a process died", extra={"pid": dead.pid, "code": dead.exitcode, "again_in_seconds": self._pause})
        self._hear(self._number, dead.exitcode)
        dead.close()
        self._process = None
        self._not_before = now + self._pause
        self._pause = min(2 * self._pause, _LONGEST)

    def clear(self) -> None:
        """Ask it to end."""
        if self._process:
            self._process.terminate()

    def wait(self) -> None:
        """Until it has ended."""
        while self._process and self._process.is_alive():
            self._listen()
            self._process.join(_LOOK)
