"""A worker's side of the jobs: procrastinate takes them from the queue, and those of workers that died are taken up."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from procrastinate import App, PsycopgConnector, exceptions
from procrastinate.jobs import Status

from outreach.delivery.engines.distributed import QUEUE, TASK
from outreach.storage.database import Database

_log = logging.getLogger(__name__)


class Jobs:
    """The queue of one database, as long as it is open."""

    def __init__(self, app: App) -> None:
        self.app = app

    @classmethod
    @asynccontextmanager
    async def open(cls, database: Database, send: Callable[[], None]) -> AsyncIterator[Self]:
        """Connect for the length of the block. Each job that is taken calls `send`, in a thread."""
        url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=2))

        @app.task(name=TASK, queue=QUEUE)
        def wake(**_of_a_later_version: object) -> None:
            send()

        async with app.open_async():
            yield cls(app)

    async def take(self) -> None:
        """Take jobs until cancelled, one at a time; the one in hand is finished first.

        Raises:
            Exception: procrastinate's own, when the database is away.
        """
        await self.app.run_worker_async(
            queues=[QUEUE],
            concurrency=1,
            # A job that failed has nothing to tell: what it was to send is in the ledger.
            delete_jobs="always",
            install_signal_handlers=False,
        )

    async def revive(self) -> int:
        """Let jobs of workers that died be taken again; procrastinate does not by itself. Returns how many."""
        manager, revived = self.app.job_manager, 0
        for job in await manager.get_stalled_jobs(queue=QUEUE):
            try:
                await manager.retry_job(job)
                revived += 1
            except exceptions.UniqueViolation:
                # One like it waits already.
                await manager.finish_job(job, Status.ABORTED, delete_job=True)
            except exceptions.ConnectorException:
                _log.debug("another worker was first")
        return revived
