"""What people chose: topics they do not want, and addresses that must not be written to."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Table, delete, select

from outreach.roster import among
from outreach.roster.numbers import surrogate
from outreach.storage.inserting import insert_into
from outreach.storage.tables import opt_out as opted_out
from outreach.storage.tables import suppression


def opt_out(connection: Connection, person_id: str, topic: str, now: datetime) -> bool:
    """Stop a topic for a person; False when it was stopped before.

    Raises:
        OutreachError: nobody has this id.
    """
    return decline(connection, surrogate(connection, person_id), topic, now)


def decline(connection: Connection, person: int, topic: str, now: datetime) -> bool:
    """The same by surrogate id, of somebody who is there for certain."""
    return _added(connection, opted_out, {"person": person, "topic": topic, "since": now})


def opt_in(connection: Connection, person_id: str, topic: str) -> bool:
    """Let a topic reach a person again; False when it was not stopped.

    Raises:
        OutreachError: nobody has this id.
    """
    return accept(connection, surrogate(connection, person_id), topic)


def accept(connection: Connection, person: int, topic: str) -> bool:
    """The same by surrogate id."""
    chosen = opted_out.c.person == person, opted_out.c.topic == topic
    return connection.execute(delete(opted_out).where(*chosen)).rowcount > 0


def declined(connection: Connection, people: Collection[int]) -> frozenset[tuple[int, str]]:
    """Who of these people does not want which topic."""
    theirs = select(opted_out.c.person, opted_out.c.topic).where(
        opted_out.c.person.in_(among.numbers(connection, people))
    )
    return frozenset((row.person, row.topic) for row in connection.execute(theirs))


def address_hash(secret: bytes, address: str) -> str:
    """How an address is kept when it must be known and not shown: keyed, however its letters are cased."""
    # The secret has other uses, so what is hashed says which one this is.
    return hmac.digest(secret, f"suppression:{address.strip().casefold()}".encode(), "sha256").hex()


def suppress(connection: Connection, secret: bytes, address: str, reason: str, now: datetime) -> bool:
    """Never write to an address again (`bounced`, `complained`, `erased`, …); False when that was so before."""
    row = {"address_hash": address_hash(secret, address), "reason": reason, "since": now}
    return _added(connection, suppression, row)


def _added(connection: Connection, table: Table, row: dict[str, object]) -> bool:
    """Insert a row unless its key is there; whether it was not."""
    statement = insert_into(connection, table).values(row).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(statement).first() is not None
