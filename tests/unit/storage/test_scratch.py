"""A scratch file: for one connection, which is quicker for it, and gone afterwards."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import TimeoutError as NoConnection

from outreach.storage.database import Database
from outreach.storage.scratch import scratch_file
from outreach.storage.tables import mark


def test_who_asks_for_a_second_connection_is_told_at_once() -> None:
    with scratch_file() as scratch, scratch.reading() as connection:
        assert connection.execute(select(mark)).all() == []
        with pytest.raises(NoConnection), scratch.writing():
            pass


def test_after_something_failed_nothing_more_is_made_of_what_it_left_half_done() -> None:
    def give_up(scratch: Database) -> None:
        with scratch.writing() as connection:
            connection.execute(mark.insert().values(name="a", value="1"))
            raise ZeroDivisionError

    with scratch_file() as scratch:
        with pytest.raises(ZeroDivisionError):
            give_up(scratch)
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"), scratch.reading() as connection:
            connection.execute(select(mark))


def test_the_file_is_gone_afterwards() -> None:
    with scratch_file() as scratch:
        path = Path(str(scratch.engine.url.database))
        assert path.exists()
    assert not path.parent.exists()
