"""Statements of the hot path, handed to the driver as they are: SQLAlchemy's share would be most of their cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection


def many(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
    """Do it for each of the rows, in the connection's transaction. Returns how many rows of the table it changed."""
    return _driver(connection).executemany(statement, rows).rowcount


def value(connection: Connection, statement: str, values: tuple[object, ...]) -> object:
    """The first column of the first row that it returns; None where there is none."""
    row = _driver(connection).execute(statement, values).fetchone()
    return None if row is None else row[0]


def column(connection: Connection, statement: str, values: Mapping[str, object]) -> list[Any]:
    """The first column of what it returns on PostgreSQL, whose driver prepares what comes again and again."""
    driver = connection.connection.driver_connection
    assert driver
    try:
        return [row[0] for row in driver.execute(statement, values)]
    except Exception as error:
        # Or the pool would hand out a connection that is gone.
        if type(error).__name__ in _GONE:
            connection.invalidate(error)
        raise


#: psycopg's names of what it says of a connection that is gone; it is not imported, as SQLite does without it.
_GONE = frozenset({"OperationalError", "InterfaceError", "AdminShutdown", "CrashShutdown", "CannotConnectNow"})


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
