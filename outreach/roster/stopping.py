"""Stopping at once all that is under way for people who died or left, or for what did not happen after all.

It is done where the fact comes in, in the same transaction, and not at the next tick: a message that was let go already
must not leave in between. What is stopped stays so: whoever comes back begins anew.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, case, exists, literal, select, update

from outreach.roster import among
from outreach.storage.tables import PLANNED, delivery, enrolment

#: States of a message that never left.
_UNSENT = ("planned", "skipped", "expired", "cancelled")


def stop_people(connection: Connection, people: Collection[int], why: str) -> None:
    """Cancel what is planned for them (by surrogate id), and end their journeys, for the reason `died` or `left`."""
    if not people:
        return
    chosen = among.numbers(connection, people)
    _cancel(connection, delivery.c.person.in_(chosen), why)
    _end(connection, enrolment.c.person.in_(chosen), why, state=literal("exited"))


def stop_begun_by(connection: Connection, numbers: Collection[int], begun_by: Column[Any] = enrolment.c.event) -> None:
    """End the journeys that these events (or outcomes, as `begun_by` says) started, and let go of them.

    A journey of which nothing left never was: its person may enter when it happens in earnest.
    """
    if not numbers:
        return
    begun = begun_by.in_(among.numbers(connection, numbers))
    _cancel(connection, delivery.c.enrolment.in_(select(enrolment.c.id).where(begun)), "withdrawn")
    left = exists(
        select(literal(1)).where(
            delivery.c.enrolment == enrolment.c.id,
            delivery.c.person == enrolment.c.person,
            delivery.c.state.not_in(_UNSENT),
        )
    )
    _end(connection, begun, "withdrawn", state=case((left, "exited"), else_="refused"))
    connection.execute(update(enrolment).where(begun).values({begun_by: None}))


def _cancel(connection: Connection, whose: ColumnElement[bool], why: str) -> None:
    """A message that was tried and waits for its next time is planned, too.

    It is nobody's any more: a sender that has claimed it asks, before it lets it out, whether it still is theirs.
    """
    connection.execute(
        update(delivery)
        .where(whose, delivery.c.state == PLANNED)
        .values(state="cancelled", reason=why, lease_owner=None)
    )


def _end(connection: Connection, which: ColumnElement[bool], why: str, state: ColumnElement[str]) -> None:
    connection.execute(
        update(enrolment)
        .where(which, enrolment.c.state == "active")
        .values(state=state, reason=why, next_step=None, next_on=None)
    )
