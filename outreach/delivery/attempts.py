"""The two statements of the hot path, in each database's own words: attempts that go out, and 250s that came in.

Both may be done again, when nobody knows whether a commit arrived, and then change nothing more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, update

from outreach.delivery.assembling import Ready
from outreach.storage.driver import Driver
from outreach.storage.tables import ATTEMPTING, PLANNED, delivery


class Left(NamedTuple):
    """A delivery that has left, for certain."""

    id: int
    #: Civil day of the next reminder.
    remind_on: date | None


def attempt(driver: Driver, owner: str, channel: str, leaving: Sequence[Ready]) -> Collection[int]:
    """Write down that these are about to leave; returns the ids of those that are still this sender's to send."""
    rows = [(made.row.attempts + 1, channel, made.language, made.mail.message_id, made.row.id) for made in leaving]
    if driver.dialect == "postgresql":
        return _attempt_postgresql(driver, owner, rows)
    ids = [row[-1] for row in rows]
    done = driver.many(_ATTEMPT_SQLITE, [(*row, owner) for row in rows])
    return ids if done == len(ids) else _mine(driver, owner, ids)


def sent(driver: Driver, owner: str, rows: Sequence[Left], moment: datetime) -> None:
    """Write down that these have left.

    Also of a row that was taken for abandoned meanwhile, as its sender was slow: it is known now what came of it.
    """
    if driver.dialect == "postgresql":
        values = {"ids": [row.id for row in rows], "days": [row.remind_on for row in rows]}
        driver.column(_SENT_POSTGRESQL, {**values, "moment": moment, "owner": owner})
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


def _attempt_postgresql(driver: Driver, owner: str, rows: Sequence[tuple[int, str, str, str, int]]) -> list[int]:
    attempts, channels, languages, message_ids, ids = (list(column) for column in zip(*rows, strict=True))
    values = {"attempts": attempts, "channel": channels[0], "languages": languages, "message_ids": message_ids}
    return driver.column(_ATTEMPT_POSTGRESQL, {**values, "ids": ids, "owner": owner})


def _mine(driver: Driver, owner: str, ids: Sequence[int]) -> Collection[int]:
    return set(driver.column(_MINE_SQLITE, (owner, json.dumps(ids))))


# A row that another sender took, because this one was thought to be dead, has another owner, or none.
_MINE_SQLITE = "SELECT id FROM delivery WHERE lease_owner = ? AND id IN (SELECT value FROM json_each(?))"
_ATTEMPT_SQLITE = """
    UPDATE delivery SET state = 'attempting', attempts = ?, channel = ?, language = ?, message_id = ?
    WHERE id = ? AND lease_owner = ?
"""
# PostgreSQL is told the ids once more, or it reads the whole table.
_ATTEMPT_POSTGRESQL = """
    UPDATE delivery SET state = 'attempting', attempts = made.attempts, channel = %(channel)s, language = made.language,
        message_id = made.message_id
    FROM unnest(%(ids)s::bigint[], %(attempts)s::smallint[], %(languages)s::text[],
        %(message_ids)s::text[]) AS made (id, attempts, language, message_id)
    WHERE delivery.id = made.id AND delivery.id = ANY (%(ids)s::bigint[]) AND lease_owner = %(owner)s
    RETURNING delivery.id
"""
_OWN = "(lease_owner = {owner} OR lease_owner IS NULL AND state IN ('in_doubt', 'planned'))"
_SENT_SQLITE = f"""
    UPDATE delivery SET state = 'sent', reason = NULL, sent_at = ?, lease_owner = NULL, remind_on = ?
    WHERE id = ? AND {_OWN.format(owner="?")}
"""  # noqa: S608  # constants alone
_SENT_POSTGRESQL = f"""
    UPDATE delivery SET state = 'sent', reason = NULL, sent_at = %(moment)s, lease_owner = NULL, remind_on = left_.day
    FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS left_ (id, day)
    WHERE delivery.id = left_.id AND delivery.id = ANY (%(ids)s::bigint[]) AND {_OWN.format(owner="%(owner)s")}
    RETURNING delivery.id
"""  # noqa: S608  # constants alone
