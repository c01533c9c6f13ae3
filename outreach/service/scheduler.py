"""`outreach serve`: APScheduler wakes one tick, again and again, until the process is asked to end.

The scheduler keeps nothing: one job in memory, run once however many of its times were missed, never twice at a time.
What is due is decided by the tick from the ledger, so that a late wake, an extra wake or cron beside it change nothing.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]  # 3.x has no types
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from outreach.errors import OutreachError
from outreach.service.health import Watch

_log = logging.getLogger(__name__)

#: Does everything that is due; its argument says whether to come to an end, and is asked between groups of messages.
#: What it returns is logged: a dataclass of counts, or nothing.
Tick = Callable[[Callable[[], bool]], object]

#: Time between two ticks.
INTERVAL = timedelta(minutes=1)
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def serve(
    tick: Tick,
    *,
    every: timedelta = INTERVAL,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    watch: Watch | None = None,
    ending: threading.Event | None = None,
) -> None:
    """Tick at once and then at each interval, until SIGTERM or SIGINT (or `ending`); the tick in hand ends in peace.

    A tick that fails is logged, and the next one tries again. Call it in the main thread, which alone gets signals.
    """
    ending = ending or threading.Event()
    watch = watch or Watch(clock())
    job = _Job(tick, clock, watch, ending.is_set)
    # In UTC, whose days all have 24 hours: what a local day is, the tick knows.
    scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)})
    scheduler.add_job(
        job, IntervalTrigger(seconds=every.total_seconds(), timezone=UTC), next_run_time=clock(),
        coalesce=True, max_instances=1, misfire_grace_time=None,
    )  # fmt: skip
    with _signals(ending):
        scheduler.start()
        _log.info("serving", extra={"every_seconds": every.total_seconds()})
        try:
            ending.wait()
        finally:
            _log.info("ending")
            scheduler.shutdown(wait=True)
    _log.info("ended", extra={"ticks": watch.health.ticks})


class _Job:
    """One wake: the tick, what came of it in the log, and never an exception."""

    def __init__(self, tick: Tick, clock: Callable[[], datetime], watch: Watch, stop: Callable[[], bool]) -> None:
        self._tick = tick
        self._clock = clock
        self._watch = watch
        self._stop = stop

    def __call__(self) -> None:
        if self._stop():
            return
        try:
            report = self._tick(self._stop)
        except OutreachError as error:
            self._watch.failed(type(error).__name__)
            # What the operator must do, not where in the code it was found.
            _log.error("tick failed", extra={"what": error.what, "where": error.where, "remedy": error.remedy})
        except Exception as error:  # noqa: BLE001  # whatever it was, the service stays and tries again
            self._watch.failed(type(error).__name__)
            _log.exception("tick failed")
        else:
            self._watch.ticked(self._clock())
            _log.info("tick", extra=_fields(report))


def _fields(report: object) -> dict[str, object]:
    """The report's counts under names that no log record has."""
    if not is_dataclass(report) or isinstance(report, type):
        return {}
    return {name: value for name, value in asdict(report).items() if value}


@contextmanager
def _signals(ending: threading.Event) -> Iterator[None]:
    """For the length of the block the signals that ask a process to end set the event.

    A second Ctrl-C ends it at once. A second SIGTERM does not: supervisors send it to a process and again to its group.
    """

    def ask(number: int, _frame: FrameType | None) -> None:
        ending.set()
        if number == signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
