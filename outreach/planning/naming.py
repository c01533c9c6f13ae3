"""Naming few by their ids: what is dear to ask of everybody is asked once, and not by each statement that follows.

On most days few people are concerned. Where there are many, the clause itself goes on standing for them, so that what
is held in memory does not grow with them.
"""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Connection, func, select

from outreach.roster import among

#: So many are few.
FEW = 10_000


def named(
    connection: Connection, column: Column[int], clause: ColumnElement[bool]
) -> tuple[int, ColumnElement[bool]] | None:
    """How many rows a clause is true of, and a clause that is cheaper to ask and true of the same; None: too many.

    `column` is their key, an `id`. It holds as long as nothing else becomes true of the clause.
    """
    first = select(column).where(clause).limit(FEW + 1).subquery()
    number, ids = connection.execute(select(func.count(), among.listed(connection.dialect.name, first.c.id))).one()
    return (number, column.in_(among.numbers_listed(connection, ids))) if number <= FEW else None
