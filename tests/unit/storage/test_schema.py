"""The tables are made once, by whoever comes first, and are exactly those of `storage.tables`."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from outreach.errors import OutreachError
from outreach.storage import schema
from outreach.storage.database import Database, connect
from outreach.storage.tables import mark, metadata
from tests.databases import Place


@pytest.fixture
def empty(place: Place) -> Place:
    """A database without a single table."""
    database = place.open()
    with database.writing() as connection:
        if database.dialect == "postgresql":
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        else:
            metadata.drop_all(connection)
            connection.execute(text("DROP TABLE alembic_version"))
    database.close()
    return place


@pytest.fixture
def bare(empty: Place):
    database = empty.open()
    yield database
    database.close()


def test_the_migrations_make_exactly_the_tables_of_the_program(bare: Database) -> None:
    schema.ensure_schema(bare)
    with bare.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_same_indexes_as_the_program(bare: Database) -> None:
    assert _indexes(bare) == {}
    schema.ensure_schema(bare)
    found = _indexes(bare)
    with bare.writing() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert found == _indexes(bare)


def _indexes(database: Database) -> dict[str, list[str]]:
    """Each table's indexes as their definitions, conditions included, which `compare_metadata` does not look at."""
    if database.dialect == "sqlite":
        query = "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        query = (
            "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
    found: dict[str, list[str]] = {}
    with database.reading() as connection:
        for table, definition in connection.execute(text(query)):
            found.setdefault(table, []).append(" ".join(definition.split()))
    return {table: sorted(definitions) for table, definitions in found.items()}


def test_the_constant_names_the_newest_revision(bare: Database) -> None:
    with bare.reading() as connection:
        assert ScriptDirectory.from_config(schema.configuration(connection)).get_heads() == [schema.HEAD]


def test_databases_of_tests_carry_the_revision(database: Database) -> None:
    assert schema.revision(database) == schema.HEAD


def test_a_second_call_leaves_what_is_there(bare: Database) -> None:
    schema.ensure_schema(bare)
    with bare.writing() as connection:
        connection.execute(mark.insert().values(name="a", value="b"))
    schema.ensure_schema(bare)
    with bare.reading() as connection:
        assert connection.execute(mark.select()).all() == [("a", "b")]


def test_of_many_at_once_one_makes_the_tables_and_the_others_wait(empty: Place) -> None:
    errors: list[Exception] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        database = empty.open()
        try:
            barrier.wait()
            schema.ensure_schema(database)
        except Exception as problem:  # noqa: BLE001  # shown by the test's own thread
            errors.append(problem)
        finally:
            database.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    database = empty.open()
    assert set(metadata.tables) < set(inspect(database.engine).get_table_names())
    database.close()


def test_a_broken_off_upgrade_leaves_nothing(bare: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(config: object, revision: str) -> None:
        with_connection = config.attributes["connection"]
        with_connection.execute(text("CREATE TABLE half (a INTEGER)"))
        raise RuntimeError

    monkeypatch.setattr("alembic.command.upgrade", half)
    with pytest.raises(RuntimeError):
        schema.ensure_schema(bare)
    assert inspect(bare.engine).get_table_names() == []


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(OutreachError, match="newer version of Outreach") as caught:
        schema.ensure_schema(database)
    assert "Install" in caught.value.remedy


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    database = connect(f"postgresql://user:hunter2@/none?host={tmp_path}")
    with pytest.raises(OutreachError, match="cannot be opened") as caught:
        schema.ensure_schema(database)
    assert "hunter2" not in str(caught.value)


def test_a_database_that_is_up_to_date_needs_no_alembic(place: Place) -> None:
    url = place.url.render_as_string(hide_password=False)
    program = (
        "import sys\n"
        "from outreach.storage.database import connect\n"
        "from outreach.storage.schema import ensure_schema\n"
        f"ensure_schema(connect({url!r}))\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=Path.cwd(), check=False).returncode == 0
