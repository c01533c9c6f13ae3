"""Seats: how many people have one at each session."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select, true

from outreach.storage.tables import outcome, seat


def taken(connection: Connection, sessions: Collection[str] | None = None) -> dict[str, int]:
    """People by the id of a session, each once, whatever they did about it; sessions of nobody are not in it.

    Of those named, or of all.
    """
    rows = connection.execute(
        select(seat.c.session, func.count(outcome.c.person.distinct()).label("people"))
        .select_from(seat.join(outcome, outcome.c.id == seat.c.outcome))
        .where(true() if sessions is None else seat.c.session.in_(sessions))
        .group_by(seat.c.session)
    )
    return {row.session: row.people for row in rows}
