"""What befalls a process: a disk without room, files that it may not write, a clock that jumps,
a life that is short."""

from __future__ import annotations

import os
import resource
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

#: Debian's `nobody`.
_NOBODY = 65534


def run_out_of_room(size: int) -> None:
    """No file of this process grows beyond so many bytes: writing more fails, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def be_nobody() -> None:
    """Permissions count for everybody but root."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def live_fast() -> None:
    """Silence kills a sender within two seconds instead of half a minute."""
    from outreach.delivery import presence

    presence.LIFE, presence.BEAT = timedelta(seconds=2), 0.1


def be_many() -> None:
    """A few messages are worth a process more."""
    from outreach.service import crew

    crew.WORTH_IT = 10


def let_the_clock_jump(by: timedelta, after: int) -> None:
    """After so many commits this process, and SQLite in it, believes that it is another time."""
    import time_machine
    from sqlalchemy import Engine, event

    clock = _SQLiteClock()
    left = [after]

    def count(_connection: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            time_machine.travel(datetime.now(UTC) + by, tick=True).start()
            clock.by = by

    event.listen(Engine, "connect", clock.install)
    event.listen(Engine, "commit", count)


def keep_time_by(file: Path) -> None:
    """Begin anew under Debian's `faketime`: the clock of this process is off by what the file says, at each look."""
    command = [sys.executable, "-P", "-m", "outreach", *sys.argv[1:]]
    os.execve(sys.executable, command, {**os.environ, **faked(file)})


def faked(file: Path) -> dict[str, str]:
    """What makes a process live by the clock in a file."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    faked = {"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}
    # As on a machine: a clock that is set moves no monotonic one; a wait of seconds would become one of hours.
    return faked | {"FAKETIME_DONT_FAKE_MONOTONIC": "1"}


class _SQLiteClock:
    """SQLite's `strftime` with `now` moved: it reads the machine's clock, which is everybody's."""

    def __init__(self) -> None:
        self.by = timedelta(0)
        self._true = sqlite3.connect(":memory:", check_same_thread=False)

    def install(self, connection: Any, _entry: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.create_function("strftime", -1, self._strftime)

    def _strftime(self, *arguments: Any) -> Any:
        moved = (f"{self.by.total_seconds():+} seconds",) if "now" in arguments else ()
        marks = ", ".join("?" * (len(arguments) + len(moved)))
        return self._true.execute(f"SELECT strftime({marks})", (*arguments, *moved)).fetchone()[0]
