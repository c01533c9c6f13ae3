"""Everything that is held about one person, for them to have (GDPR, articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from outreach.delivery.channels.handover import Lists
from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.keys import format_key
from outreach.delivery.suppression import suppressed
from outreach.errors import OutreachError
from outreach.privacy.reach import rows_of
from outreach.roster.numbers import surrogate
from outreach.storage.tables import delivery, person

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Folders:
    """Where people's data is kept outside of the database."""

    outbox: Path
    handover: Path
    #: The workspace's own folder for what it makes.
    var: Path


@dataclass(frozen=True, slots=True)
class Export:
    """What is held about a person."""

    #: The HR system's number.
    person: str
    made_at: datetime
    #: Table -> its rows about them, those that are empty left out.
    tables: Mapping[str, Rows]
    #: Which of their addresses are not written to.
    suppressed: Sequence[str]
    #: Messages that are kept, with their text; mails with fresh links are among them.
    messages: Sequence[Mapping[str, str]]
    #: Hand-over lists in which they stand.
    lists: Sequence[str]


def export(connection: Connection, number: str, folders: Folders, secret: bytes, now: datetime) -> Export:
    """All that is held about the person with this number of HR.

    Raises:
        OutreachError: nobody has it.
    """
    who = surrogate(connection, number)
    tables = {table.name: _rows(connection, table, clause) for table, clause in rows_of(who, number)}
    barred = suppressed(connection, secret, addresses(connection, who))
    keys = _keys(connection, who)
    return Export(
        number,
        now,
        {name: rows for name, rows in tables.items() if rows},
        sorted(barred),
        list(_messages(folders.outbox, keys, who)),
        list(_lists(folders.handover, set(keys))),
    )


def addresses(connection: Connection, who: int) -> list[str]:
    """The addresses of a person (by surrogate id)."""
    row = connection.execute(select(person.c.email, person.c.private_email).where(person.c.id == who)).one()
    return sorted({address for address in row if address})


def _rows(connection: Connection, table: Any, clause: Any) -> Rows:
    order = [*table.primary_key]
    return [dict(row) for row in connection.execute(select(table).where(clause).order_by(*order)).mappings()]


def _keys(connection: Connection, who: int) -> list[str]:
    columns = delivery.c["campaign", "step", "occurrence", "repetition", "person"]
    return [format_key(*row) for row in connection.execute(select(*columns).where(delivery.c.person == who))]


def _messages(folder: Path, keys: list[str], who: int) -> Iterator[dict[str, str]]:
    outbox = Outbox(folder)
    for key in sorted({*(outbox.known(keys) or ()), *outbox.notes(who)}):
        mail = message_from_bytes(outbox.read(key), policy=policy.default)
        text = mail.get_body(("plain",))
        body = str(text.get_content()).replace("\r\n", "\n") if text else ""
        yield {"key": key, **{name.lower(): str(mail[name]) for name in ("To", "Date", "Subject")}, "text": body}


def _lists(folder: Path, keys: set[str]) -> Iterator[str]:
    lists = Lists(folder)
    for name in lists.names():
        try:
            if lists.keys(name) & keys:
                yield name.folder
        except OutreachError:
            # Spoilt by whoever works with it: nobody can tell, so that they look.
            yield f"{name.folder} (cannot be read: look into it)"
