"""Attempts: written down and committed before anything leaves, so that a crash cannot hide one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, bindparam, select, text, update

from outreach.delivery.assembling import Ready
from outreach.delivery.leases import LEASE, database_now
from outreach.storage.tables import ATTEMPTING, PLANNED, delivery


def attempt(connection: Connection, owner: str, channel: str, mails: Sequence[Ready], patience: timedelta) -> set[int]:
    """Write down that these are about to leave; returns the ids of those that are still this sender's to send."""
    clock = database_now(connection)
    common = {"owner": owner, "until": clock + LEASE + patience, "channel": channel}
    if connection.dialect.name == "postgresql":
        # One statement over arrays: a statement for each row takes five times as long.
        arrays = {"ids": [made.row.id for made in mails], "languages": [made.language for made in mails],
                  "message_ids": [made.mail.message_id for made in mails]}
        return set(connection.scalars(_ATTEMPT_ARRAYS, {**common, **arrays}))
    ids = [made.row.id for made in mails]
    connection.execute(_ATTEMPT_EACH, [
        {**common, "row": made.row.id, "language_": made.language, "message_id_": made.mail.message_id}
        for made in mails
    ])
    mine = select(delivery.c.id).where(delivery.c.id.in_(ids), delivery.c.state == ATTEMPTING,
                                       delivery.c.lease_owner == owner)
    return set(connection.scalars(mine))


_ATTEMPT_EACH = (
    update(delivery)
    .where(delivery.c.id == bindparam("row"), delivery.c.state == PLANNED, delivery.c.lease_owner == bindparam("owner"))
    .values(state=ATTEMPTING, attempts=delivery.c.attempts + 1, channel=bindparam("channel"),
            language=bindparam("language_"), message_id=bindparam("message_id_"), lease_until=bindparam("until"))
)
_ATTEMPT_ARRAYS = text("""
    UPDATE delivery SET state = 'attempting', attempts = attempts + 1, channel = :channel, lease_until = :until,
        language = made.language, message_id = made.message_id
    FROM unnest(CAST(:ids AS bigint[]), CAST(:languages AS text[]), CAST(:message_ids AS text[]))
        AS made (id, language, message_id)
    WHERE delivery.id = made.id AND state = 'planned' AND lease_owner = :owner
    RETURNING delivery.id
""")


def unattempt(connection: Connection, owner: str, ids: Collection[int]) -> None:
    """Take back attempts of which it is certain that nothing left."""
    mine = (delivery.c.id.in_(ids), delivery.c.state == ATTEMPTING, delivery.c.lease_owner == owner)
    connection.execute(update(delivery).where(*mine).values(
        state=PLANNED, attempts=delivery.c.attempts - 1, lease_owner=None, lease_until=None))
