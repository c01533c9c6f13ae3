"""The ledger's side of a channel at work: claims ahead, composes when asked, and makes the commit that lets go.

A message is claimed (others leave it alone), taken (the channel has it), attempted (the commit says that it may leave)
and settled (the next commit says what came of it). Whatever was claimed and not attempted is given back at the end.
"""

from __future__ import annotations

import math
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection

from outreach.delivery import attempts, batches, pacing, presence, receipts
from outreach.delivery.assembling import Assembler, Batch, Ready, Stopped
from outreach.delivery.batches import Claimed
from outreach.delivery.channels import base
from outreach.delivery.channels.base import Channel, Deferred, InDoubt, Progress, Rejected, Sent
from outreach.delivery.counts import SendCounts
from outreach.delivery.heart import ASK_AGAIN, Heart
from outreach.delivery.mark import Mark
from outreach.delivery.patience import Patience
from outreach.delivery.receipts import Rules, Settled
from outreach.delivery.refusals import Refusals
from outreach.delivery.tally import Tally
from outreach.delivery.telling import tell
from outreach.storage.database import Database
from outreach.storage.driver import Driver, Writer

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Tools:
    """What a sender works with."""

    database: Database
    channel: Channel
    assembler: Assembler
    rules: Rules
    #: By which addresses are hashed.
    secret: bytes
    clock: Callable[[], datetime]
    stop: Callable[[], bool]
    counts: SendCounts
    progress: Progress
    tally: Tally
    refusals: Refusals
    mark: Mark
    #: `run` or `worker`.
    kind: str
    #: How many senders were started together with this one, itself counted.
    siblings: int


