"""procrastinate's tables beside ours: made once, brought up to date, and left alone by all that looks after ours."""

from __future__ import annotations

import threading
from importlib import resources

import pytest
from alembic.command import check
from sqlalchemy import text

from outreach.delivery.engines.tables import ensure_tables
from outreach.errors import OutreachError
from outreach.storage import schema
from outreach.storage.database import Database, connect
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.scratch import scratch_copy
from tests.databases import Place, PostgreSQL

MIGRATIONS = sorted(
    (file for file in (resources.files("procrastinate") / "sql/migrations").iterdir() if file.name.endswith(".sql")),
    key=lambda file: file.name,
)

#: What tells one version of the tables from another, whatever the order in which they came to be.
SHAPE = {
    "columns": "SELECT table_name, column_name, data_type, column_default, is_nullable "
    "FROM information_schema.columns WHERE table_name LIKE 'procrastinate%'",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'procrastinate%'",
    "triggers": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname LIKE 'procrastinate%'",
    "functions": "SELECT proname, pg_get_function_arguments(oid) FROM pg_proc WHERE proname LIKE 'procrastinate%'",
    "types": "SELECT typname, enumlabel FROM pg_type LEFT JOIN pg_enum ON enumtypid = pg_type.oid "
    "WHERE typname LIKE 'procrastinate%'",
}


def shape(database: Database) -> dict[str, list[str]]:
    with database.reading() as connection:
        return {what: sorted(str(row) for row in connection.execute(text(query))) for what, query in SHAPE.items()}


def state(database: Database) -> str | None:
    with database.reading() as connection:
        return read_mark(connection, "procrastinate")


def test_they_are_made_and_a_second_call_leaves_them(database: Database) -> None:
    ensure_tables(database)
    made = shape(database)
    assert all(made.values())
    assert state(database) == MIGRATIONS[-1].name
    ensure_tables(database)
    assert shape(database) == made


def test_of_many_at_once_one_makes_them(place: Place) -> None:
    errors: list[Exception] = []
    barrier = threading.Barrier(4)

    def work() -> None:
        database = place.open()
        try:
            barrier.wait()
            ensure_tables(database)
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


@pytest.mark.parametrize("version", ["02.14", "03.00", "03.02"])
def test_those_of_an_older_version_are_brought_up_to_date(postgresql_server: PostgreSQL, version: str) -> None:
    fresh = postgresql_server.place().open()
    ensure_tables(fresh)
    expected = shape(fresh)
    fresh.close()

    old = postgresql_server.place().open()
    past = [file for file in MIGRATIONS if file.name[:5] <= version]
    with old.writing() as connection:
        for file in past:
            connection.execution_options(no_parameters=True).exec_driver_sql(file.read_text(encoding="utf-8"))
        write_mark(connection, "procrastinate", past[-1].name)
    assert shape(old) != expected
    ensure_tables(old)
    assert shape(old) == expected
    assert state(old) == MIGRATIONS[-1].name
    old.close()


def test_those_of_a_newer_version_are_left_alone(database: Database) -> None:
    ensure_tables(database)
    with database.writing() as connection:
        write_mark(connection, "procrastinate", "99.00.00_01_later.sql")
    with pytest.raises(OutreachError, match="newer version of Outreach"):
        ensure_tables(database)


def test_those_of_another_program_are_left_alone(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE procrastinate_jobs (id integer)"))
    with pytest.raises(OutreachError, match="another program") as caught:
        ensure_tables(database)
    assert "a database of its own" in caught.value.remedy


def test_who_may_not_make_tables_is_told_what_to_ask_for(database: Database, place: Place) -> None:
    # Roles are the server's: named after the database, which is this process's own.
    guest = f"{place.url.database}_guest"
    with database.writing() as connection:
        connection.execute(text(f"CREATE ROLE {guest} LOGIN"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {guest}"))
        connection.execute(text(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {guest}"))
    as_guest = connect(place.url.set(username=guest))
    with pytest.raises(OutreachError, match="may not make tables") as caught:
        ensure_tables(as_guest)
    with database.writing() as connection:
        connection.execute(text(caught.value.remedy.partition(": ")[2]))
    ensure_tables(as_guest)
    as_guest.close()


def test_alembic_finds_nothing_to_change_about_them(database: Database) -> None:
    ensure_tables(database)
    with database.writing() as connection:
        check(schema.configuration(connection))


def test_a_scratch_copy_has_none(database: Database) -> None:
    ensure_tables(database)
    with scratch_copy(database) as copy, copy.reading() as connection:
        query = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'procrastinate%'"
        assert connection.scalar(text(query)) == 0
