"""Carrying out what a comparison found, in one transaction: all of it, or nothing."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b

from sqlalchemy import Connection, Date, bindparam, func, select, text, update

from outreach.definitions.model import Field
from outreach.roster.events import recording, redate
from outreach.roster.happenings import bring_home
from outreach.roster.numbers import surrogates
from outreach.roster.staging import Staged, Staging
from outreach.roster.stopping import stop_people
from outreach.storage.tables import person, roster_import


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every row of an import has in common."""

    source: str
    version: int
    now: datetime
    today: date


def current_version(connection: Connection) -> int:
    """The version of the roster: that of the last import, 0 before the first."""
    return connection.scalar(select(func.max(roster_import.c.version))) or 0


def lot_of(person_id: str) -> int:
    """A number from 0 to 2**31 - 1 that is the person's for good, alike on every machine and database."""
    return int.from_bytes(blake2b(person_id.encode()).digest()[:4]) >> 1


def apply(connection: Connection, staging: Staging, fields: tuple[Field, ...], stamp: Stamp) -> None:
    """Add, alter and let go the people, and record what happened to them."""
    _add(connection, staging, fields, stamp)
    _alter(connection, staging, stamp)
    _depart(connection, staging, stamp)
    _record(connection, staging, stamp)
    for batch in staging.corrections():
        for event_id, effective_on, days in batch:
            redate(connection, event_id, effective_on, days)
    bring_home(connection, stamp.now)
    if connection.dialect.name == "postgresql" and staging.is_large:
        # At once: until PostgreSQL comes round to it, it plans as if the tables were empty.
        connection.execute(text("ANALYZE person, event"))


def _add(connection: Connection, staging: Staging, fields: tuple[Field, ...], stamp: Stamp) -> None:
    """Insert the new people.

    Past SQLAlchemy, as a row is ready for the driver when it leaves the staging: that takes a third of the time, and
    for as long others wait to write.
    """
    own = {field.name: index for index, field in enumerate(fields) if not field.custom}
    custom = {field.name: index for index, field in enumerate(fields) if field.custom}
    common = {"source": stamp.source, "version": stamp.version, "imported_at": _stored(connection, stamp.now)}
    if "status" not in own:
        common["status"] = "active"
    columns = [*own, *common, "lot", "attributes"]
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    statement = f"INSERT INTO person ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608
    indexes, constants = tuple(own.values()), tuple(common.values())
    for batch in staging.additions():
        rows = [
            (*[row.values[i] for i in indexes], *constants, lot_of(row.person_id), _attributes(row, custom))
            for row in batch
        ]
        connection.exec_driver_sql(statement, rows)


def _stored(connection: Connection, now: datetime) -> object:
    """The moment as the driver takes it."""
    process = person.c.imported_at.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return process(now) if process else now


def _attributes(row: Staged, custom: dict[str, int]) -> str:
    """The organisation's own fields of a row as JSON; days are ISO texts already."""
    return json.dumps({name: row.values[i] for name, i in custom.items() if row.values[i] is not None})


def _alter(connection: Connection, staging: Staging, stamp: Stamp) -> None:
    for batch in staging.alterations():
        # People with the same columns go in one statement; most changes touch one or two.
        alike: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
        for person_, new in batch:
            alike[tuple(sorted(new))].append({"_person": person_} | {n: _typed(n, v) for n, v in new.items()})
        for names, rows in alike.items():
            _update(connection, names, rows, stamp)
        for why in ("died", "left"):
            stop_people(connection, [person_ for person_, new in batch if new.get("status") == why], why)


def _update(connection: Connection, names: tuple[str, ...], rows: list[dict[str, object]], stamp: Stamp) -> None:
    columns: dict[str, object] = {name: bindparam(name) for name in names}
    statement = (
        update(person)
        .where(person.c.id == bindparam("_person"))
        .values(columns | {"version": stamp.version, "imported_at": stamp.now})
    )
    connection.execute(statement, rows)


def _typed(name: str, value: object) -> object:
    is_day = isinstance(person.c[name].type, Date) and isinstance(value, str)
    return date.fromisoformat(str(value)) if is_day else value


def _depart(connection: Connection, staging: Staging, stamp: Stamp) -> None:
    for batch in staging.departures():
        _update(connection, ("status",), [{"_person": person_, "status": "left"} for person_ in batch], stamp)
        stop_people(connection, batch, "left")


def _record(connection: Connection, staging: Staging, stamp: Stamp) -> None:
    for batch in staging.happenings():
        new = [person_id for person_, person_id, _, _ in batch if person_ is None]
        ids = surrogates(connection, new) if new else {}
        rows = [(person_ or ids[person_id], kind, on) for person_, person_id, kind, on in batch]
        _insert_events(connection, rows, stamp)


def _insert_events(connection: Connection, rows: list[tuple[int, str, date]], stamp: Stamp) -> None:
    connection.execute(
        recording(connection),
        [
            {"person": person_, "kind": kind, "effective_on": on, "recorded_at": stamp.now, "source": stamp.source}
            for person_, kind, on in rows
        ],
    )
