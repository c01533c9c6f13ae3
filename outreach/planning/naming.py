"""Naming few by their ids: what is dear to ask of everybody is asked once, and not by each statement that follows.

On most days few people are concerned. Where there are many, the clause itself goes on standing for them, so that what
is held in memory does not grow with them.
"""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Connection, select

from outreach.roster import among

#: So many are few.
FEW = 10_000


def named(
    connection: Connection, column: Column[int], clause: ColumnElement[bool]
) -> tuple[int, ColumnElement[bool]] | None:
    """How many rows a clause is true of, and a clause that is cheaper to ask and true of the same; None: too many.

    `column` is their key. It holds as long as nothing else becomes true of the clause.
    """
    ids = connection.scalars(select(column).where(clause).limit(FEW + 1)).all()
    return (len(ids), column.in_(among.numbers(connection, ids))) if len(ids) <= FEW else None
