"""Settling: what came back is written into the ledger, once, however often it is read.

A delivery only ever moves on: from sent to bounced (blocked, then soft, then hard) to complained. A mail that would
move it no further changes nothing, so that reading one twice, or two of the same, is harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, update

from outreach.definitions.model import Bounces, Definitions
from outreach.delivery import attempts
from outreach.delivery.keys import format_key
from outreach.delivery.receipts import Rules
from outreach.delivery.returns.nouns import FAILED, Kind, Returned
from outreach.delivery.returns.origins import Named, address_of, name
from outreach.delivery.suppression import count_soft
from outreach.rendering.verp import Verp
from outreach.roster.choices import decline, suppress
from outreach.storage import audit
from outreach.storage.driver import Driver
from outreach.storage.tables import delivery, receipt

#: settled: the ledger has moved on; known: it had before; later: the message is being sent right now, so ask again;
#: unknown: it is about no delivery of ours; nothing: it says nothing that the ledger keeps.
Outcome = Literal["settled", "known", "later", "unknown", "nothing"]

#: How far a delivery has come by what came back.
_STEPS = {"blocked": 1, "soft": 2, "hard": 3, "complaint": 4}
#: Reasons of bounces that are not soft (`nouns.Reason`).
_STEP_OF_REASON = {"blocked": 1, "no_mailbox": 3, "no_domain": 3, "mailbox_closed": 3}
#: Kinds that prove that a message left.
_PROVING = FAILED | frozenset[Kind]({"complaint", "delayed", "delivered", "auto_reply"})


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of a mail that came back."""

    mail: Returned
    outcome: Outcome
    #: Key of the delivery that it is about; empty: it is about none.
    key: str = ""
    #: Whether its address is no longer written to, from now on.
    suppressed: bool = False


class Settler:
    """Settles mails by the rules of one workspace."""

    def __init__(self, secret: bytes, definitions: Callable[[int], Definitions], bounces: Bounces) -> None:
        self._secret = secret
        self._verp = Verp(secret)
        self._definitions = definitions
        self._rules = Rules.of(definitions)
        self._bounces = bounces

    def settle(self, connection: Connection, mails: Sequence[Returned], now: datetime) -> list[Settlement]:
        """Write down what these say, in their order."""
        proving = [mail for mail in mails if mail.kind in _PROVING]
        named = iter(name(connection, self._verp, proving))
        steps: dict[int, int] = {}
        return [
            self._settle(connection, next(named), steps, now) if mail.kind in _PROVING else Settlement(mail, "nothing")
            for mail in mails
        ]

    def _settle(self, connection: Connection, named: Named, steps: dict[int, int], now: datetime) -> Settlement:
        row, mail = named.row, named.mail
        if row is None or (row.state == "planned" and not row.attempts):
            return Settlement(mail, "unknown")
        key = format_key(row.campaign, row.step, row.occurrence, row.repetition, row.person)
        if row.lease_owner is not None:
            return Settlement(mail, "later", key)
        before = steps.get(row.id, _step(row))
        after = max(before, _STEPS.get(mail.kind, 0))
        if before < 0:
            self._left(connection, row, now)
        steps[row.id] = after
        if after <= max(before, 0):
            return Settlement(mail, "settled" if before < 0 else "known", key)
        suppressed = self._draw_conclusions(connection, named, now)
        _record(connection, row, mail, now, permanent=suppressed or mail.kind in ("hard", "complaint"))
        return Settlement(mail, "settled", key, suppressed)

    def _left(self, connection: Connection, row: Row[Any], now: datetime) -> None:
        """A doubt is settled: whatever speaks of a message proves that it left."""
        moment = row.dispatched_at or now
        left = self._rules.left(row.id, row.release_id, row.remind_days, moment)
        attempts.sent(Driver.of(connection), "", [left], moment)

    def _draw_conclusions(self, connection: Connection, named: Named, now: datetime) -> bool:
        """Whether the address is no longer written to, from now on."""
        assert named.row is not None
        kind = named.mail.kind
        if kind == "complaint":
            campaign = self._definitions(named.row.release_id).campaigns[named.row.campaign]
            if decline(connection, named.row.person, campaign.topic, now):
                _on_record(connection, named, "opted out", {"topic": campaign.topic}, now)
        address = None if kind == "blocked" else address_of(connection, self._secret, named)
        if address is None:
            return False
        if kind == "soft" and not count_soft(connection, self._secret, address, self._bounces, now):
            return False
        reason = "complained" if kind == "complaint" else "bounced"
        is_new = suppress(connection, self._secret, address, reason, now)
        if is_new:
            _on_record(connection, named, "suppressed", {"reason": reason}, now)
        return is_new


def _on_record(connection: Connection, named: Named, action: str, after: dict[str, str], now: datetime) -> None:
    assert named.row is not None
    entry = audit.Entry(audit.OURSELVES, action, audit.of_person(named.row.person), after=after)
    audit.record(connection, entry, now)


def _record(connection: Connection, row: Row[Any], mail: Returned, now: datetime, *, permanent: bool) -> None:
    state = "complained" if mail.kind == "complaint" else "bounced"
    values = {"state": state, "reason": mail.reason}
    connection.execute(update(delivery).where(delivery.c.id == row.id).values(values))
    noted = {"delivery": row.id, "at": now, "kind": state, "code": mail.code or None, "permanent": permanent}
    connection.execute(insert(receipt).values(noted))


def _step(row: Row[Any]) -> int:
    """How far a delivery has come; less than 0: it is not known that it left."""
    if row.state in ("in_doubt", "planned"):
        return -1
    if row.state == "bounced":
        return _STEP_OF_REASON.get(row.reason, 2)
    # What was sent can come back; what was refused, or has been complained of, cannot come further.
    return 0 if row.state == "sent" else max(_STEPS.values())
