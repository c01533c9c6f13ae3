"""The line for SQLite's write lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from outreach.storage.database import Database, connect

_SECONDS = 10


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return connect(f"sqlite:///{tmp_path / 'outreach.db'}")


def another(database: Database, seen: list[str], meanwhile: Callable[[], None]) -> threading.Thread:
    """Somebody who wants the lock, too."""

    def want() -> None:
        with database.turn(meanwhile):
            seen.append("has it")

    thread = threading.Thread(target=want)
    thread.start()
    return thread


def test_who_finds_the_lock_taken_does_something_else_and_then_waits(database: Database) -> None:
    seen, told = list[str](), threading.Event()

    def meanwhile() -> None:
        seen.append("meanwhile")
        told.set()

    with database.turn():
        waiting = another(database, seen, meanwhile)
        assert told.wait(_SECONDS)
        seen.append("done here")
    waiting.join(_SECONDS)
    assert seen == ["meanwhile", "done here", "has it"]


def test_who_finds_it_free_goes_at_once(database: Database) -> None:
    seen = list[str]()
    another(database, seen, lambda: seen.append("meanwhile")).join(_SECONDS)
    assert seen == ["has it"]


def test_what_is_done_meanwhile_may_write(database: Database) -> None:
    seen, told = list[str](), threading.Event()

    def meanwhile() -> None:
        told.set()
        with database.turn():
            seen.append("wrote meanwhile")

    with database.turn():
        waiting = another(database, seen, meanwhile)
        assert told.wait(_SECONDS)
    waiting.join(_SECONDS)
    assert seen == ["wrote meanwhile", "has it"]
