"""What nearly every commit of the hot path is all about, in each database's own words: 250s that came in, attempts that
go out, and the sender's mark one step on.

It may be done again, when nobody knows whether a commit arrived, and then changes nothing more but the mark.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, update

from outreach.delivery.assembling import Ready
from outreach.delivery.mark import Mark
from outreach.storage.driver import Driver
from outreach.storage.tables import ATTEMPTING, PLANNED, delivery


class Left(NamedTuple):
    """A delivery that has left, for certain."""

    id: int
    #: Civil day of the next reminder.
    remind_on: date | None


class Sender(NamedTuple):
    """Whose commits they are."""

    owner: str
    #: Name of the channel that it sends over.
    channel: str
    mark: Mark


def exchange(
    driver: Driver, sender: Sender, left: Sequence[Left], leaving: Sequence[Ready], moment: datetime
) -> Collection[int]:
    """Write down that some have left and that others are about to; the mark goes on.

    Returns the ids of those about to leave that are still this sender's to send.
    """
    if driver.dialect == "postgresql":
        return _exchange_postgresql(driver, sender, left, leaving, moment)
    if left:
        sent(driver, sender.owner, left, moment)
    sender.mark.advance(next(iter(driver.column(_ADVANCE_SQLITE, (sender.mark.name,))), 0))
    return _attempt_sqlite(driver, sender, leaving) if leaving else ()


def sent(driver: Driver, owner: str, rows: Sequence[Left], moment: datetime) -> None:
    """Write down that these have left.

    Also of a row that was taken for abandoned meanwhile, as its sender was slow: it is known now what came of it.
    """
    if driver.dialect == "postgresql":
        driver.column(_SENT_POSTGRESQL, _sent_values(owner, rows, moment))
        return
    at = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    days = ((row.remind_on.isoformat() if row.remind_on else None, row.id) for row in rows)
    driver.many(_SENT_SQLITE, [(at, day, row, owner) for day, row in days])


def unattempt(connection: Connection, owner: str, rows: Iterable[Ready]) -> None:
    """Take back attempts of which it is certain that nothing left."""
    for made in rows:
        mine = (delivery.c.id == made.row.id, delivery.c.state == ATTEMPTING, delivery.c.lease_owner == owner)
        connection.execute(
            update(delivery).where(*mine).values(state=PLANNED, attempts=made.row.attempts, lease_owner=None)
        )


def _exchange_postgresql(
    driver: Driver, sender: Sender, left: Sequence[Left], leaving: Sequence[Ready], moment: datetime
) -> Collection[int]:
    """All in one statement, so that the server is waited for once and commits by itself."""
    values = {
        **_sent_values(sender.owner, left, moment),
        "slot": sender.mark.name,
        "channel": sender.channel,
        "made": [made.row.id for made in leaving],
        "attempts": [made.row.attempts + 1 for made in leaving],
        "languages": [made.language for made in leaving],
        "message_ids": [made.mail.message_id for made in leaving],
    }
    number, ids = driver.row(_EXCHANGE_POSTGRESQL, values)
    sender.mark.advance(number or 0)
    return ids  # type: ignore[no-any-return]  # an array of ids


def _sent_values(owner: str, rows: Sequence[Left], moment: datetime) -> dict[str, object]:
    ids, days = [row.id for row in rows], [row.remind_on for row in rows]
    return {"owner": owner, "ids": ids, "days": days, "moment": moment}


def _attempt_sqlite(driver: Driver, sender: Sender, leaving: Sequence[Ready]) -> Collection[int]:
    ids = [made.row.id for made in leaving]
    rows = [
        (made.row.attempts + 1, sender.channel, made.language, made.mail.message_id, made.row.id, sender.owner)
        for made in leaving
    ]
    done = driver.many(_ATTEMPT_SQLITE, rows)
    return ids if done == len(ids) else _mine(driver, sender.owner, ids)


def _mine(driver: Driver, owner: str, ids: Sequence[int]) -> Collection[int]:
    return set(driver.column(_MINE_SQLITE, (owner, json.dumps(ids))))


# A row that another sender took, because this one was thought to be dead, has another owner, or none.
_MINE_SQLITE = "SELECT id FROM delivery WHERE lease_owner = ? AND id IN (SELECT value FROM json_each(?))"
_ATTEMPT_SQLITE = """
    UPDATE delivery SET state = 'attempting', attempts = ?, channel = ?, language = ?, message_id = ?
    WHERE id = ? AND lease_owner = ?
"""
_ADVANCE_SQLITE = "UPDATE progress SET number = number + 1 WHERE slot = ? RETURNING number"
_OWN = "(lease_owner = {owner} OR lease_owner IS NULL AND state IN ('in_doubt', 'planned'))"
_SENT_SQLITE = f"""
    UPDATE delivery SET state = 'sent', reason = NULL, sent_at = ?, lease_owner = NULL, remind_on = ?
    WHERE id = ? AND {_OWN.format(owner="?")}
"""  # noqa: S608  # constants alone
# PostgreSQL is told the ids once more, or it reads the whole table; and COALESCE keeps it from the index of owners, in
# which all that was ever held lies until the next vacuum.
_SENT_POSTGRESQL = f"""
    UPDATE delivery SET state = 'sent', reason = NULL, sent_at = %(moment)s, lease_owner = NULL, remind_on = left_.day
    FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS left_ (id, day)
    WHERE delivery.id = left_.id AND delivery.id = ANY (%(ids)s::bigint[]) AND {_OWN.format(owner="%(owner)s")}
    RETURNING delivery.id
"""  # noqa: S608  # constants alone
_EXCHANGE_POSTGRESQL = f"""
    WITH sent AS ({_SENT_POSTGRESQL}),
    step AS (UPDATE progress SET number = number + 1 WHERE slot = %(slot)s RETURNING number),
    attempted AS (
        UPDATE delivery SET state = 'attempting', attempts = made.attempts, channel = %(channel)s,
            language = made.language, message_id = made.message_id
        FROM unnest(%(made)s::bigint[], %(attempts)s::smallint[], %(languages)s::text[],
            %(message_ids)s::text[]) AS made (id, attempts, language, message_id)
        WHERE delivery.id = made.id AND delivery.id = ANY (%(made)s::bigint[])
            AND COALESCE(lease_owner, '') = %(owner)s
        RETURNING delivery.id
    )
    SELECT (SELECT number FROM step), ARRAY (SELECT id FROM attempted)
"""  # noqa: S608  # constants alone
