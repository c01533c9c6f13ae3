"""What senders that died left behind: taken up again where nothing left, settled by evidence where there is any.

Run at the start of each tick, under the tick's lock, before anything is dispatched.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, update

from outreach.definitions.model import Definitions
from outreach.delivery import attempts
from outreach.delivery.channels.base import Channel
from outreach.delivery.keys import format_key
from outreach.delivery.presence import bury, living
from outreach.delivery.receipts import Rules, record_doubt
from outreach.delivery.telling import tell
from outreach.storage.database import Database
from outreach.storage.driver import Driver
from outreach.storage.tables import ATTEMPTING, PLANNED, delivery


@dataclass(slots=True)
class Recovered:
    """What was found and settled."""

    #: Never attempted, or certainly not sent: dispatch looks at them again.
    freed: int = 0
    #: Had left, by the channel's own record.
    sent: int = 0
    #: Nobody can know, and they are held (`deliveries --state in_doubt` lists them).
    in_doubt: int = 0
    #: Nobody can know, and their campaign sends them again, once.
    resent: int = 0


def recover(
    database: Database, channels: Sequence[Channel], definitions: Callable[[int], Definitions], now: datetime
) -> Recovered:
    """Settle every delivery whose sender is dead. The channels need not be open: they tell what has left by them."""
    done = Recovered()
    if not is_needed(database, now):
        return done
    with database.reading() as connection:
        abandoned = connection.execute(_abandoned(connection)).all()
    # Asked outside of the transaction that writes: a large outbox may take a second to look through.
    known = {channel.name: _known(channel, abandoned) for channel in channels}
    with database.writing() as connection:
        done.freed = _free(connection, now)
        rows = connection.execute(_abandoned(connection).with_for_update(skip_locked=True)).all()
        seen = {row.id for row in abandoned}
        _settle(connection, [row for row in rows if row.id in seen], known, Rules.of(definitions), now, done)
    return done


def _known(channel: Channel, abandoned: Sequence[Any]) -> frozenset[str] | None:
    mine = [_key(row) for row in abandoned if row.channel == channel.name]
    return channel.known(mine) if mine else None


#: What was let go so long ago has its gates looked at again before it leaves; until then any sender takes it as it is.
STALE = timedelta(minutes=15)

#: Dispatched, and nobody is sending it.
_UNHELD = (delivery.c.state == PLANNED, delivery.c.dispatched_at.is_not(None), delivery.c.lease_owner.is_(None))
#: Said apart, so that SQLite uses the index.
_HELD = delivery.c.lease_owner.is_not(None)


def is_needed(database: Database, now: datetime) -> bool:
    """Whether there is anything to settle. Senders whose process is gone are forgotten on the way."""
    with database.reading() as connection:
        if not _any(connection, _HELD) and not _any(connection, *_UNHELD):
            return False
    with database.writing() as connection:
        bury(connection)
        return _any(connection, _HELD, delivery.c.lease_owner.not_in(living(connection))) or _any(
            connection, *_stale(now)
        )


def _any(connection: Connection, *which: ColumnElement[bool]) -> bool:
    return connection.scalar(select(delivery.c.id).where(*which).limit(1)) is not None


def _stale(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (*_UNHELD, delivery.c.dispatched_at <= now - STALE)


def _free(connection: Connection, now: datetime) -> int:
    """What a dead sender had claimed and not attempted, and what was let go so long ago that it is looked at again."""
    claimed = (_HELD, delivery.c.state == PLANNED, delivery.c.lease_owner.not_in(living(connection)))
    freed = connection.execute(update(delivery).where(*claimed).values(dispatched_at=None, lease_owner=None)).rowcount
    return freed + connection.execute(update(delivery).where(*_stale(now)).values(dispatched_at=None)).rowcount


def _abandoned(connection: Connection) -> Select[Any]:
    """Attempts of senders that are dead."""
    dead = delivery.c.lease_owner.not_in(living(connection))
    return select(delivery).where(_HELD, delivery.c.state == ATTEMPTING, dead)


def _settle(
    connection: Connection,
    rows: Sequence[Any],
    known: Mapping[str, frozenset[str] | None],
    rules: Rules,
    now: datetime,
    done: Recovered,
) -> None:
    """By the record that the attempt's own channel has of what left, where it has one."""
    certain = [row for row in rows if known.get(row.channel) is not None]
    left = {row.id for row in certain if _key(row) in (known[row.channel] or ())}
    for row in certain:
        if row.id in left:
            one = rules.left(row.id, row.release_id, row.remind_days, now)
            attempts.sent(Driver.of(connection), row.lease_owner, [one], now)
    done.sent += len(left)
    done.freed += _unsent(connection, [row.id for row in certain if row.id not in left])
    settled = {row.id for row in certain}
    _doubt(connection, [row for row in rows if row.id not in settled], rules, now, done)


def _unsent(connection: Connection, ids: Collection[int]) -> int:
    """The channel's record says that these have not left."""
    if not ids:
        return 0
    return connection.execute(
        update(delivery).where(delivery.c.id.in_(ids)).values(state=PLANNED, dispatched_at=None, lease_owner=None)
    ).rowcount


def _doubt(connection: Connection, rows: Sequence[Any], rules: Rules, now: datetime, done: Recovered) -> None:
    for row in rows:
        if record_doubt(connection, row.id, row.release_id, row.campaign, "sender_died", now, rules):
            done.resent += 1
        else:
            done.in_doubt += 1
            tell(_key(row), row.channel, "in_doubt", "sender_died")


def _key(row: Any) -> str:
    return format_key(row.campaign, row.step, row.occurrence, row.repetition, row.person)
