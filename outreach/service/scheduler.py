"""`outreach serve`: APScheduler wakes one tick, again and again, until the process is asked to end.

What a tick let go is sent beside it, so that a mailing that takes an hour keeps no newcomer's welcome waiting.

The scheduler keeps nothing: one job in memory, run once however many of its times were missed, never twice at a time.
What is due is decided by the tick from the ledger, so that a late wake, an extra wake or cron beside it change nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]  # 3.x has no types
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

from outreach.errors import OutreachError
from outreach.logs import counts
from outreach.service.ending import asked_to_end
from outreach.service.health import Watch

_log = logging.getLogger(__name__)

#: Does everything that is due; its argument says whether to come to an end, and is asked between groups of messages.
#: What it returns is logged: a dataclass of counts, or nothing.
Tick = Callable[[Callable[[], bool]], object]

#: Time between two ticks.
INTERVAL = timedelta(minutes=1)
#: Seconds between two looks at what others let go.
_IDLE = 2.0
#: Seconds that an alarm waits for others.
_TOGETHER = 0.05


def new_watches(started_at: datetime, every: timedelta = INTERVAL) -> dict[str, Watch]:
    """What keeps the health of the two loops: the ticks, and the sending beside them."""
    return {"tick": Watch(started_at, every=every), "sending": Watch(started_at)}


def serve(
    tick: Tick,
    send: Tick | None = None,
    *,
    every: timedelta = INTERVAL,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    watches: Mapping[str, Watch] | None = None,
    ending: threading.Event | None = None,
    alarm: Alarm | None = None,
    errands: Tick | None = None,
) -> None:
    """Tick at once and then at each interval, until SIGTERM or SIGINT (or `ending`); what is in hand ends in peace.

    `send` is called after each tick, and between ticks to see whether somebody else let something go. A tick that
    fails is logged, and the next one tries again. `alarm` asks for another one before its time; `errands` are done
    beside the ticks and as often, as they may wait for others. How both are doing is told to `watches`
    (`new_watches`). Call it in the main thread, which alone gets signals.
    """
    ending = ending or threading.Event()
    watches = watches or new_watches(clock(), every)
    mailroom = _Mailroom(send, clock, watches["sending"], ending) if send else None
    job = _Job("tick", tick, clock, watches["tick"], ending.is_set, mailroom.wake if mailroom else None)
    doorman = _Doorman(alarm, job, ending) if alarm else None
    # In UTC, whose days all have 24 hours: what a local day is, the tick knows.
    scheduler = BackgroundScheduler(
        timezone=UTC, executors={"default": ThreadPoolExecutor(1), "errands": ThreadPoolExecutor(1)}
    )
    jobs = {"default": job}
    if errands:
        jobs["errands"] = _Job("errands", errands, clock, Watch(clock()), ending.is_set, is_quiet=True)
    for executor, each in jobs.items():
        scheduler.add_job(
            each, IntervalTrigger(seconds=every.total_seconds(), timezone=UTC), next_run_time=clock(),
            executor=executor, coalesce=True, max_instances=1, misfire_grace_time=None,
        )  # fmt: skip
    with asked_to_end(ending):
        scheduler.start()
        if mailroom:
            mailroom.start()
        if doorman:
            doorman.start()
        _log.info("serving", extra={"every_seconds": every.total_seconds()})
        try:
            # Again and again: a signal that another thread was given is heard by this one when it wakes.
            while not ending.wait(_IDLE):
                pass
        finally:
            _log.info("ending")
            scheduler.shutdown(wait=True)
            if alarm and doorman:
                alarm.ring()
                doorman.join()
            if mailroom:
                mailroom.wake()
                mailroom.join()
    _log.info("ended", extra={"ticks": watches["tick"].health.ticks})


class Alarm:
    """Rung where something came in that must not wait for the next tick; `what` is done then."""

    def __init__(self, what: Tick) -> None:
        self.what = what
        self._bell = threading.Event()

    def ring(self) -> None:
        """Ask for a tick; it begins after this moment."""
        self._bell.set()

    def wait(self) -> None:
        """Until it is rung; what is rung while something is done is heard afterwards."""
        self._bell.wait()
        self._bell.clear()


class _Doorman(threading.Thread):
    """Does what an alarm asks for, between the ticks and never beside one."""

    def __init__(self, alarm: Alarm, job: _Job, ending: threading.Event) -> None:
        super().__init__(name="doorman")
        self._alarm = alarm
        self._job = job
        self._ending = ending

    def run(self) -> None:
        while not self._ending.is_set():
            self._alarm.wait()
            # Those that come together are planned together.
            self._ending.wait(_TOGETHER)
            self._job(self._alarm.what)


class _Mailroom(threading.Thread):
    """Sends what was let go, again and again."""

    def __init__(self, send: Tick, clock: Callable[[], datetime], watch: Watch, ending: threading.Event) -> None:
        super().__init__(name="mailroom")
        self._job = _Job("sent", send, clock, watch, ending.is_set, is_quiet=True)
        self._ending = ending
        self._bell = threading.Event()

    def wake(self) -> None:
        """Something was let go."""
        self._bell.set()

    def run(self) -> None:
        while not self._ending.is_set():
            self._bell.wait(_IDLE)
            self._bell.clear()
            self._job()


class _Job:
    """One wake: the work, what came of it in the log, and never an exception."""

    def __init__(
        self,
        name: str,
        tick: Tick,
        clock: Callable[[], datetime],
        watch: Watch,
        stop: Callable[[], bool],
        then: Callable[[], None] | None = None,
        *,
        is_quiet: bool = False,
    ) -> None:
        """`is_quiet`: a round in which nothing happened is not told."""
        self._name = name
        self._tick = tick
        self._then = then
        self._clock = clock
        self._watch = watch
        self._stop = stop
        self._is_quiet = is_quiet
        self._turn = threading.Lock()

    def __call__(self, instead: Tick | None = None) -> None:
        """Do it, or something `instead`, when nobody else is at it."""
        with self._turn:
            if not self._stop():
                self._do(instead or self._tick)

    def _do(self, tick: Tick) -> None:
        self._watch.beat()
        began = time.monotonic()
        try:
            report = tick(self._asked)
        except OutreachError as error:
            self._watch.failed(type(error).__name__, time.monotonic() - began)
            # What the operator must do, not where in the code it was found.
            _log.error(
                "%s failed", self._name, extra={"what": error.what, "where": error.where, "remedy": error.remedy}
            )
        except Exception as error:  # noqa: BLE001  # whatever it was, the service stays and tries again
            self._watch.failed(type(error).__name__, time.monotonic() - began)
            _log.exception("%s failed", self._name)
        else:
            self._watch.ticked(self._clock(), time.monotonic() - began)
            self._tell(counts(report))
            if self._then:
                self._then()

    def _tell(self, fields: dict[str, object]) -> None:
        if fields or not self._is_quiet:
            _log.info(self._name, extra=fields)

    def _asked(self) -> bool:
        """Whether to come to an end; one that asks is one that moves on."""
        self._watch.beat()
        return self._stop()
