"""Where in the database somebody's rows are: found by following the keys, so that no new table is forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Table, select

from outreach.storage.audit import of_person
from outreach.storage.tables import audit, metadata, person


def rows_of(who: int, number: str) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """Each table that has rows of people, and the clause for this one's, the row in `person` first.

    `number` is HR's. Tables that point to `person`, or to a table that does; those that hold a number of HR; and the
    audit log.
    """
    found: dict[Table, ColumnElement[bool]] = {person: person.c.id == who}
    for table in metadata.sorted_tables:
        if table is not person and (clause := _clause(table, found, number)) is not None:
            found[table] = clause
    found[audit] = audit.c.subject == of_person(who)
    yield from found.items()


def _clause(table: Table, found: dict[Table, ColumnElement[bool]], number: str) -> ColumnElement[bool] | None:
    if "person_id" in table.c:
        return table.c.person_id == number
    keys = [(key.parent, key.column) for key in table.foreign_keys if key.column.table in found]
    # A row that says itself whose it is belongs to them, whatever else it points to.
    keys.sort(key=lambda key: key[1].table is not person)
    for column, origin in keys:
        return column.in_(select(origin).where(found[origin.table]))
    return None