class LedgerJournal:
    """A `Journal` on the ledger, for one sender and one channel."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._channel = tools.channel
        self._clock = tools.clock
        self.owner = presence.new_owner()
        self._sender = attempts.Sender(self.owner, tools.channel.name, tools.mark)
        self._writer = Writer(tools.database)
        self._heart = Heart(tools.database, self.owner, tools.channel, tools.mark, tools.kind, tools.siblings)
        #: Claimed, not composed yet.
        self._claimed: deque[Claimed] = deque()
        self._batch = Batch({}, frozenset(), {}, frozenset(), {})
        #: Seconds (monotonic) at which the last batch was claimed.
        self._claimed_at = -math.inf
        self._moment = tools.clock()
        #: Taken by the channel and not settled, by key.
        self._taken: dict[str, Ready] = {}
        self._attempted: set[str] = set()
        #: To be written down with the next commit.
        self._stopped: list[Stopped] = []
        self._settled: list[Settled] = []
        #: Seconds (monotonic) at which the next message may leave, and from one to the next.
        self._turn, self._step = 0.0, 1 / tools.channel.rate if tools.channel.rate else 0.0

    # --- what the channel sees ---------------------------------------------------------------------------

    @property
    def stop(self) -> bool:
        return self._tools.stop()

    @property
    def connections(self) -> int:
        return self._heart.connections

    def next(self) -> Mail | float | None:
        if self._tools.stop():
            return None
        if not self.connections:
            return ASK_AGAIN if self._patiently(self._is_anything_left) else None
        while self._claimed or self._claim():
            if self._step and (wait := self._turn - time.monotonic()) > 0:
                return wait
            made = self._compose(self._claimed.popleft())
            if made is not None:
                self._turn += self._step
                self._taken[made.mail.key] = made
                return made.mail
        return None

    def commit(
        self, settled: Sequence[base.Settled], leaving: Sequence[Mail], meanwhile: Callable[[], None] = base.nothing
    ) -> Collection[str]:
        self._settled += [Settled(self._taken[mail.key], result) for mail, result in settled]
        made, once = [self._taken[mail.key] for mail in leaving], _Once(meanwhile)
        allowed = self._patiently(lambda: self._write(made, once))
        once()
        for one in made:
            if one.row.id in allowed:
                self._attempted.add(one.mail.key)
            else:
                del self._taken[one.mail.key]
        return self._attempted

    def answered(self, seconds: float) -> None:
        self._tools.tally.took(self._channel.name, seconds)

    def unattempt(self, mails: Sequence[Mail]) -> None:
        made = [self._taken.pop(mail.key) for mail in mails]
        self._attempted.difference_update(mail.key for mail in mails)
        with self._tools.database.writing() as connection:
            attempts.unattempt(connection, self.owner, made)

    # --- beginning and ending ----------------------------------------------------------------------------

    def begin(self) -> None:
        """Be known as a sender, and have a share of the connections."""
        self._heart.start(self._patiently)

    def finish(self) -> None:
        """Write down what is left to write, give back what was not attempted, and go."""

        def end(connection: Connection) -> None:
            batches.release(connection, self.owner, [row.id for row in self._unattempted()])
            presence.leave(connection, self.owner)

        try:
            self._patiently(lambda: self._write([], base.nothing))
        finally:
            self._writer.close()
            self._heart.stop()
        self._patiently(lambda: self._in_transaction(end))

    def _unattempted(self) -> list[Claimed]:
        taken = [made.row for key, made in self._taken.items() if key not in self._attempted]
        return [*self._claimed, *taken]

    # --- claiming and composing --------------------------------------------------------------------------

    def _is_anything_left(self) -> bool:
        if self._claimed:
            return True
        with self._tools.database.reading() as connection:
            return bool(batches.ready(connection, self._channel.name))

    def _claim(self) -> bool:
        return self._patiently(self._claim_batch)

    def _claim_batch(self) -> bool:
        self._moment, since = self._clock(), time.monotonic() - self._claimed_at
        size = batches.SIZE * (2 if since < _QUICK else 1)
        while not self._claimed:
            with self._tools.database.writing() as connection:
                number, wait = pacing.speak_for(connection, self._channel.server, self._channel.rate, size)
                rows = batches.claim(connection, self.owner, self._channel.name, self._moment, number)
            self._turn = time.monotonic() + wait
            if not rows:
                return False
            self._claimed.extend(self._not_taken(rows))
        # Reading holds no lock: others write meanwhile.
        with self._tools.database.reading() as connection:
            self._batch = self._tools.assembler.read(connection, self._claimed)
        self._claimed_at = time.monotonic()
        return True

    def _not_taken(self, rows: Sequence[Claimed]) -> Sequence[Claimed]:
        """Those that are not under way already: while this sender was taken for dead, its messages were let go anew."""
        taken = {made.row.id for made in self._taken.values()}
        return [row for row in rows if row.id not in taken]

    def _compose(self, row: Claimed) -> Ready | None:
        if row.campaign in self._tools.refusals.paused:
            self._patiently(lambda: self._in_transaction(lambda c: batches.release(c, self.owner, [row.id])))
            return None
        made = self._tools.assembler.compose(row, self._batch, self._moment)
        if isinstance(made, Ready):
            return made
        self._stopped.append(made)
        return None

    # --- the commit --------------------------------------------------------------------------------------

    def _write(self, made: Sequence[Ready], meanwhile: Callable[[], None]) -> Collection[int]:
        """The one commit: what came in, and what goes out."""
        settled, stopped = self._settled.copy(), self._stopped.copy()
        if not (made or settled or stopped):
            return ()
        moment = self._clock()
        sent = [made.row for made, result in settled if isinstance(result, Sent)]
        if len(sent) == len(settled) and not stopped:
            with self._writer.transaction(meanwhile) as driver:
                allowed = self._write_plain(driver, sent, made, moment)
        else:
            with self._tools.database.writing() as connection:
                others = [one for one in settled if not isinstance(one.result, Sent)]
                rules, secret = self._tools.rules, self._tools.secret
                receipts.record(connection, self.owner, self._channel.name, others, moment, rules, secret)
                receipts.record_stopped(connection, self.owner, stopped, moment, rules)
                allowed = self._write_plain(Driver.of(connection), sent, made, moment)
        # What is composed meanwhile may stop more of them.
        del self._settled[: len(settled)], self._stopped[: len(stopped)]
        self._tools.mark.keep()
        self._count(settled, stopped)
        return allowed

    def _write_plain(
        self, driver: Driver, sent: Sequence[Claimed], made: Sequence[Ready], moment: datetime
    ) -> Collection[int]:
        """What nearly every commit is all about."""
        left = [self._tools.rules.left(row.id, row.release_id, row.remind_days, moment) for row in sent]
        return attempts.exchange(driver, self._sender, left, made, moment)

    def _count(self, settled: Sequence[Settled], stopped: Sequence[Stopped]) -> None:
        channel = self._channel.name
        for made, result in settled:
            del self._taken[made.mail.key]
            self._attempted.discard(made.mail.key)
            tell(made.mail.key, channel, _STATES[type(result)], getattr(result, "code", ""))
        for one in stopped:
            tell(one.row.key, channel, one.state, one.reason)
        states = [(made.row.campaign, _STATES[type(result)]) for made, result in settled]
        for (campaign, state), number in Counter(states + [(one.row.campaign, one.state) for one in stopped]).items():
            self._tools.tally.add(channel, campaign, state, number)
        self._tools.counts.add([result for _, result in settled], [(one.state, one.reason) for one in stopped])
        if settled or stopped:
            self._tools.progress(len(settled) + len(stopped))
        for campaign in self._tools.refusals.count(settled):
            self._patiently(partial(self._in_transaction, partial(self._pause, campaign)))

    def _pause(self, campaign: str, connection: Connection) -> None:
        self._tools.refusals.pause(connection, campaign, self._clock())

    # --- the database ------------------------------------------------------------------------------------

    def _in_transaction(self, work: Callable[[Connection], None]) -> None:
        with self._tools.database.writing() as connection:
            work(connection)

    def _patiently(self, work: Callable[[], _T]) -> _T:
        """Do it, again and again while the database is away; all of it may be done twice."""
        patience = Patience()
        while True:
            try:
                return work()
            except Exception as error:  # noqa: BLE001  # judged by Patience, which raises what is not its own
                patience.wait(error)


class _Once:
    """Work that is done at the first call, and at no other."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work

    def __call__(self) -> None:
        work, self._work = self._work, base.nothing
        work()


#: Seconds in which who sends quickly is through with a batch.
_QUICK = 0.25
_STATES = {Sent: "sent", Deferred: "deferred", Rejected: "rejected", InDoubt: "in_doubt"}
