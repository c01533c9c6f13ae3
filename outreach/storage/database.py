"""Opening the database: SQLite by default, PostgreSQL when the URL says so."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from outreach.errors import OutreachError
from outreach.storage.keeping import make_folder

#: How long a writer waits for another before it gives up, in seconds.
LOCK_WAIT = 30
#: Connections that a process has at most, and keeps: the threads of `serve` would dial anew for each request.
_KEPT: dict[str, Any] = {"pool_size": 15, "max_overflow": 0}
#: A second one would wait for the first for ever: whoever asks for it learns of it at once. And what is given back is
#: not rolled back, as it is in the middle of its transaction.
_ONLY: dict[str, Any] = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0, "pool_reset_on_return": None}
#: Statements that SQLite keeps prepared for each connection. Twenty campaigns come to some two hundred in a day, and
#: with the driver's 128 each would be thrown out just before it is asked again.
_PREPARED = 500


class Database:
    """One database, with readers and writers kept apart.

    On SQLite a writer takes the write lock at its first statement (`BEGIN IMMEDIATE`): with a plain BEGIN a
    transaction that reads first and writes later fails at once when another wrote in between.
    """

    def __init__(self, engine: Engine, *, alone: bool = False) -> None:
        self.engine = engine
        self._alone = alone

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: committed at the end of the block, rolled back by an exception."""
        with self.turn(), self.engine.connect() as connection:
            if self.dialect == "sqlite":
                connection = connection.execution_options(outreach_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    @property
    def in_memory(self) -> bool:
        """Whether it is SQLite without a file, which no other connection sees."""
        return self.dialect == "sqlite" and self.engine.url.database in (None, "", ":memory:")

    @contextmanager
    def turn(self, meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
        """Wait in line for SQLite's write lock, at a lock file that the kernel hands on at once and in turn.

        SQLite's own waiting is sleeping and trying again: two senders that commit hundreds of times a second then
        take twice as long, and one of them may starve for seconds. Who would have to wait does something else
        `meanwhile`, without a place in the line: that may write, too.
        """
        descriptor = self._line()
        if descriptor is None:
            yield
            return
        try:
            if meanwhile and not _free(descriptor):
                meanwhile()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _line(self) -> int | None:
        """The lock file, open; None where nobody else writes, where the database is on a server, or in a folder that
        cannot be written to, of which SQLite itself has more to say.
        """
        path = self.engine.url.database
        if self._alone or self.dialect != "sqlite" or path in (None, "", ":memory:"):
            return None
        with suppress(OSError):
            return os.open(f"{path}.writers.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state of the database throughout."""
        with self.engine.connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def connect(url: str | URL, *, schema: str | None = None, durable: bool = True, alone: bool = False) -> Database:
    """Open the database at an SQLAlchemy URL (`sqlite:///var/outreach.db`, `postgresql://user@host/name`).

    `schema` names a PostgreSQL schema to work in. `durable=False` is for scratch copies alone: it gives up
    safety against power loss for speed. So is `alone`, of a SQLite file that nobody else ever opens, and that is
    thrown away: all that happens in it is one transaction that is never committed, nor taken back.

    Raises:
        OutreachError: the URL is not one, or names a database that is not supported.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise OutreachError(
            "the database URL cannot be read",
            remedy="Write it as sqlite:///path/to/file.db or postgresql://user@host/name.",
        ) from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.query:
            raise OutreachError(
                f"the database URL has an unknown setting: {min(parsed.query)}",
                remedy="Write it as sqlite:///path/to/file.db, with nothing after the name of the file.",
            )
        case "sqlite":
            return Database(_sqlite(parsed, durable=durable, alone=alone), alone=alone)
        case "postgresql":
            return Database(_postgresql(parsed, schema))
        case other:
            raise OutreachError(
                f"the database {other} is not supported",
                remedy="Write it as sqlite:///path/to/file.db or postgresql://user@host/name.",
            )


def connect_kept(url: str) -> Database:
    """Open the database of an installation.

    Raises:
        OutreachError: as `connect`, or it would keep nothing.
    """
    database = connect(url)
    if database.in_memory:
        raise OutreachError(
            "a database in memory is gone when the verb ends",
            where="OUTREACH_DATABASE_URL",
            remedy="Name a file: sqlite:///path/to/file.db, with four slashes where the path begins at the root.",
        )
    return database


class _Lasting(sqlite3.Connection):
    """A connection whose one transaction lasts until it is closed.

    A commit writes every page that was changed since the last one, and a page of the ledger is changed every day.
    """

    def commit(self) -> None:
        """Nothing is committed."""

    def rollback(self) -> None:
        """Nothing can be taken back: what fails ends the work."""
        if self.in_transaction:
            self.close()


def _sqlite(url: URL, *, durable: bool, alone: bool) -> Engine:
    # What is in memory has a connection for each thread, and no other pool.
    pool: dict[str, Any] = {}
    if url.database and url.database != ":memory:":
        make_folder(Path(url.database).parent)
        pool = _ONLY if alone else _KEPT
    how: dict[str, Any] = {"timeout": LOCK_WAIT, "check_same_thread": False, "cached_statements": _PREPARED}
    if alone:
        how["factory"] = _Lasting
    engine = create_engine(url, connect_args=how, **pool)

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        # The driver's own BEGINs come too late, after the first SELECT; SQLAlchemy's event below sends ours.
        connection.isolation_level = None
        if alone:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute(f"PRAGMA journal_mode={'OFF' if alone else 'WAL'}")
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
        # What is planned in a scratch file would be checked in the real one: here each check is a look for nothing.
        connection.execute(f"PRAGMA foreign_keys={'OFF' if alone else 'ON'}")
        connection.execute(f"PRAGMA cache_size={-65_536 if durable else -262_144}")
        connection.execute("PRAGMA temp_store=MEMORY")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver = connection.connection.driver_connection
        if isinstance(driver, _Lasting) and driver.in_transaction:
            return
        connection.exec_driver_sql(connection.get_execution_options().get("outreach_begin", "BEGIN"))

    return engine


def _postgresql(url: URL, schema: str | None) -> Engine:
    # `options` travels in the start-up packet, so that every connection of the pool has the search path.
    arguments = {"options": f"-csearch_path={schema}"} if schema else {}
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args=arguments,
        **_KEPT,
        # Without it the rowcount of an INSERT is -1 here, and 1 or 0 on SQLite.
        execution_options={"preserve_rowcount": True},
    )


def _free(descriptor: int) -> bool:
    """Whether nobody had the lock; then it is ours."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
