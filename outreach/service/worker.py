"""One process of `outreach worker`: woken by jobs it sends what is ready in the ledger, and nothing is lost with a job,
because it looks at the ledger when it starts and from time to time.

Where something fails that nobody foresaw, it stops sending in peace and ends; whoever started it starts another.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from outreach import logs
from outreach.collecting import collect_seldom
from outreach.delivery import batches, presence
from outreach.delivery.counts import SendCounts
from outreach.delivery.engines import distributed
from outreach.delivery.engines.jobs import Jobs
from outreach.delivery.engines.tables import ensure_tables
from outreach.delivery.recovery import is_needed
from outreach.delivery.tally import Tally
from outreach.errors import OutreachError
from outreach.installation import Installation
from outreach.service.ending import asked_to_end
from outreach.service.signs import Round, Signs
from outreach.settings import Settings
from outreach.storage.locks import held

_log = logging.getLogger(__name__)


def prepare(installation: Installation) -> None:
    """See that workers can work here, and make what they need.

    Raises:
        OutreachError: they cannot.
    """
    if not installation.database_url.startswith("postgresql"):
        raise OutreachError(
            "workers need a database that all machines reach, and this one is a file of SQLite",
            remedy="Set OUTREACH_DATABASE_URL=postgresql://…; or run `outreach serve`, which sends by itself.",
        )
    if not (installation.settings.smtp_url or installation.settings.outbox):
        raise OutreachError(
            "no mail server is set: what this worker takes would end in a folder of this machine",
            remedy="Set OUTREACH_SMTP_URL. If a folder is what you want, set OUTREACH_OUTBOX.",
        )
    ensure_tables(installation.database)


def work(pipe: Connection, root: Path, settings: Settings, every: timedelta) -> None:
    """Send from the installation in that folder until SIGTERM or SIGINT, or until the process that started it is gone.

    `every` so often it looks at the ledger unasked. `Signs` of life go into the pipe.
    """
    logs.begin(settings.log)
    collect_seldom()
    ending, installation = threading.Event(), Installation.open(root, settings)
    try:
        with asked_to_end(ending):
            asyncio.run(_Worker(installation, every, ending, pipe).run())
    except OutreachError as error:
        _tell("the worker failed", error)
        sys.exit(1)
    except Exception:  # noqa: BLE001  # whatever it was, another process is started in place of this one
        _log.exception("the worker failed")
        sys.exit(1)
    finally:
        installation.close()


class _Worker:
    """What the process does: the main thread answers jobs and signals, a job sends in a thread of its own."""

    def __init__(self, installation: Installation, every: timedelta, ending: threading.Event, pipe: Connection) -> None:
        self._installation = installation
        self._database = installation.database
        self._every = every.total_seconds()
        self._ending = ending
        self._pipe = pipe
        self._tally, self._rounds = Tally(), list[Round]()
        #: Whether nothing is being sent, and whether who sends has moved on since it was looked last.
        self._is_idle, self._has_moved = True, True
        self._failure: Exception | None = None
        self._owner = presence.new_owner()

    async def run(self) -> None:
        """Send until asked to end, or until something fails.

        Raises:
            Exception: what failed.
        """
        self._say_alive()
        async with Jobs.open(self._database, self._send) as jobs:
            await self._until_the_end(self._beat(), self._look(jobs), jobs.take())
        with self._database.writing() as connection:
            presence.leave(connection, self._owner)
        # What is left is for those who stay.
        self._call()

    async def _until_the_end(self, *work: Coroutine[Any, Any, None]) -> None:
        """Do all this at once; when any of it stops by itself, that is the end of all."""
        asked = asyncio.create_task(asyncio.to_thread(self._ending.wait))
        tasks = [asyncio.create_task(one) for one in work]
        await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
        is_asked = self._ending.is_set()
        self._ending.set()
        for task in tasks:
            task.cancel()
        stopped = await asyncio.gather(*tasks, return_exceptions=True)
        for failure in (self._failure, *stopped):
            if isinstance(failure, Exception):
                raise failure
        if not is_asked:
            raise RuntimeError("procrastinate stopped by itself")

    async def _beat(self) -> None:
        """Say, all the time, that a worker is here to be woken."""
        while True:
            await asyncio.sleep(presence.BEAT)
            await asyncio.to_thread(self._say_alive)
            await asyncio.to_thread(self._give_signs)

    def _give_signs(self) -> None:
        """Of who sends: that this thread lives says nothing of that one."""
        if not (self._is_idle or self._has_moved):
            return
        self._has_moved = False
        rounds, self._rounds = self._rounds, []
        try:
            self._pipe.send(Signs(self._tally.take(), tuple(rounds)))
        except OSError:
            # Nobody is at the other end: the process that started this one is gone.
            self._ending.set()

    def _say_alive(self) -> None:
        with self._database.writing() as connection:
            # Of no server, so that it has no share of the connections: that has who sends.
            presence.beat(connection, self._owner, distributed.KIND, server="", limit=0)

    async def _look(self, jobs: Jobs) -> None:
        """See to what nobody was woken for, and to what the dead have left, now and again."""
        while True:
            await asyncio.to_thread(self._recover, datetime.now(UTC))
            await jobs.revive()
            await asyncio.to_thread(self._call)
            await asyncio.sleep(self._every)

    def _recover(self, now: datetime) -> None:
        # Under the lock of a tick, which does the same before it dispatches; and only where there is a need, as a tick
        # that finds the lock held plans nothing.
        if is_needed(self._database, now):
            with held(self._database) as free:
                if free:
                    self._installation.recover(self._database, now)

    def _call(self) -> None:
        """Wake workers for what is ready now."""
        with self._database.writing() as connection:
            workers = distributed.at_work(connection)
            workers.wake(connection, batches.ready(connection, most=workers.number * distributed.SHARE))

    def _send(self) -> None:
        if self._ending.is_set():
            return
        began, error = time.monotonic(), ""
        self._is_idle = False
        try:
            if counts := logs.counts(self._send_all()):
                _log.info("sent", extra=counts)
        except OutreachError as failure:
            # It stays, and tries again when it is woken.
            _tell("sending failed", failure)
            error = type(failure).__name__
        except Exception as failure:  # noqa: BLE001  # raised where the process ends, not where the job does
            self._failure, error = failure, type(failure).__name__
            self._ending.set()
        self._rounds.append(Round(time.monotonic() - began, error))
        self._is_idle = True

    def _send_all(self) -> SendCounts:
        with self._database.reading() as connection:
            siblings = distributed.at_work(connection).number
        return self._installation.send(
            self._database,
            lambda: datetime.now(UTC),
            stop=self._is_to_stop,
            siblings=siblings,
            # Of many workers one knocks at a server that did not answer.
            insists=False,
            tally=self._tally,
        )

    def _is_to_stop(self) -> bool:
        """Asked between messages: who asks moves on."""
        self._has_moved = True
        return self._ending.is_set()


def _tell(event: str, error: OutreachError) -> None:
    """What an operator must mend."""
    _log.error(event, extra={"what": error.what, "where": error.where, "remedy": error.remedy})
