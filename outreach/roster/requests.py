"""What people asked to be done with their data: told to the organisation, which answers within the month."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, get_args

from sqlalchemy import Connection, delete, select

from outreach.roster.numbers import surrogate
from outreach.storage.inserting import insert_into
from outreach.storage.tables import person, request

RequestKind = Literal["export", "erase"]
REQUEST_KINDS: tuple[RequestKind, ...] = get_args(RequestKind)


class Asked(NamedTuple):
    """Something that somebody asked for and has not been given."""

    #: The HR system's number.
    person: str
    kind: str
    at: datetime


def ask(connection: Connection, who: int, kind: RequestKind, now: datetime) -> bool:
    """Put a request on record, by surrogate id; False where it waits already."""
    asked = insert_into(connection, request).values(person=who, kind=kind, asked_at=now)
    return connection.execute(asked.on_conflict_do_nothing().returning(request.c.person)).first() is not None


def open_requests(connection: Connection) -> list[Asked]:
    """What waits, the oldest first."""
    query = select(person.c.person_id, request.c.kind, request.c.asked_at).join_from(request, person)
    return [Asked._make(row) for row in connection.execute(query.order_by(request.c.asked_at, request.c.person))]


def close(connection: Connection, person_id: str, kind: str) -> bool:
    """It was done, or refused with reasons; False where nothing of the kind waited.

    Raises:
        OutreachError: nobody has this id.
    """
    theirs = request.c.person == surrogate(connection, person_id), request.c.kind == kind
    return connection.execute(delete(request).where(*theirs)).rowcount > 0
