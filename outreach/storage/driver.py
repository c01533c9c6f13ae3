"""The hot path's own way to the database: the driver itself, as SQLAlchemy's share would be most of a commit's cost.

Its statements are few, and each stands beside the plain one that it must equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection

from outreach.storage.database import Database


class Driver:
    """A connection of SQLite's or PostgreSQL's driver, in a transaction that somebody else ends."""

    def __init__(self, connection: Any, dialect: str) -> None:
        self._connection = connection
        #: `sqlite` or `postgresql`.
        self.dialect = dialect

    @classmethod
    def of(cls, connection: Connection) -> Driver:
        """The driver under a connection of SQLAlchemy, in the same transaction."""
        return cls(connection.connection.driver_connection, connection.dialect.name)

    def many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
        """Do it for each of the rows. Returns how many rows of the table that changed."""
        changed: int = self._connection.executemany(statement, rows).rowcount
        return changed

    def column(self, statement: str, values: tuple[object, ...] | Mapping[str, object]) -> list[Any]:
        """The first column of what it returns. PostgreSQL's driver prepares what comes again and again."""
        return [row[0] for row in self._connection.execute(statement, values)]

    def row(self, statement: str, values: Mapping[str, object]) -> tuple[Any, ...]:
        """The one row that it returns."""
        found: tuple[Any, ...] = self._connection.execute(statement, values).fetchone()
        return found


class Alone(Driver):
    """A connection of PostgreSQL's driver outside of any transaction: each `row` is one of its own."""

    def __init__(self, connection: Any, meanwhile: Callable[[], None]) -> None:
        super().__init__(connection, "postgresql")
        self._meanwhile = meanwhile

    def row(self, statement: str, values: Mapping[str, object]) -> tuple[Any, ...]:
        """The one row that it returns, committed."""
        with self._connection.pipeline():
            # Said aloud: a pipeline's own transaction is not committed before its answers are asked for.
            self._connection.execute("BEGIN")
            answer = self._connection.execute(statement, values)
            self._connection.execute("COMMIT")
            self._meanwhile()
        found: tuple[Any, ...] = answer.fetchone()
        return found


class Writer:
    """A connection kept for one sender's commits, dialled anew when it was lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None

    @contextmanager
    def transaction(self, meanwhile: Callable[[], None]) -> Iterator[Driver]:
        """As `Database.writing`: committed at the end of the block, rolled back by an exception.

        On PostgreSQL for one `row` alone, which is said with its BEGIN and its COMMIT, so that the server is waited for
        once; and `meanwhile` is done while it works and writes, with other connections.
        """
        if self._database.in_memory:
            # Another connection would see another database.
            with self._database.writing() as connection:
                yield Driver.of(connection)
            return
        with self._database.turn(meanwhile):
            connection = self._connected()
            try:
                if self._database.dialect == "sqlite":
                    connection.execute("BEGIN IMMEDIATE")
                yield self._driver(connection, meanwhile)
                if self._database.dialect == "sqlite":
                    connection.commit()
            except BaseException:
                self.close()
                raise

    def _driver(self, connection: Any, meanwhile: Callable[[], None]) -> Driver:
        dialect = self._database.dialect
        return Alone(connection, meanwhile) if dialect == "postgresql" else Driver(connection, dialect)

    def close(self) -> None:
        """Hang up, which rolls back what is not committed."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):  # a connection that is lost has nothing more to say
                connection.close()

    def _connected(self) -> Any:
        if self._connection is None:
            pooled = self._database.engine.raw_connection()
            self._connection = pooled.driver_connection
            pooled.detach()
            if self._database.dialect == "postgresql":
                self._connection.autocommit = True
        return self._connection
