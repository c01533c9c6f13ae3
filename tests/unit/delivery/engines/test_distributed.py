"""Dispatch wakes workers: in its own transaction, as many as are worth it, and never in heaps."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from outreach.delivery.clocks import database_now
from outreach.delivery.dispatch import Dispatch
from outreach.delivery.engines.distributed import NOBODY, TASK, Workers, at_work
from outreach.delivery.engines.jobs import Jobs
from outreach.delivery.engines.tables import ensure_tables
from outreach.storage.database import Database, connect
from outreach.storage.tables import sender
from tests.unit.delivery.ledgers import NOW, add_deliveries, add_people, definitions, rows


@pytest.fixture
def queue(database: Database) -> Database:
    """A database with procrastinate's tables."""
    ensure_tables(database)
    return database


def jobs(database: Database) -> list[Any]:
    with database.reading() as connection:
        return list(connection.execute(text("SELECT * FROM procrastinate_jobs ORDER BY id")))


def dispatch(database: Database, workers: Workers) -> int:
    known = definitions()
    round_ = Dispatch(known.workspace, lambda _: known, NOW, wake=workers.wake)
    return round_.run(database, lambda _: None).let_go


def wake(database: Database, workers: Workers, let_go: int) -> None:
    with database.writing() as connection:
        workers.wake(connection, let_go)


def test_what_is_let_go_and_the_job_are_committed_together(queue: Database) -> None:
    add_deliveries(queue, add_people(queue, 3), dispatched_at=None)
    assert dispatch(queue, Workers(2)) == 3
    assert {row.dispatched_at for row in rows(queue)} == {NOW}
    assert [(job.task_name, job.status, job.args) for job in jobs(queue)] == [(TASK, "todo", {})]


def test_a_dispatch_that_is_rolled_back_leaves_no_job(queue: Database) -> None:
    class Broken(Workers):
        def wake(self, connection, let_go):
            super().wake(connection, let_go)
            assert connection.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1
            raise MemoryError

    add_deliveries(queue, add_people(queue, 3), dispatched_at=None)
    with pytest.raises(MemoryError):
        dispatch(queue, Broken(2))
    assert {row.dispatched_at for row in rows(queue)} == {None}
    assert jobs(queue) == []


@pytest.mark.parametrize(
    ("let_go", "workers", "woken"), [(0, 4, 0), (1, 4, 1), (500, 4, 1), (501, 4, 2), (45_000, 4, 4), (45_000, 0, 0)]
)
def test_one_is_woken_for_each_share_and_no_more_than_there_are(
    queue: Database, let_go: int, workers: int, woken: int
) -> None:
    wake(queue, Workers(workers), let_go)
    assert len(jobs(queue)) == woken


def test_jobs_that_nobody_takes_do_not_pile_up(queue: Database) -> None:
    for _ in range(5):
        wake(queue, Workers(3), 45_000)
    assert len(jobs(queue)) == 3


def test_who_is_at_work_may_be_called_again(queue: Database) -> None:
    """It may be about to end, and not see what is let go now."""
    wake(queue, Workers(1), 1)
    with queue.writing() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    wake(queue, Workers(1), 1)
    assert [job.status for job in jobs(queue)] == ["doing", "todo"]


def test_a_job_is_the_same_as_one_of_procrastinates_own(queue: Database) -> None:
    wake(queue, Workers(1), 1)

    async def enqueue() -> None:
        async with Jobs.open(queue, lambda: None) as taken:
            task = taken.app.tasks[TASK]
            await task.configure(queueing_lock=f"{TASK}/2").defer_async()

    asyncio.run(enqueue())
    ours, theirs = (job._asdict() for job in jobs(queue))
    assert theirs.pop("id") == ours.pop("id") + 1
    assert (ours.pop("queueing_lock"), theirs.pop("queueing_lock")) == (f"{TASK}/1", f"{TASK}/2")
    assert ours == theirs


def test_tables_of_another_version_do_not_hold_up_a_dispatch(queue: Database, caplog: pytest.LogCaptureFixture) -> None:
    add_deliveries(queue, add_people(queue, 3), dispatched_at=None)
    with queue.writing() as connection:
        connection.execute(text("ALTER TABLE procrastinate_jobs RENAME COLUMN queueing_lock TO its_lock"))
    assert dispatch(queue, Workers(2)) == 3
    assert {row.dispatched_at for row in rows(queue)} == {NOW}
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.WARNING, "workers could not be woken")
    ]


def test_those_who_were_heard_of_of_late_are_at_work(database: Database) -> None:
    with database.writing() as connection:
        now = database_now(connection)
        for number, (kind, seconds) in enumerate([("worker", 20), ("worker", -1), ("run", 20), ("worker", 5)]):
            connection.execute(
                insert(sender).values(
                    owner=str(number), kind=kind, server="", connections=0, started_at=now,
                    alive_until=now + timedelta(seconds=seconds),
                )
            )  # fmt: skip
    with database.reading() as connection:
        assert at_work(connection) == Workers(2)


def test_on_sqlite_nobody_is_at_work(tmp_path) -> None:
    database = connect(f"sqlite:///{tmp_path}/a.db")
    with database.reading() as connection:
        assert at_work(connection) == NOBODY
    database.close()
