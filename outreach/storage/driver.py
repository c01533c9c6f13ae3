"""The hot path's own way to the database: the driver itself, as SQLAlchemy's share would be most of a commit's cost.

Its statements are few, and each stands beside the plain one that it must equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


class Writer:
    """A connection kept for one sender's commits, dialled anew when it was lost."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None

    @contextmanager
    def transaction(self) -> Iterator[Driver]:
        """As `Database.writing`: committed at the end of the block, rolled back by an exception.

        On PostgreSQL for one statement alone, which the server commits by itself: so it is waited for once, and not
        for a BEGIN, the statement and a COMMIT.
        """
        if self._database.in_memory:
            # Another connection would see another database.
            with self._database.writing() as connection:
                yield Driver.of(connection)
            return
        with self._database.turn():
            connection = self._connected()
            try:
                if self._database.dialect == "sqlite":
                    connection.execute("BEGIN IMMEDIATE")
                yield Driver(connection, self._database.dialect)
                if self._database.dialect == "sqlite":
                    connection.commit()
            except BaseException:
                self.close()
                raise

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
