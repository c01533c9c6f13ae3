"""From the HR system's numbers to our own."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from outreach.errors import OutreachError
from outreach.roster import among
from outreach.storage.tables import person


def surrogate(connection: Connection, person_id: str) -> int:
    """Our own number of the person with this HR number.

    Raises:
        OutreachError: nobody has it.
    """
    found = connection.scalar(select(person.c.id).where(person.c.person_id == person_id))
    if found is None:
        raise OutreachError(
            f"nobody in the roster has the id {person_id!r}", remedy="Use the person_id of the HR system's file."
        )
    return int(found)


def surrogates(connection: Connection, numbers: Collection[str]) -> dict[str, int]:
    """Our own numbers by those of the HR system, of the people that there are."""
    mine = person.c.person_id.in_(among.texts(connection, numbers))
    return {row.person_id: row.id for row in connection.execute(select(person.c.person_id, person.c.id).where(mine))}
