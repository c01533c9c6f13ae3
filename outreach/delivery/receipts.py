"""Recording what came of attempts: one statement for many rows of one kind, and a receipt for what is not plain."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, select, update

from outreach.definitions.model import Definitions
from outreach.delivery.assembling import Stopped
from outreach.delivery.batches import Claimed
from outreach.delivery.channels.base import Deferred, InDoubt, Rejected, Result, Sent
from outreach.storage.tables import PLANNED, delivery, receipt

#: Wait before the next attempt, after the first, the second and so on; the last one serves all that follow.
BACKOFF = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
#: Share of the wait by which rows are spread, so that a mail server that was down is not hit by all at once.
_SPREAD = 0.2
#: Longest `receipt.code`.
_CODE = 12


class Settled(NamedTuple):
    """A row and what came of its attempt."""

    row: Claimed
    result: Result


@dataclass(frozen=True, slots=True)
class Rules:
    """What recording asks of the definitions."""

    #: Time zone of a release.
    zone: Callable[[int], ZoneInfo]
    #: Whether a release's campaign sends again, once, what is in doubt.
    resends: Callable[[int, str], bool]

    @classmethod
    def of(cls, definitions: Callable[[int], Definitions]) -> Rules:
        """The rules of these definitions, by release id."""
        return cls(
            cache(lambda release: ZoneInfo(definitions(release).workspace.time_zone)),
            lambda release, campaign: definitions(release).campaigns[campaign].on_doubt == "resend",
        )


def record(connection: Connection, settled: Sequence[Settled], moment: datetime, rules: Rules) -> None:
    """Write down what came of attempts."""
    sent = [one.row for one in settled if isinstance(one.result, Sent)]
    if sent:
        record_sent(connection, [(row.id, row.release_id, row.remind_days) for row in sent], moment, rules)
    if len(sent) == len(settled):
        return
    for one in settled:
        match one.result:
            case Deferred():
                _record_deferred(connection, one.row, one.result, moment)
            case Rejected(code):
                _settle(connection, one.row.id, "rejected", code)
                _note(connection, one.row.id, moment, "rejected", code, permanent=True)
            case InDoubt(code):
                record_doubt(connection, one.row.id, one.row.release_id, one.row.campaign, code, moment, rules)


def record_sent(
    connection: Connection, rows: Iterable[tuple[int, int, int | None]], moment: datetime, rules: Rules
) -> None:
    """Rows (id, release, days to the next reminder) that have left, whatever the ledger thought of them until now."""
    alike: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for row, release, days in rows:
        alike[release, days].append(row)
    for (release, days), ids in alike.items():
        today = moment.astimezone(rules.zone(release)).date()
        connection.execute(
            update(delivery)
            .where(delivery.c.id.in_(ids))
            .values(
                state="sent",
                reason=None,
                sent_at=moment,
                lease_owner=None,
                lease_until=None,
                remind_on=None if days is None else today + timedelta(days=days),
            )
        )


def record_stopped(connection: Connection, stopped: Sequence[Stopped], moment: datetime) -> None:
    """Rows that are not sent after all, each with its reason."""
    for one in stopped:
        _settle(connection, one.row.id, one.state, one.reason)
        if one.state == "rejected":
            _note(connection, one.row.id, moment, "rejected", one.reason, permanent=True)


def record_doubt(
    connection: Connection, row: int, release: int, campaign: str, code: str, moment: datetime, rules: Rules
) -> bool:
    """A row of which nobody can know whether it left: held, or sent again once where the campaign says so.

    Returns True when it will be sent again.
    """
    again = rules.resends(release, campaign) and not _doubted(connection, row)
    _note(connection, row, moment, "in_doubt", code, permanent=not again)
    if again:
        _plan_again(connection, row, moment, "in_doubt")
    else:
        _settle(connection, row, "in_doubt", code)
    return again


def backoff(row: int, attempts: int) -> timedelta:
    """How long after its `attempts`-th attempt a row is tried again: spread by its id, the same each time."""
    wait = BACKOFF[min(attempts, len(BACKOFF)) - 1]
    share = zlib.crc32(f"{row}/{attempts}".encode()) / 2**32
    return wait * (1 + _SPREAD * share)


def _record_deferred(connection: Connection, row: Claimed, result: Deferred, moment: datetime) -> None:
    wait = max(backoff(row.id, row.attempts + 1), result.after or timedelta(0))
    _note(connection, row.id, moment, "deferred", result.code, permanent=False)
    _plan_again(connection, row.id, moment + wait, result.code)


def _doubted(connection: Connection, row: int) -> bool:
    wanted = select(func.count()).where(receipt.c.delivery == row, receipt.c.kind == "in_doubt")
    return bool(connection.scalar(wanted))


def _plan_again(connection: Connection, row: int, due: datetime, reason: str) -> None:
    """Back to dispatch, whose gates are looked at anew when it is due."""
    connection.execute(
        update(delivery)
        .where(delivery.c.id == row)
        .values(
            state=PLANNED, reason=reason or None, due_at=due, dispatched_at=None, lease_owner=None, lease_until=None
        )
    )


def _settle(connection: Connection, row: int, state: str, reason: str) -> None:
    connection.execute(
        update(delivery)
        .where(delivery.c.id == row)
        .values(state=state, reason=reason or None, lease_owner=None, lease_until=None)
    )


def _note(connection: Connection, row: int, moment: datetime, kind: str, code: str, *, permanent: bool) -> None:
    connection.execute(
        insert(receipt).values(delivery=row, at=moment, kind=kind, code=code[:_CODE] or None, permanent=permanent)
    )
