"""What a worker takes from the queue, and what it takes up after others."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from sqlalchemy import text

from outreach.delivery.engines.distributed import QUEUE, TASK
from outreach.delivery.engines.jobs import Jobs
from outreach.delivery.engines.tables import ensure_tables
from outreach.storage.database import Database
from tests.contracts.servers import wait_for


@pytest.fixture
def queue(database: Database) -> Database:
    ensure_tables(database)
    return database


def enqueue(database: Database, lock: str, status: str = "todo", worker: str = "NULL", args: str = "{}") -> None:
    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id, args) "
                f"VALUES (:queue, :task, :lock, '{status}', {worker}, CAST(:args AS jsonb))"
            ),
            {"queue": QUEUE, "task": TASK, "lock": lock, "args": args},
        )


def jobs(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        rows = connection.execute(text("SELECT queueing_lock, status FROM procrastinate_jobs ORDER BY id"))
        return [(row.queueing_lock, str(row.status)) for row in rows]


def heard_of(database: Database, worker: int, ago: str) -> None:
    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO procrastinate_workers (id, last_heartbeat) OVERRIDING SYSTEM VALUE "
                f"VALUES ({worker}, now() - interval '{ago}')"
            )
        )


def revive(database: Database) -> int:
    async def work() -> int:
        async with Jobs.open(database, lambda: None) as taken:
            return await taken.revive()

    return asyncio.run(work())


def take(database: Database, number: int, send) -> None:
    """Take so many jobs, whatever becomes of them."""
    done = 0

    def counted() -> None:
        nonlocal done
        done += 1
        send()

    async def work() -> None:
        async with Jobs.open(database, counted) as taken:
            task = asyncio.create_task(taken.take())
            await asyncio.to_thread(wait_for, lambda: done == number and not jobs(database), 20)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(work())


def test_jobs_of_workers_that_are_dead_or_gone_wait_again(queue: Database) -> None:
    heard_of(queue, 1, "1 second")
    heard_of(queue, 2, "1 hour")
    for lock, worker in (("alive", "1"), ("dead", "2"), ("gone", "NULL")):
        enqueue(queue, lock, "doing", worker)
    assert revive(queue) == 2
    assert jobs(queue) == [("alive", "doing"), ("dead", "todo"), ("gone", "todo")]


def test_of_two_alike_one_is_enough(queue: Database) -> None:
    enqueue(queue, "a", "doing")
    enqueue(queue, "a")
    assert revive(queue) == 0
    assert jobs(queue) == [("a", "todo")]


def test_a_job_is_gone_when_it_was_answered_whatever_it_says_and_however_it_went(queue: Database) -> None:
    enqueue(queue, "a", args='{"of_a_later_version": [1]}')
    enqueue(queue, "b")
    take(queue, 2, lambda: 1 / 0)
    assert jobs(queue) == []
