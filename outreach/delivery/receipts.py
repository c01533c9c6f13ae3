"""Recording what came of attempts: the 250s in one statement, and a receipt for whatever is not plain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, insert, or_, select, update

from outreach.definitions.model import Definitions
from outreach.delivery.assembling import Ready, Stopped
from outreach.delivery.attempts import Left
from outreach.delivery.backoff import backoff
from outreach.delivery.channels.base import Deferred, InDoubt, Rejected, Result
from outreach.delivery.returns.codes import decisive, find_code
from outreach.planning.gates import UNREACHABLE
from outreach.roster.choices import suppress
from outreach.storage import audit
from outreach.storage.tables import PLANNED, delivery, receipt

#: Longest `receipt.code`.
_CODE = 12


class Settled(NamedTuple):
    """A delivery, made ready, and what came of it."""

    made: Ready
    result: Result


@dataclass(frozen=True, slots=True)
class Rules:
    """What recording asks of the definitions."""

    #: Time zone of a release.
    zone: Callable[[int], ZoneInfo]
    #: Whether a release's campaign sends again, once, what is in doubt.
    resends: Callable[[int, str], bool]
    #: Whether a later reminder than this one of a release's campaign and step goes another way.
    climbs: Callable[[int, str, str, int], bool]

    @classmethod
    def of(cls, definitions: Callable[[int], Definitions]) -> Rules:
        """The rules of these definitions, by release id."""
        return cls(
            cache(lambda release: ZoneInfo(definitions(release).workspace.time_zone)),
            lambda release, campaign: definitions(release).campaigns[campaign].on_doubt == "resend",
            lambda release, campaign, step, number: definitions(release).campaigns[campaign].step(step).climbs(number),
        )

    def again(self, one: Stopped, moment: datetime) -> date | None:
        """The day of the next reminder of who has no address for this one, where a later one goes another way."""
        row = one.row
        if one.reason not in UNREACHABLE or not self.climbs(row.release_id, row.campaign, row.step, row.repetition):
            return None
        return self.left(row.id, row.release_id, row.remind_days, moment).remind_on

    def left(self, row: int, release: int, days: int | None, moment: datetime) -> Left:
        """A row (with the days to its next reminder) that has left at that moment."""
        if days is None:
            return Left(row, None)
        return Left(row, moment.astimezone(self.zone(release)).date() + timedelta(days=days))


def record(
    connection: Connection,
    owner: str,
    channel: str,
    settled: Sequence[Settled],
    moment: datetime,
    rules: Rules,
    secret: bytes,
) -> None:
    """Write down what came of deliveries that this sender holds and that were not plainly sent.

    An address that the mail server says is none is not written to again, as after a bounce that says so.
    """
    clerk = _Clerk(connection, owner, channel, moment, rules, secret)
    for one in settled:
        clerk.record(one)


def record_stopped(
    connection: Connection, owner: str, stopped: Sequence[Stopped], moment: datetime, rules: Rules
) -> None:
    """Rows that are not sent after all, each with its reason."""
    for one in stopped:
        mine = (delivery.c.id == one.row.id, delivery.c.lease_owner == owner)
        values = {"state": one.state, "reason": one.reason, "lease_owner": None, "remind_on": rules.again(one, moment)}
        if one.state == "planned":
            values |= {"dispatched_at": None}
        if connection.execute(update(delivery).where(*mine).values(values)).rowcount and one.state == "rejected":
            _note(connection, one.row.id, moment, "rejected", one.reason, permanent=True)


def record_doubt(
    connection: Connection, row: int, release: int, campaign: str, code: str, moment: datetime, rules: Rules
) -> bool:
    """A row of which nobody can know whether it left: held, or sent again once where the campaign says so.

    Returns True when it will be sent again.
    """
    again = rules.resends(release, campaign) and not _doubted(connection, row)
    _note(connection, row, moment, "in_doubt", code, permanent=not again)
    later = {"state": PLANNED, "reason": "in_doubt", "due_at": moment, "dispatched_at": None}
    held = {"state": "in_doubt", "reason": code}
    values = {"lease_owner": None, **(later if again else held)}
    connection.execute(update(delivery).where(delivery.c.id == row).values(values))
    return again


class _Clerk:
    """Writes down, one by one, what was not plainly sent."""

    def __init__(
        self, connection: Connection, owner: str, channel: str, moment: datetime, rules: Rules, secret: bytes
    ) -> None:
        self._connection = connection
        self._owner = owner
        self._channel = channel
        self._moment = moment
        self._rules = rules
        self._secret = secret

    def record(self, one: Settled) -> None:
        """Write down one; nothing where the row is not this sender's any more, as when it is done a second time."""
        row = one.made.row
        match one.result:
            case Deferred(code, after):
                self._defer(one, code, after)
            case Rejected(code):
                if self._update(one, {"state": "rejected", "reason": code or None}):
                    _note(self._connection, row.id, self._moment, "rejected", code, permanent=True)
                    self._bar(row.person, one.made.mail.recipient, code)
            case InDoubt(code):
                if self._update(one, {}, known=False):
                    rules, where = self._rules, (row.id, row.release_id, row.campaign)
                    record_doubt(self._connection, *where, code, self._moment, rules)

    def _bar(self, who: int, recipient: str, answer: str) -> None:
        verdict = decisive(find_code(answer))
        if not (recipient and verdict and verdict[0] == "hard"):
            return
        if suppress(self._connection, self._secret, recipient, "bounced", self._moment):
            entry = audit.Entry(audit.OURSELVES, "suppressed", audit.of_person(who), after={"reason": "bounced"})
            audit.record(self._connection, entry, self._moment)

    def _defer(self, one: Settled, code: str, after: timedelta | None) -> None:
        row = one.made.row
        wait = max(backoff(code, row.id, row.attempts + 1), after or timedelta(0))
        # Back to dispatch, whose gates are looked at anew when it is due.
        later = {"state": PLANNED, "reason": code or None, "due_at": self._moment + wait, "dispatched_at": None}
        if self._update(one, later):
            _note(self._connection, row.id, self._moment, "deferred", code, permanent=False)

    def _update(self, one: Settled, values: dict[str, Any], *, known: bool = True) -> bool:
        row, mail = one.made.row, one.made.mail
        tried = {"attempts": row.attempts + 1, "channel": self._channel, "message_id": mail.message_id}
        mine = delivery.c.lease_owner == self._owner
        if known:
            # Also one that was taken for abandoned meanwhile, as this sender was slow: the doubt is settled.
            mine = or_(mine, (delivery.c.state == "in_doubt") & delivery.c.lease_owner.is_(None))
        changed = update(delivery).where(delivery.c.id == row.id, mine).values({"lease_owner": None, **tried, **values})
        return bool(self._connection.execute(changed).rowcount)


def _doubted(connection: Connection, row: int) -> bool:
    wanted = select(func.count()).where(receipt.c.delivery == row, receipt.c.kind == "in_doubt")
    return bool(connection.scalar(wanted))


def _note(connection: Connection, row: int, moment: datetime, kind: str, code: str, *, permanent: bool) -> None:
    connection.execute(
        insert(receipt).values(delivery=row, at=moment, kind=kind, code=code[:_CODE] or None, permanent=permanent)
    )
