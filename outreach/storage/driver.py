"""Statements of the hot path, handed to SQLite's driver as they are: SQLAlchemy's share would be most of their cost."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlalchemy import Connection


def many(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> int:
    """Do it for each of the rows, in the connection's transaction. Returns how many rows of the table it changed."""
    return _driver(connection).executemany(statement, rows).rowcount


def value(connection: Connection, statement: str, values: tuple[object, ...]) -> object:
    """The first column of the first row that it returns; None where there is none."""
    row = _driver(connection).execute(statement, values).fetchone()
    return None if row is None else row[0]


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver
