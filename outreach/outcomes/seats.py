"""Seats: how many people have one at each session."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from outreach.storage.tables import outcome, seat


def taken(connection: Connection) -> dict[str, int]:
    """People by the id of a session, each once, whatever they did about it; sessions of nobody are not in it."""
    rows = connection.execute(
        select(seat.c.session, func.count(outcome.c.person.distinct()).label("people"))
        .select_from(seat.join(outcome, outcome.c.id == seat.c.outcome))
        .group_by(seat.c.session)
    )
    return {row.session: row.people for row in rows}
