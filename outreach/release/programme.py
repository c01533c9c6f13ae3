"""The programme: sessions as the current release has them, and a new number for each that moved.

Invitations that are under way belong to older releases and must not invite to what was moved since; so what people are
invited to stands in a table, and a row of it never says anything else than what its visitors were told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from outreach.definitions import codec
from outreach.definitions.model import Definitions, Session
from outreach.planning.calendar import moment, zone
from outreach.storage.tables import session


def put_in_force(connection: Connection, definitions: Definitions, now: datetime) -> None:
    """Make these the sessions that people are invited to. The same ones again change nothing."""
    known = _latest(connection)
    gone = [row.id for name, row in known.items() if name not in definitions.sessions and row.in_force]
    connection.execute(update(session).where(session.c.id.in_(gone)).values(in_force=False))
    for name, one in sorted(definitions.sessions.items()):
        _put(connection, known.get(name), _row(one, definitions), now)


def sequences(connection: Connection) -> dict[str, int]:
    """How often what visitors are told of a session has changed, by its id."""
    return {name: row.sequence for name, row in _latest(connection).items()}


def _put(connection: Connection, before: Row[Any] | None, row: dict[str, Any], now: datetime) -> None:
    if before is not None and all(getattr(before, name) == row[name] for name in ("told", "starts_at", "ends_at")):
        connection.execute(update(session).where(session.c.id == before.id).values(**row))
        return
    if before is not None:
        connection.execute(update(session).where(session.c.id == before.id).values(in_force=False))
    sequence = 0 if before is None else before.sequence + 1
    connection.execute(insert(session).values(**row, sequence=sequence, since=now))


def _latest(connection: Connection) -> dict[str, Row[Any]]:
    """The last row of each session."""
    last = select(session.c.name, func.max(session.c.sequence).label("sequence")).group_by(session.c.name).subquery()
    both = (session.c.name == last.c.name) & (session.c.sequence == last.c.sequence)
    return {row.name: row for row in connection.execute(select(session).join(last, both))}


def _row(one: Session, definitions: Definitions) -> dict[str, Any]:
    where = zone(definitions.workspace.time_zone)
    return {
        "name": one.id,
        "in_force": True,
        "kind": one.kind,
        "language": one.language,
        "entity": one.entity,
        "seats": one.seats,
        "starts_at": moment(one.on, one.starts, where),
        "ends_at": moment(one.on, one.ends, where),
        "cancelled": one.cancelled,
        # For whom it is and how many can come is nothing that its visitors have to be told again.
        "told": codec.dumps(replace(one, kind="", language="", entity="", seats=None)),
    }
