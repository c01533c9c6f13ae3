"""Events as rows: writing them once, and putting their day right."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, Insert, select, update

from outreach.storage.inserting import insert_into
from outreach.storage.tables import enrolment, event


def recording(connection: Connection) -> Insert:
    """The statement that records events, and passes over those that stand there already."""
    statement: Insert = insert_into(connection, event).on_conflict_do_nothing()
    return statement


def redate(connection: Connection, event_id: int, effective_on: date, days: int) -> None:
    """Give an event its right day, and move by as many `days` the journeys under way that it started."""
    connection.execute(update(event).where(event.c.id == event_id).values(effective_on=effective_on))
    shift = timedelta(days=days)
    columns = (enrolment.c.id, enrolment.c.started_on, enrolment.c.next_on, enrolment.c.ends_on)
    query = select(*columns).where(enrolment.c.event == event_id, enrolment.c.state == "active")
    for row in connection.execute(query).all():
        connection.execute(
            update(enrolment)
            .where(enrolment.c.id == row.id)
            .values(
                started_on=row.started_on + shift,
                next_on=row.next_on and row.next_on + shift,
                ends_on=row.ends_on + shift,
            )
        )
