"""Scratch copies: a whole database to try things on, thrown away afterwards.

SQLite's own backup on SQLite; on PostgreSQL a schema of its own, because a rolled-back transaction would keep the live
planner waiting on its unique keys.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Connection, Integer, func, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import CreateSchema, DropSchema

from outreach.errors import OutreachError
from outreach.storage.database import Database, connect
from outreach.storage.tables import metadata

#: Rows copied at a time from one kind of database into the other.
_ROWS = 5_000


@contextmanager
def scratch_copy(database: Database) -> Iterator[Database]:
    """A copy of the database as it is now, for the length of the block.

    Raises:
        OutreachError: this PostgreSQL user may not make a schema.
    """
    if database.dialect == "sqlite":
        with scratch_file(database) as copy:
            yield copy
    else:
        yield from _schema_copy(database)


@contextmanager
def scratch_file(origin: Database | None = None) -> Iterator[Database]:
    """A SQLite file of its own with all that `origin` holds, or with empty tables, for the length of the block.

    For who tries out so much that a server in use should not carry it; `origin` is only read, on either database.
    """
    with tempfile.TemporaryDirectory(prefix="outreach-") as folder:
        path = Path(folder) / "scratch.db"
        if origin and origin.dialect == "sqlite":
            _back_up(origin, path)
        copy = connect(f"sqlite:///{path}", durable=False, alone=True)
        try:
            metadata.create_all(copy.engine)
            if origin and origin.dialect != "sqlite":
                _pour(origin, copy)
            yield copy
        finally:
            copy.close()


def _back_up(database: Database, path: Path) -> None:
    with database.reading() as connection:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        target = sqlite3.connect(path)
        source.backup(target)
        target.close()


def _pour(origin: Database, copy: Database) -> None:
    """Copy every row from one kind of database into the other."""
    with origin.reading() as there, copy.writing() as here:
        for table in metadata.sorted_tables:
            rows = there.execute(select(table).execution_options(yield_per=_ROWS)).mappings()
            for part in rows.partitions():
                here.execute(table.insert(), [dict(row) for row in part])


def _schema_copy(database: Database) -> Iterator[Database]:
    name = f"outreach_scratch_{token_hex(6)}"
    try:
        with database.writing() as connection:
            connection.execute(CreateSchema(name))
    except ProgrammingError:
        raise OutreachError(
            "this PostgreSQL user may not make a schema to try the plan in",
            remedy="Grant it: GRANT CREATE ON DATABASE … TO …",
        ) from None
    copy = connect(database.engine.url, schema=name)
    try:
        with database.reading() as connection:
            origin = connection.scalar(select(func.current_schema()))
        with copy.writing() as connection:
            metadata.create_all(connection)
            _fill(connection, str(origin))
        yield copy
    finally:
        copy.close()
        with database.writing() as connection:
            connection.execute(DropSchema(name, cascade=True))


def _fill(connection: Connection, origin: str) -> None:
    """Copy every row, and let the copy's ids go on where the original's were."""
    quote = connection.dialect.identifier_preparer.quote
    for table in metadata.sorted_tables:
        columns = ", ".join(quote(column.name) for column in table.columns)
        here, there = quote(table.name), f"{quote(origin)}.{quote(table.name)}"
        # Names of our own tables, quoted: no value from outside is in it.
        connection.execute(text(f"INSERT INTO {here} ({columns}) SELECT {columns} FROM {there}"))  # noqa: S608
        key = table.autoincrement_column
        if key is not None and isinstance(key.type, Integer):
            last = f"max({quote(key.name)})"
            sequence = f"pg_get_serial_sequence('{here}', '{key.name}')"
            connection.execute(
                text(f"SELECT setval({sequence}, {last}) FROM {here} HAVING {last} IS NOT NULL")  # noqa: S608 # as above
            )
    connection.execute(text("ANALYZE"))
