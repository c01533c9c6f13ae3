"""Several processes that send at once, for a large sending: one for each core.

The process that was asked to send is one of them. The others are told of an end and tell what they did over a pipe;
they are senders in their own right, so that the ledger stays right whichever of them dies.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from outreach import logs
from outreach.collecting import collect_seldom
from outreach.delivery.counts import SendCounts
from outreach.delivery.tally import Tally
from outreach.errors import OutreachError
from outreach.installation import Installation
from outreach.settings import Settings

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

_log = logging.getLogger(__name__)

#: Messages that wait, from which on a process more is worth its start: it takes about a second.
WORTH_IT = 2_000
#: Seconds between two looks at members that are still at work.
_LOOK = 0.2
#: Seconds between two times that a member tells what it counted.
_TELL = 2.0


@dataclass(frozen=True, slots=True)
class Orders:
    """What a member is told: where to work, and as if it were when."""

    root: Path
    settings: Settings
    #: None: by the clock.
    at: datetime | None
    #: Members, all together.
    size: int
    insists: bool


def send(
    installation: Installation,
    at: datetime | None,
    *,
    progress: Callable[[int], None] = lambda _done: None,
    stop: Callable[[], bool] = lambda: False,
    insists: bool = True,
    tally: Tally | None = None,
) -> SendCounts:
    """Send all that dispatch let go, by as many processes as it is worth."""
    size = _size(installation)
    if size == 1:
        return installation.send(installation.database, clock_of(at), progress, stop, insists=insists, tally=tally)
    return _send(
        installation, Orders(installation.root, installation.settings, at, size, insists), progress, stop, tally
    )


def _send(
    installation: Installation,
    orders: Orders,
    progress: Callable[[int], None],
    stop: Callable[[], bool],
    tally: Tally | None,
) -> SendCounts:
    from multiprocessing.connection import wait

    tally = Tally() if tally is None else tally
    members = [Member(orders, tally) for _ in range(orders.size - 1)]

    def both(done: int) -> None:
        progress(done + sum(member.news(0) for member in members))

    try:
        counts = installation.send(
            installation.database, clock_of(orders.at), both, stop, siblings=orders.size, insists=orders.insists,
            tally=tally,
        )  # fmt: skip
        while at_work := [member for member in members if not member.is_done]:
            wait([member.pipe for member in at_work], timeout=_LOOK)
            both(0)
            if stop():
                _end(members)
    finally:
        _end(members)
    for member in members:
        member.join()
        counts.merge(member.counts)
    return counts


def _end(members: list[Member]) -> None:
    for member in members:
        member.end()


def _size(installation: Installation) -> int:
    from outreach.delivery import batches

    most = installation.settings.senders
    if most == 1:
        return 1
    with installation.database.reading() as connection:
        waiting = batches.ready(connection, installation.channel().name, WORTH_IT * most)
    return max(1, min(most, waiting // WORTH_IT))


def clock_of(at: datetime | None) -> Callable[[], datetime]:
    """The clock of who sends as if it were `at`; None: as it is."""
    return (lambda: datetime.now(UTC)) if at is None else (lambda: at)


class Member:
    """Another process that sends, as this one sees it."""

    def __init__(self, orders: Orders, tally: Tally) -> None:
        import multiprocessing

        # A process that knows nothing of this one's threads and connections.
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.is_done = False
        self.counts = SendCounts()
        #: What it counts is counted there, too.
        self._tally = tally
        self._process: SpawnProcess = context.Process(target=_work, args=(orders, theirs), daemon=True)
        self._process.start()
        theirs.close()

    def news(self, seconds: float) -> int:
        """How many deliveries something came of since it was asked last."""
        done = 0
        try:
            while not self.is_done and self.pipe.poll(seconds):
                match self.pipe.recv():
                    case int() as more:
                        done += more
                    case Tally() as counted:
                        self._tally.merge(counted)
                    case SendCounts() as counts:
                        self.counts = counts
                        self.is_done = True
        except EOFError:
            _log.error("a sending process died; what it held is settled by the next run")
            self.is_done = True
        return done

    def end(self) -> None:
        """Ask it to come to an end."""
        if not self.is_done:
            try:
                self.pipe.send(None)
            except OSError:
                self.is_done = True

    def join(self) -> None:
        """Wait until it is gone."""
        while not self.is_done:
            self.news(_LOOK)
        self._process.join()
        self.pipe.close()


def _work(orders: Orders, pipe: Connection) -> None:
    """What a member does. Signals go to whole groups: the process that asked says when to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    logs.begin(orders.settings.log)
    collect_seldom()
    parent, counts, tally, told_at = os.getppid(), SendCounts(), Tally(), time.monotonic()

    def stop() -> bool:
        return pipe.poll() or os.getppid() != parent

    def tell(done: int) -> None:
        nonlocal told_at
        pipe.send(done)
        if time.monotonic() - told_at > _TELL:
            pipe.send(tally.take())
            told_at = time.monotonic()

    installation = Installation.open(orders.root, orders.settings)
    try:
        counts = installation.send(
            installation.database, clock_of(orders.at), tell, stop, siblings=orders.size, insists=orders.insists,
            tally=tally,
        )  # fmt: skip
    except OutreachError as error:
        _log.error("%s", error.what, extra={"where": error.where, "remedy": error.remedy})
    finally:
        installation.close()
        pipe.send(tally.take())
        pipe.send(counts)
