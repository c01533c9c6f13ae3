"""Erasing a person: nothing leads to them any more, and what was done stays counted.

Their row stays as a number without facts, because the ledger's rows hang on it: what was sent, and what they did, count
as before. All else of them is deleted; their HR number and addresses stay as hashes, so that nothing brings them back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, update

from outreach.errors import OutreachError
from outreach.privacy.exporting import addresses
from outreach.privacy.reach import rows_of
from outreach.roster import tombstones
from outreach.roster.choices import address_hash, suppress
from outreach.roster.numbers import surrogate
from outreach.roster.stopping import stop_people
from outreach.storage import audit
from outreach.storage.tables import audit as log
from outreach.storage.tables import delivery, enrolment, metadata, outcome, person, receipt, seat, soft_bounce

#: Status of the row that is left, and its source: no file's source has such a name, so that none speaks for it.
STATUS, SOURCE = "erased", "(erased)"
#: Tables whose rows stay, as numbers: reports count them, and nothing in them says whose they are.
_COUNTED = (person, enrolment, delivery, outcome, seat, log)
#: What the desk confirmed counts; all other receipts go.
_CONFIRMED = receipt.c.kind == "confirmed"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was, or would be, erased."""

    #: Surrogate id, by which what lies outside of the database is found.
    person: int
    addresses: tuple[str, ...]
    #: Table -> rows deleted.
    deleted: Mapping[str, int]
    #: Table -> rows that stay as numbers.
    counted: Mapping[str, int]


def preview(connection: Connection, number: str) -> Erased:
    """What `erase` would do; nothing is changed.

    Raises:
        OutreachError: nobody has this number.
    """
    who = surrogate(connection, number)
    found = {part: _count(connection, part[0], clause) for part, clause in _parts(who, number).items()}
    deleted = {table.name: rows for (table, counts), rows in found.items() if rows and not counts}
    counted = {table.name: rows for (table, counts), rows in found.items() if rows and counts}
    return Erased(who, tuple(addresses(connection, who)), deleted, counted)


def erase(connection: Connection, number: str, secret: bytes, by: str, now: datetime) -> Erased:
    """Erase the person with this number of HR from the database.

    Raises:
        OutreachError: nobody has this number, or a message to them is being handed over at this moment.
    """
    who = surrogate(connection, number)
    _refuse_in_flight(connection, who)
    done = preview(connection, number)
    stop_people(connection, [who], "erased")
    hashes = [_bar(connection, secret, address, now) for address in done.addresses]
    tombstones.put(connection, number, hashes)
    _blank(connection, who)
    for table, clause in _goes(who, number):
        connection.execute(delete(table).where(clause))
    rows = {"deleted": sum(done.deleted.values()), "counted": sum(done.counted.values())}
    audit.record(connection, audit.Entry(by, "erased", audit.of_person(who), after=rows), now)
    return done


def _parts(who: int, number: str) -> dict[tuple[Table, bool], ColumnElement[bool]]:
    """Table, and whether its rows stay as numbers -> which rows of it."""
    parts: dict[tuple[Table, bool], ColumnElement[bool]] = {}
    for table, clause in rows_of(who, number):
        if table is receipt:
            parts[table, True], parts[table, False] = clause & _CONFIRMED, clause & ~_CONFIRMED
        else:
            parts[table, table in _COUNTED] = clause
    return parts


def _goes(who: int, number: str) -> list[tuple[Table, ColumnElement[bool]]]:
    """What is deleted; what points to others before them."""
    parts = {table: clause for (table, counts), clause in _parts(who, number).items() if not counts}
    return [(table, parts[table]) for table in reversed(metadata.sorted_tables) if table in parts]


def _count(connection: Connection, table: Table, clause: Any) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(clause)) or 0


def _refuse_in_flight(connection: Connection, who: int) -> None:
    """What a sender holds is taken from it; what it is handing over is past that, and is written down after us."""
    mine = select(delivery.c.state).where(delivery.c.person == who).with_for_update()
    if "attempting" in connection.scalars(mine).all():
        raise OutreachError(
            "a message to this person is being handed over at this moment; nothing was erased",
            remedy="Do it again in a minute. If a sender has died, `outreach run` settles what it left first.",
        )


def _bar(connection: Connection, secret: bytes, address: str, now: datetime) -> str:
    """Never write to an address again; of when it was erased no more is kept than the year."""
    year = now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    suppress(connection, secret, address, tombstones.ERASED, year)
    hashed = address_hash(secret, address)
    connection.execute(delete(soft_bounce).where(soft_bounce.c.address_hash == hashed))
    return hashed


def _blank(connection: Connection, who: int) -> None:
    """Take all that says something of them from the rows that stay."""
    facts: dict[str, Any] = {column.name: None for column in person.c if column.nullable}
    facts |= {"person_id": f"{STATUS} {who}", "source": SOURCE, "status": STATUS, "attributes": {}, "lot": 0}
    connection.execute(update(person).where(person.c.id == who).values(facts))
    words = dict.fromkeys(("language", "picks", "message_id", "lease_owner", "remind_days", "remind_on"))
    connection.execute(update(delivery).where(delivery.c.person == who).values(words))
    # Day 1 is often the day on which somebody was hired.
    entered = func.date(enrolment.c.entered_at)
    journeys = {"event": None, "started_on": entered, "ends_on": entered}
    connection.execute(update(enrolment).where(enrolment.c.person == who).values(journeys))
    connection.execute(update(outcome).where(outcome.c.person == who).values(source=SOURCE))
