"""The audit log: lines are added, and neither changed nor removed by anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from outreach.storage import audit, schema
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_copy
from outreach.storage.tables import metadata

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def _written(database: Database, *entries: audit.Entry) -> None:
    with database.writing() as connection:
        for number, entry in enumerate(entries):
            audit.record(connection, entry, NOW + timedelta(hours=number))


def _read(database: Database, **wanted: object) -> list[audit.Line]:
    with database.reading() as connection:
        return list(audit.read(connection, audit.Wanted(**wanted)))


PAUSED = audit.Entry("an", "paused", "campaign news", {"state": "running"}, {"state": "paused"})
LOOKED = audit.Entry("bo", "looked at", audit.of_person(1), after={"by": "explain"})


def test_a_line_is_read_as_it_was_written(database: Database) -> None:
    _written(database, PAUSED)
    (line,) = _read(database)
    assert (line.at, line.actor, line.action, line.subject) == (NOW, "an", "paused", "campaign news")
    assert (line.before, line.after) == ({"state": "running"}, {"state": "paused"})


def test_lines_are_found_by_what_was_done_about_what_and_when(database: Database) -> None:
    _written(database, PAUSED, LOOKED, audit.Entry("cy", "opted out", audit.of_person(11)))
    assert [line.actor for line in _read(database)] == ["cy", "bo", "an"]
    assert [line.actor for line in _read(database, action="paused")] == ["an"]
    assert [line.actor for line in _read(database, subject="person")] == ["cy", "bo"]
    assert [line.actor for line in _read(database, subject="person 1")] == ["bo"]
    assert [line.actor for line in _read(database, since=NOW + timedelta(hours=1))] == ["cy", "bo"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_line(database: Database, statement: str) -> None:
    _written(database, PAUSED, LOOKED)
    before = _read(database)
    with pytest.raises(DBAPIError, match="rows of audit are only added"), database.writing() as connection:
        connection.execute(text(statement))
    assert _read(database) == before


def test_there_is_no_way_around_it_in_the_database_s_own_dialect(database: Database) -> None:
    _written(database, PAUSED)
    before = _read(database)
    statement = {
        "sqlite": "INSERT OR REPLACE INTO audit (id, at, actor, action, subject) SELECT id, at, 'x', '', '' FROM audit",
        "postgresql": "TRUNCATE audit",
    }[database.dialect]
    with pytest.raises(DBAPIError, match="rows of audit are only added"), database.writing() as connection:
        connection.execute(text(statement))
    assert _read(database) == before


def test_migrated_databases_refuse_in_the_same_words(database: Database) -> None:
    made = _refusals(database)
    with database.writing() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    schema.ensure_schema(database)
    assert made
    assert _refusals(database) == made


def test_a_scratch_copy_has_the_log_and_refuses_too(database: Database) -> None:
    _written(database, PAUSED)
    with scratch_copy(database) as copy:
        assert _read(copy) == _read(database)
        with pytest.raises(DBAPIError, match="only added"), copy.writing() as connection:
            connection.execute(text("DELETE FROM audit"))


def _refusals(database: Database) -> list[str]:
    """The triggers of the database, and what they call, as the database writes them down."""
    if database.dialect == "sqlite":
        query = "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT pg_get_triggerdef(t.oid) || pg_get_functiondef(tgfoid) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = tgrelid WHERE relname = 'audit'"
        )
    with database.reading() as connection:
        return sorted(connection.scalars(text(query)))
