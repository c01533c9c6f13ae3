"""Fresh links for old ones: one mail a day for each page, handed over at once and once, to the address on record.

It is on record before it is handed over. Who dies in between sends nothing, and the reader asks again the next day;
what was refused for certain is taken from the record, so that they may ask again at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from outreach.delivery.channels.base import Channel, InDoubt, Sent
from outreach.delivery.channels.unrecorded import send_unrecorded
from outreach.delivery.suppression import suppressed
from outreach.errors import OutreachError
from outreach.planning.gates import address, other_address
from outreach.rendering.mail import Mail
from outreach.storage.inserting import insert_into
from outreach.storage.tables import fresh_link, person

#: Between two of them.
_APART = timedelta(days=1)


def take_turn(connection: Connection, who: int, page: str, now: datetime) -> bool:
    """Put on record that somebody (by surrogate id) asked; False where they had one mailed within a day."""
    asked = insert_into(connection, fresh_link).values(person=who, page=page, asked_at=now)
    anew = asked.on_conflict_do_update(
        index_elements=["person", "page"], set_={"asked_at": now}, where=fresh_link.c.asked_at <= now - _APART
    )
    return connection.execute(anew.returning(fresh_link.c.person)).first() is not None


def give_back(connection: Connection, who: int, page: str) -> None:
    """Nothing was sent: they may ask again."""
    connection.execute(delete(fresh_link).where(fresh_link.c.person == who, fresh_link.c.page == page))


def address_of(connection: Connection, secret: bytes, who: int) -> str:
    """Where mail for somebody goes; empty where there is no address that may be written to, or they have died."""
    found = select(address.label("first"), other_address.label("other")).where(
        person.c.id == who, person.c.status != "died"
    )  # fmt: skip
    row = connection.execute(found).one_or_none()
    ours = [one for one in dict.fromkeys(row) if one] if row else []
    barred = suppressed(connection, secret, ours)
    return next((one for one in ours if one not in barred), "")


def hand_over(channel: Channel, mail: Mail) -> bool:
    """Send it now; False where it has certainly not left."""
    try:
        (result,) = send_unrecorded(channel, [mail])
    except OutreachError:
        return False
    return isinstance(result, Sent | InDoubt)
