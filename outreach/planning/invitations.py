"""Invitations: to which session each person is invited, the next one that is for them and has a free seat.

Sessions are few, so they are read once for a whole set of people, and who is invited to which is one CASE over them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Update,
    and_,
    case,
    cast,
    literal,
    null,
    select,
    true,
    update,
)

from outreach.definitions.model import Step
from outreach.planning.calendar import moment
from outreach.planning.gates import OTHER_REASONS, Gate
from outreach.planning.scope import Scope
from outreach.planning.seats import taken
from outreach.storage.tables import delivery, person, session

#: Reason of who is invited to nothing.
NO_SESSION = "no_session"
#: The session of a step that invites to none.
NONE: ColumnElement[int | None] = cast(null(), Integer)


def next_session(connection: Connection, scope: Scope, step: Step) -> ColumnElement[int | None]:
    """The id, in `session`, of what each person is invited to; NULL where the step invites nobody, or there is none."""
    found = _open(connection, scope, step.invite) if step.invite else []
    return case(*((_meant_for(one, scope), literal(one.id)) for one in found), else_=null()) if found else NONE


def without_session(chosen: ColumnElement[int | None]) -> Gate:
    """The gate that stops who would be invited to nothing."""
    return Gate(NO_SESSION, OTHER_REASONS[NO_SESSION], chosen.is_(None))


def choosing_again(group: ColumnElement[bool], chosen: ColumnElement[int | None]) -> Update:
    """The statement that lets the deliveries of a group invite to what is next now: the session of before may have
    moved, or be full.
    """
    next_one = select(chosen).where(person.c.id == delivery.c.person).scalar_subquery()
    return update(delivery).where(group).values(session=next_one)


def told_of(connection: Connection, scope: Scope, step: Step, who: int) -> dict[str, Any] | None:
    """The session that a person (by surrogate id) would be invited to today, as facts; None where there is none."""
    number = connection.scalar(select(next_session(connection, scope, step)).where(person.c.id == who))
    return None if number is None else as_facts(connection, number)


def as_facts(connection: Connection, number: int) -> dict[str, Any]:
    """What a number of the ledger (`delivery.session`) stands for."""
    row = connection.execute(select(session).where(session.c.id == number)).one()
    return {"session": row.name, "session_starts_at": row.starts_at.isoformat()}


def _open(connection: Connection, scope: Scope, kind: str) -> list[Row[Any]]:
    """Sessions of a kind on a later day that have a free seat, in the order of time.

    A later day: on the day itself an invitation comes too late.
    """
    tomorrow = moment(scope.today + timedelta(days=1), time(0), scope.zone)
    query = select(session).where(
        session.c.in_force.is_(True), session.c.kind == kind, session.c.cancelled.is_(False),
        session.c.starts_at >= tomorrow,
    )  # fmt: skip
    # Not by the database, whose order of names depends on its language.
    found = sorted(connection.execute(query).all(), key=lambda one: (one.starts_at, one.name))
    limited = [one.name for one in found if one.seats is not None]
    people = taken(connection, limited) if limited else {}
    return [one for one in found if one.seats is None or people.get(one.name, 0) < one.seats]


def _meant_for(one: Row[Any], scope: Scope) -> ColumnElement[bool]:
    return and_(true(), *_wanted(one, scope))


def _wanted(one: Row[Any], scope: Scope) -> Iterable[ColumnElement[bool]]:
    """What is asked of a person whom a session is for."""
    languages = scope.workspace.languages
    if one.language:
        own = case((person.c.language.in_(languages), person.c.language), else_=languages[0])
        yield own == one.language
    if one.entity:
        yield person.c.entity == one.entity
