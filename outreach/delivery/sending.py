"""Sending what dispatch let go: claim, compose, write down the attempt, hand over, write down what came of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from outreach.definitions.model import Definitions
from outreach.delivery import attempts, batches, receipts
from outreach.delivery.assembling import Assembled, Assembler, Ready
from outreach.delivery.channels.base import Channel, Deferred, InDoubt, NothingLeftError, Progress, Rejected, Sent
from outreach.delivery.leases import owner as this_sender
from outreach.delivery.receipts import Rules, Settled
from outreach.storage.database import Database

if TYPE_CHECKING:
    from outreach.rendering.composer import Composer

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SendCounts:
    """What came of a call of `send_dispatched`."""

    sent: int = 0
    rejected: int = 0
    in_doubt: int = 0
    #: Not taken now; they are planned again for later.
    deferred: int = 0
    #: Not sent after all, by reason: what changed between dispatch and sending.
    skipped: Counter[str] = field(default_factory=Counter)


def send_dispatched(
    database: Database,
    composers: Callable[[int], Composer],
    channel: Channel,
    definitions: Callable[[int], Definitions],
    clock: Callable[[], datetime],
    secret: bytes,
    progress: Progress | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
    owner: str | None = None,
) -> SendCounts:
    """Send all that dispatch let go, until nothing is left, the channel is down, or `stop` says so.

    `stop` is asked between groups. Several may do this at once on one database. `composers` and `definitions` go by
    release id; `owner` names this sender, by default after its machine, process and thread. `progress` is told how
    many deliveries something came of since it was told last.

    Raises:
        OutreachError: the channel cannot work until somebody changes something. What was claimed is given back.
    """
    with database.reading() as connection:
        if not batches.any_ready(connection):
            return SendCounts()
    assembler = Assembler(composers, definitions, secret)
    rules = Rules.of(definitions)
    sender = _Sender(database, assembler, channel, clock, rules, stop, owner or this_sender())
    channel.open()
    try:
        for done in sender.run():
            if progress:
                progress(done)
    finally:
        channel.close()
    return sender.counts


class _Sender:
    """One sender at work: what it holds between batches."""

    def __init__(
        self,
        database: Database,
        assembler: Assembler,
        channel: Channel,
        clock: Callable[[], datetime],
        rules: Rules,
        stop: Callable[[], bool],
        owner: str,
    ) -> None:
        self._database = database
        self._assembler = assembler
        self._channel = channel
        self._clock = clock
        self._rules = rules
        self._stop = stop
        self._owner = owner
        self.counts = SendCounts()

    def run(self) -> Iterator[int]:
        """Send batch after batch; yields how many deliveries were done since the last time."""
        while not self._ends and (batch := self._next()):
            yield from self._send(batch)

    @property
    def _ends(self) -> bool:
        return self._channel.down or self._stop()

    def _next(self) -> Assembled | None:
        moment = self._clock()
        with self._database.writing() as connection:
            rows = batches.claim(connection, self._owner, moment, self._channel.patience)
        if not rows:
            return None
        # Composing holds no lock: others write meanwhile.
        with self._database.reading() as connection:
            batch = self._assembler.assemble(connection, rows, moment)
        if batch.stopped:
            with self._database.writing() as connection:
                receipts.record_stopped(connection, batch.stopped, moment)
            self._count_stopped(batch)
        return batch

    def _send(self, batch: Assembled) -> Iterator[int]:
        waiting, settled = batch.ready, list[Settled]()
        size = self._channel.group
        try:
            while waiting and not self._ends:
                # One commit for what came of the last group and for the attempts of the next.
                group = self._attempt(waiting[:size], settled)
                settled, waiting = [], waiting[size:]
                settled = self._hand_over(group)
                yield len(group)
        finally:
            self._leave(settled, waiting)

    def _attempt(self, group: Sequence[Ready], settled: Sequence[Settled]) -> list[Ready]:
        with self._database.writing() as connection:
            receipts.record(connection, settled, self._clock(), self._rules)
            mine = attempts.attempt(connection, self._owner, self._channel.name, group, self._channel.patience)
        return [made for made in group if made.row.id in mine]

    def _hand_over(self, group: Sequence[Ready]) -> list[Settled]:
        try:
            results = self._channel.send([made.mail for made in group])
        except NothingLeftError:
            with self._database.writing() as connection:
                attempts.unattempt(connection, self._owner, [made.row.id for made in group])
            raise
        settled = [Settled(made.row, result) for made, result in zip(group, results, strict=True)]
        self._count(settled)
        return settled

    def _leave(self, settled: Sequence[Settled], waiting: Sequence[Ready]) -> None:
        """Write down the last group, and give back what was not attempted."""
        with self._database.writing() as connection:
            receipts.record(connection, settled, self._clock(), self._rules)
            batches.release(connection, self._owner, [made.row.id for made in waiting])

    def _count(self, settled: Sequence[Settled]) -> None:
        for _, result in settled:
            match result:
                case Sent():
                    self.counts.sent += 1
                case Rejected():
                    self.counts.rejected += 1
                case InDoubt():
                    self.counts.in_doubt += 1
                case Deferred():
                    self.counts.deferred += 1

    def _count_stopped(self, batch: Assembled) -> None:
        for one in batch.stopped:
            if one.state == "rejected":
                self.counts.rejected += 1
            else:
                self.counts.skipped[one.reason] += 1
