"""Marks: small named facts about this installation."""

from __future__ import annotations

from sqlalchemy import Connection, select

from outreach.storage.inserting import insert_into
from outreach.storage.tables import mark


def read_mark(connection: Connection, name: str) -> str | None:
    """The mark of that name, or None."""
    return connection.scalar(select(mark.c.value).where(mark.c.name == name))


def write_mark(connection: Connection, name: str, value: str) -> None:
    """Set the mark of that name."""
    statement = insert_into(connection, mark).values(name=name, value=value)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value}))
