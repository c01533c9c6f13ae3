"""Attempts: written down and committed before anything leaves, so that a crash cannot hide one."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, TextClause, bindparam, select, text, update

from outreach.delivery.assembling import Ready
from outreach.delivery.leases import LEASE, database_now
from outreach.storage.tables import ATTEMPTING, PLANNED, delivery
from outreach.storage.types import UTCDateTime


def attempt(connection: Connection, owner: str, channel: str, mails: Sequence[Ready], patience: timedelta) -> set[int]:
    """Write down that these are about to leave; returns the ids of those that are still this sender's to send."""
    held = select(delivery.c.id).where(
        delivery.c.id.in_([made.row.id for made in mails]), delivery.c.state == PLANNED, delivery.c.lease_owner == owner
    )
    mine = set(connection.scalars(held.with_for_update()).all())
    statement, made = _STATEMENTS[connection.dialect.name]([made for made in mails if made.row.id in mine])
    until = database_now(connection) + LEASE + patience
    connection.execute(statement, {**made, "until": until, "channel": channel})
    return mine


# One statement over a table of values: a statement for each row takes several times as long. PostgreSQL is told the ids
# once more, or it reads the whole table.
_ATTEMPT = """
    UPDATE delivery SET state = 'attempting', attempts = attempts + 1, channel = :channel, lease_until = :until,
        language = {language}, message_id = {message_id}
    FROM {table} WHERE delivery.id = {id}
"""
_UNTIL = bindparam("until", type_=UTCDateTime)
_SQLITE = text(
    _ATTEMPT.format(
        table="json_each(:made) AS made",
        id="json_extract(made.value, '$[0]')",
        language="json_extract(made.value, '$[1]')",
        message_id="json_extract(made.value, '$[2]')",
    )
).bindparams(_UNTIL)
_POSTGRESQL = text(
    _ATTEMPT.format(
        table="unnest(CAST(:ids AS bigint[]), CAST(:languages AS text[]), CAST(:message_ids AS text[])) "
        "AS made (id, language, message_id)",
        id="made.id AND delivery.id = ANY (CAST(:ids AS bigint[]))",
        language="made.language",
        message_id="made.message_id",
    )
).bindparams(_UNTIL)


def _for_sqlite(mails: Sequence[Ready]) -> tuple[TextClause, dict[str, object]]:
    return _SQLITE, {"made": json.dumps([(made.row.id, made.language, made.mail.message_id) for made in mails])}


def _for_postgresql(mails: Sequence[Ready]) -> tuple[TextClause, dict[str, object]]:
    return _POSTGRESQL, {
        "ids": [made.row.id for made in mails],
        "languages": [made.language for made in mails],
        "message_ids": [made.mail.message_id for made in mails],
    }


_STATEMENTS = {"sqlite": _for_sqlite, "postgresql": _for_postgresql}


def unattempt(connection: Connection, owner: str, ids: Collection[int]) -> None:
    """Take back attempts of which it is certain that nothing left."""
    mine = (delivery.c.id.in_(ids), delivery.c.state == ATTEMPTING, delivery.c.lease_owner == owner)
    connection.execute(
        update(delivery)
        .where(*mine)
        .values(state=PLANNED, attempts=delivery.c.attempts - 1, lease_owner=None, lease_until=None)
    )
