"""Which delivery a mail that came back is about, and which address: by its token, else by the Message-ID it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.delivery.returns.nouns import Returned
from outreach.delivery.suppression import suppressed
from outreach.planning.gates import address, other_address
from outreach.rendering.verp import Origin, Verp, address_print
from outreach.storage.tables import delivery, person

#: Message-IDs of ours (`rendering.envelope.message_ids`); others need not be looked for.
_OURS = re.compile(r"<[0-9a-f]{32}@[a-z0-9.-]{1,253}>")


@dataclass(frozen=True, slots=True)
class Named:
    """A mail that came back, and what it is about."""

    mail: Returned
    #: The delivery and what is known of the person's addresses; None: it is about none of ours.
    row: Row[Any] | None
    #: What its token says; None: it had none.
    origin: Origin | None


def name(connection: Connection, verp: Verp, mails: Sequence[Returned]) -> list[Named]:
    """What each mail is about; the rows are locked, in order of their ids."""
    origins = [_origin(verp, mail) for mail in mails]
    by_id = _by_message_id(connection, [mail for mail, origin in zip(mails, origins, strict=True) if origin is None])
    ids = [
        origin.delivery if origin else by_id.get(mail.message_id)
        for mail, origin in zip(mails, origins, strict=True)
    ]  # fmt: skip
    rows = {row.id: row for row in _rows(connection, {found for found in ids if found is not None})}
    return [
        Named(mail, _matching(rows.get(found) if found is not None else None, mail), origin)
        for mail, found, origin in zip(mails, ids, origins, strict=True)
    ]


def address_of(connection: Connection, secret: bytes, named: Named) -> str | None:
    """The address that the message went to; None where that is not certain, as when the roster has a newer one."""
    row, mail, origin = named.row, named.mail, named.origin
    assert row is not None
    own = [one for one in (row.first_address, row.other_address) if one]
    if origin is not None:
        return next((one for one in (*own, mail.recipient) if address_print(one) == origin.address), None)
    for one in own:
        if one.casefold() == mail.recipient.casefold():
            return str(one)
    if row.sent_at is None or row.imported_at > row.sent_at:
        return None
    barred = suppressed(connection, secret, set(own))
    return next((one for one in own if one not in barred), None)


def _matching(row: Row[Any] | None, mail: Returned) -> Row[Any] | None:
    """The row, unless the mail names another message: after a database came back from a backup, ids are given anew."""
    other = (
        row is not None and row.message_id and _OURS.fullmatch(mail.message_id) and row.message_id != mail.message_id
    )
    return None if other else row


def _origin(verp: Verp, mail: Returned) -> Origin | None:
    return next(filter(None, map(verp.read, mail.tokens)), None)


def _by_message_id(connection: Connection, mails: Sequence[Returned]) -> dict[str, int]:
    """One query for all of them: it reads the whole ledger, which has no index for what so few mails need."""
    wanted = {mail.message_id for mail in mails if _OURS.fullmatch(mail.message_id)}
    if not wanted:
        return {}
    found = select(delivery.c.message_id, delivery.c.id).where(delivery.c.message_id.in_(wanted))
    return {row.message_id: row.id for row in connection.execute(found)}


def _rows(connection: Connection, ids: set[int]) -> Iterator[Row[Any]]:
    if not ids:
        return
    wanted = (
        select(
            delivery,
            person.c.imported_at,
            address.label("first_address"),
            other_address.label("other_address"),
        )
        .join_from(delivery, person)
        .where(delivery.c.id.in_(ids))
        .order_by(delivery.c.id)
        .with_for_update(of=delivery)
    )
    yield from connection.execute(wanted)
