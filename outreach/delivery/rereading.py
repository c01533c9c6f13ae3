"""A message once more, as somebody was sent it: composed again from its release, for who reads it in a browser.

No copy of it is kept. The words, the language, the offers and the session are those that it left with; a fact of the
person that has changed since (a new name) stands in it as it is now.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from outreach.delivery.assembling import Assembler
from outreach.delivery.batches import Claimed
from outreach.rendering.mail import Mail
from outreach.storage.tables import delivery

#: States of what may lie in somebody's mailbox.
_ARRIVED = ("attempting", "sent", "in_doubt", "bounced", "complained")


class Letter(NamedTuple):
    """A message that left."""

    row: Claimed
    #: When, as far as it is known.
    sent_at: datetime


def letter(connection: Connection, number: int, who: int) -> Letter | None:
    """The message of that number in the ledger, if it left to that person (by surrogate id)."""
    theirs = (delivery.c.id == number, delivery.c.person == who, delivery.c.state.in_(_ARRIVED))
    moment = func.coalesce(delivery.c.sent_at, delivery.c.dispatched_at, type_=delivery.c.sent_at.type)
    row = connection.execute(select(*delivery.c[Claimed._fields], moment).where(*theirs)).one_or_none()
    return Letter(Claimed._make(row[:-1]), row[-1]) if row else None


def reread(connection: Connection, assembler: Assembler, found: Letter) -> Mail | None:
    """The message once more; None where its release, or the person's facts, give none any more."""
    return assembler.again(found.row, assembler.read(connection, [found.row]), found.sent_at)
