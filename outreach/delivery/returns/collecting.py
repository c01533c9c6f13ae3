"""Collecting: mails are taken from a source, settled some at a time, and put away once that is committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from outreach.delivery.returns.nouns import Returned
from outreach.delivery.returns.reading import read
from outreach.delivery.returns.settling import Outcome, Settlement, Settler
from outreach.delivery.returns.sources.base import Found, Place, Source
from outreach.storage.database import Database
from outreach.storage.locks import held

#: Mails settled in one transaction.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Told:
    """One mail, as it is reported: nothing in it is about a person."""

    #: As its source calls it.
    mail: str
    kind: str
    reason: str
    code: str
    outcome: Outcome
    #: Key of the delivery that it is about; empty: it is about none of ours.
    delivery: str
    suppressed: bool


@dataclass(slots=True)
class Collected:
    """What was found and what came of it."""

    #: By kind.
    kinds: Counter[str] = field(default_factory=Counter)
    #: By outcome.
    outcomes: Counter[str] = field(default_factory=Counter)
    #: Addresses that are no longer written to.
    suppressed: int = 0
    #: Kept aside, or left, for somebody to look at.
    to_look_at: int = 0
    mails: list[Told] = field(default_factory=list)

    def add(self, found: Found, settlement: Settlement) -> None:
        """Count one."""
        mail = settlement.mail
        self.kinds[mail.kind] += 1
        self.outcomes[settlement.outcome] += 1
        self.suppressed += settlement.suppressed
        self.to_look_at += mail.kind in ("other", "unreadable")
        self.mails.append(
            Told(
                found.name, mail.kind, mail.reason, mail.code, settlement.outcome, settlement.key, settlement.suppressed
            )
        )


def collect(
    database: Database, source: Source, settler: Settler, now: datetime, stop: Callable[[], bool] = lambda: False
) -> Collected | None:
    """Settle what lies in a source that others may read, too; None while another process does.

    Raises:
        OutreachError: the source cannot be read. What was settled until then is.
    """
    with held(database, "returns") as free:
        return take(database, source, settler, now, stop) if free else None


def take(
    database: Database, source: Source, settler: Settler, now: datetime, stop: Callable[[], bool] = lambda: False
) -> Collected:
    """Settle what lies in a source: some mails in a transaction, put away when it is committed."""
    done = Collected()
    mails = source.mails()
    while not stop() and (batch := list(islice(mails, BATCH))):
        said = [read(found.raw) for found in batch]
        with database.writing() as connection:
            settlements = settler.settle(connection, said, now)
        for found, settlement in zip(batch, settlements, strict=True):
            done.add(found, settlement)
            source.put(found, _place(settlement))
    return done


def look(source: Source) -> Iterator[tuple[Found, Returned]]:
    """What lies in a source, read and left as it is."""
    for found in source.mails():
        yield found, read(found.raw)


def _place(settlement: Settlement) -> Place:
    if settlement.outcome == "later":
        return "later"
    if settlement.mail.kind == "unreadable":
        return "aside"
    return "other" if settlement.mail.kind == "other" else "settled"
