from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from outreach.delivery import attempts
from outreach.delivery.mark import Place, Slot, go_on, is_restored
from outreach.errors import OutreachError
from outreach.storage.database import Database
from outreach.storage.driver import Driver
from outreach.storage.tables import mark, progress


def advance(connection: Connection, slot: Slot) -> None:
    """As every commit of a sender does."""
    sender = attempts.Sender("one", "smtp", slot)
    attempts.exchange(Driver.of(connection), sender, [], [], datetime(2026, 3, 1, tzinfo=UTC))


def steps(database: Database, folder: Path, number: int = 1) -> None:
    """A sender that commits so often."""
    slot = Slot(folder)
    with database.writing() as connection:
        slot.look(connection)
    slot.keep()
    for _ in range(number):
        with database.writing() as connection:
            advance(connection, slot)
        slot.keep()
    slot.close()


def restored(database: Database, folder: Path) -> bool:
    with database.reading() as connection:
        return is_restored(connection, folder)


def backup(database: Database) -> tuple[list, list]:
    with database.reading() as connection:
        tables = [list(connection.execute(select(table)).mappings()) for table in (progress, mark)]
    return tables[0], tables[1]


def restore(database: Database, rows: tuple[list, list]) -> None:
    with database.writing() as connection:
        for table, kept in zip((progress, mark), rows, strict=True):
            connection.execute(delete(table))
            if kept:
                connection.execute(insert(table), [dict(row) for row in kept])


def test_a_database_that_goes_on_is_none_from_a_backup(database: Database, tmp_path: Path) -> None:
    assert not restored(database, tmp_path)
    for _ in range(3):
        steps(database, tmp_path)
        assert not restored(database, tmp_path)


def test_one_step_back_is_noticed(database: Database, tmp_path: Path) -> None:
    steps(database, tmp_path, 5)
    kept = backup(database)
    steps(database, tmp_path)
    restore(database, kept)
    assert restored(database, tmp_path)


def test_a_database_that_knows_nothing_is_noticed(database: Database, tmp_path: Path) -> None:
    steps(database, tmp_path)
    restore(database, ([], []))
    assert restored(database, tmp_path)


def test_a_machine_that_sent_nothing_itself_notices_too(database: Database, tmp_path: Path) -> None:
    kept = backup(database)
    steps(database, tmp_path / "busy", 5)
    steps(database, tmp_path / "idle", 0)
    restore(database, kept)
    assert restored(database, tmp_path / "idle")
    assert not restored(database, tmp_path / "new")


def test_told_to_go_on_it_goes_on_everywhere_and_notices_the_next_backup(database: Database, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    kept = backup(database)
    for folder in (one, other, one):
        steps(database, folder, 3)
    restore(database, kept)
    with database.writing() as connection:
        go_on(connection, one)
    assert not restored(database, one)
    assert not restored(database, other)
    again = backup(database)
    steps(database, one)
    restore(database, again)
    assert restored(database, one)
    restore(database, kept)  # from before it was told to go on
    assert restored(database, one)


def test_a_commit_that_fails_puts_the_file_not_ahead_of_the_database(database: Database, tmp_path: Path) -> None:
    slot = Slot(tmp_path)
    with database.writing() as connection:
        slot.look(connection)

    def fail() -> None:
        with database.writing() as connection:
            advance(connection, slot)
            raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
    with database.writing() as connection:
        advance(connection, slot)
    slot.keep()
    slot.close()
    assert Place.of((tmp_path / "0.mark").read_bytes()) == Place(0, 1, 1)
    assert not restored(database, tmp_path)


def test_a_backup_that_is_restored_while_somebody_sends_is_noticed(database: Database, tmp_path: Path) -> None:
    steps(database, tmp_path, 2)
    kept = backup(database)
    steps(database, tmp_path, 3)
    slot = Slot(tmp_path)
    restore(database, kept)
    with database.writing() as connection:
        slot.look(connection)
        advance(connection, slot)
    slot.keep()
    slot.close()
    assert restored(database, tmp_path)


def test_each_process_has_a_slot_of_its_own_and_leaves_it_to_the_next(tmp_path: Path) -> None:
    slots = [Slot(tmp_path) for _ in range(3)]
    assert len({slot.name for slot in slots}) == 3
    slots[1].close()
    assert Slot(tmp_path).name == slots[1].name
    shutil.rmtree(tmp_path)


def test_a_file_that_was_cut_off_says_nothing(database: Database, tmp_path: Path) -> None:
    steps(database, tmp_path)
    path = tmp_path / "0.mark"
    whole = path.read_bytes()
    for content in (b"", whole[:-1], whole + b"x", b"x" * len(whole)):
        path.write_bytes(content)
        assert Place.of(content) is None
        assert not restored(database, tmp_path)


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "senders").write_text("a file")
    with pytest.raises(OutreachError, match="the marks of what was sent cannot be kept"):
        Slot(tmp_path / "senders")


def test_an_older_row_of_another_installation_says_nothing_of_this_one(database: Database, tmp_path: Path) -> None:
    steps(database, tmp_path / "a", 5)
    steps(database, tmp_path / "b", 5)
    with database.writing() as connection:
        connection.execute(update(progress).values(number=progress.c.number + 1))
    assert not restored(database, tmp_path / "a")
