"""INSERT that knows what to do about rows that are there already; each database has its own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, CursorResult, Table


def insert_into(connection: Connection, table: Table) -> Any:
    """The INSERT of the connection's database, with `on_conflict_do_nothing` and `on_conflict_do_update`.

    The dialect is imported here, the one that is connected to: PostgreSQL's costs a run on SQLite a tenth of a second.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def inserted(connection: Connection, result: CursorResult[Any]) -> int:
    """How many rows the INSERT wrote that `result` is of; it must have been the connection's last statement."""
    if connection.dialect.name == "postgresql":
        return result.rowcount
    # Python's driver counts nothing of a statement that begins with WITH; SQLite itself does.
    return int(connection.exec_driver_sql("SELECT changes()").scalar_one())
