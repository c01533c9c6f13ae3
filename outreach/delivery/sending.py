"""Sending what dispatch let go: claim, compose, write down the attempt, hand over, write down what came of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

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
    #: Whether it ended because the channel found nobody to hand messages to; all that is left waits.
    down: bool = False
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
    sender = _Sender(database, assembler, channel, clock, rules, stop, progress or _unseen, owner or this_sender())
    channel.open()
    try:
        sender.run()
    finally:
        channel.close()
    return sender.counts


def _unseen(_done: int) -> None:
    """Nobody watches."""


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
        progress: Progress,
        owner: str,
    ) -> None:
        self._database = database
        self._assembler = assembler
        self._channel = channel
        self._clock = clock
        self._rules = rules
        self._stop = stop
        self._progress = progress
        self._owner = owner
        self._size = min(batches.SIZE, batches.GROUPS * channel.group)
        #: What came of the last group: written down with whatever is written next.
        self._settled: list[Settled] = []
        self.counts = SendCounts()

    def run(self) -> None:
        """Send batch after batch."""
        try:
            while not self._ends and (batch := self._next()):
                self._send(batch.ready)
        finally:
            with self._writing():
                pass
        self.counts.down = self._channel.down

    @property
    def _ends(self) -> bool:
        return self._channel.down or self._stop()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that also records the last group: one commit for what came in and what goes out."""
        with self._database.writing() as connection:
            if self._settled:
                receipts.record(connection, self._settled, self._clock(), self._rules)
            yield connection
        self._settled = []

    def _next(self) -> Assembled | None:
        moment = self._clock()
        with self._writing() as connection:
            rows = batches.claim(connection, self._owner, moment, self._size)
        if not rows:
            return None
        # Composing holds no lock: others write meanwhile.
        with self._database.reading() as connection:
            batch = self._assembler.assemble(connection, rows, moment)
        if batch.stopped:
            with self._writing() as connection:
                receipts.record_stopped(connection, batch.stopped, moment)
            self._count_stopped(batch)
            self._progress(len(batch.stopped))
        return batch

    def _send(self, waiting: Sequence[Ready]) -> None:
        size = self._channel.group
        try:
            while waiting and not self._ends:
                group, waiting = self._attempt(waiting[:size]), waiting[size:]
                self._hand_over(group)
                self._progress(len(group))
        finally:
            if waiting:
                with self._writing() as connection:
                    batches.release(connection, self._owner, [made.row.id for made in waiting])

    def _attempt(self, group: Sequence[Ready]) -> list[Ready]:
        with self._writing() as connection:
            mine = attempts.attempt(connection, self._owner, self._channel.name, group, self._channel.patience)
        return [made for made in group if made.row.id in mine]

    def _hand_over(self, group: Sequence[Ready]) -> None:
        try:
            results = self._channel.send([made.mail for made in group])
        except NothingLeftError:
            with self._writing() as connection:
                attempts.unattempt(connection, self._owner, [made.row.id for made in group])
            raise
        self._settled = [Settled(made.row, result) for made, result in zip(group, results, strict=True)]
        self._count()

    def _count(self) -> None:
        for _, result in self._settled:
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
