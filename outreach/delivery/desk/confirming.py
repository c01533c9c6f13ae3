"""Confirming: what came of what was handed over is written into the ledger, however often it is said.

A delivery that was done stays `sent`, with a receipt that says so; one that could not be done is `bounced`, with the
desk's reason. The last word counts, and a receipt keeps each: who was not reached on Monday may be on Tuesday.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, insert, select, update

from outreach.definitions.refusal import advice, shown
from outreach.delivery import attempts
from outreach.delivery.desk.reading import Refused, Said
from outreach.delivery.desk.results import DONE, RESULTS
from outreach.delivery.keys import DeliveryKey, parse_key
from outreach.delivery.receipts import Rules
from outreach.errors import OutreachError
from outreach.storage.driver import Driver
from outreach.storage.tables import delivery, receipt

_FROM_THE_LIST = "Take the key as it stands in the list."
#: State of what was handed over and what nobody is sure of -> that the desk may speak of it.
_LISTED = ("sent", "bounced", "in_doubt")

#: That a delivery was confirmed, for a query over `delivery`; what came back since is not.
is_confirmed: ColumnElement[bool] = (delivery.c.state == "sent") & exists(
    select(receipt.c.id).where(receipt.c.delivery == delivery.c.id, receipt.c.kind == "confirmed")
)


@dataclass(slots=True)
class Confirmed:
    """What became of what the desk said."""

    #: Result -> deliveries of which it is new.
    recorded: Counter[str] = field(default_factory=Counter)
    #: On record already.
    known: int = 0
    #: Lines without a result.
    open: int = 0
    refused: list[Refused] = field(default_factory=list)


class Clerk:
    """Takes what a desk says, in its order, and writes down what can be taken."""

    def __init__(self, connection: Connection, rules: Rules, now: datetime) -> None:
        self.done = Confirmed()
        self._connection = connection
        self._rules = rules
        self._now = now
        #: Key -> what was said of it, and where.
        self._said: dict[str, Said] = {}

    def take(self, lines: Iterable[Said | Refused]) -> None:
        """Take these; what cannot be taken is told, and stops no other."""
        for line in lines:
            if isinstance(line, Refused):
                self.done.refused.append(line)
            elif not line.result:
                self.done.open += bool(line.key)
            else:
                self._take(line)

    def _take(self, line: Said) -> None:
        try:
            result, key = _result(line.result), parse_key(line.key)
            self._agrees(line, result)
            is_new = self._write(self._row(key), result)
        except OutreachError as error:
            self.done.refused.append(Refused(line.where or line.key, error.what, error.remedy))
            return
        self.done.recorded[result] += is_new
        self.done.known += not is_new

    def _agrees(self, line: Said, result: str) -> None:
        before = self._said.setdefault(line.key, Said(line.key, result, line.where))
        if before.result != result:
            raise OutreachError(
                f"the same key has the result {before.result} at {before.where or 'the same time'}",
                remedy="Keep the line that is right.",
            )

    def _row(self, key: DeliveryKey) -> Row[Any]:
        columns = [delivery.c[name] == value for name, value in key._asdict().items()]
        row = self._connection.execute(
            select(delivery, is_confirmed.label("is_confirmed")).where(*columns).with_for_update(of=delivery)
        ).one_or_none()
        if row is None:
            raise OutreachError("there is no delivery of that key", remedy=_FROM_THE_LIST)
        if row.channel != "handover":
            raise OutreachError("this was not handed over: it went another way", remedy=_FROM_THE_LIST)
        if row.state not in _LISTED:
            raise OutreachError(
                f"this stands in no list yet, or in none at all: it is {row.state}",
                remedy="Look with `outreach deliveries`; what is being handed over right now can be confirmed later.",
            )
        return row

    def _write(self, row: Row[Any], result: str) -> bool:
        """Returns whether it is new."""
        if row.state == "in_doubt":
            # Who speaks of a line has it before them.
            left = self._rules.left(row.id, row.release_id, row.remind_days, row.dispatched_at or self._now)
            attempts.sent(Driver.of(self._connection), "", [left], row.dispatched_at or self._now)
        is_known = row.is_confirmed if result == DONE else (row.state, row.reason) == ("bounced", result)
        if is_known:
            return False
        state, reason, kind = ("sent", None, "confirmed") if result == DONE else ("bounced", result, "bounced")
        changed = update(delivery).where(delivery.c.id == row.id).values(state=state, reason=reason)
        self._connection.execute(changed)
        self._connection.execute(insert(receipt).values(delivery=row.id, at=self._now, kind=kind))
        return True


def _result(written: str) -> str:
    """The result that was written, whatever its letters' case."""
    result = "_".join(written.casefold().replace("-", " ").replace("_", " ").split())
    if result not in RESULTS:
        raise OutreachError(f"there is no result {shown(written)}", remedy=advice(result, RESULTS, "results"))
    return result
