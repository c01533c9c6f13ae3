from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

from outreach.delivery.queues import Queues, queues_at
from outreach.storage.database import Database
from outreach.storage.tables import campaign_state, pace, sender
from tests.databases import SQLiteTemplates
from tests.unit.delivery.ledgers import NOW, add_deliveries, add_people

MINUTE = timedelta(minutes=1)
#: Shorter than a sender's life without a sign of it.
A_WHILE = timedelta(seconds=20)


def look(database: Database) -> Queues:
    with database.reading() as connection:
        return queues_at(connection, NOW)


@pytest.fixture
def people(database: Database) -> list[int]:
    return add_people(database, 9)


def put(database: Database, table: Any, **values: Any) -> None:
    with database.writing() as connection:
        connection.execute(insert(table).values(**values))


def test_of_an_empty_database_there_is_nothing_to_tell(database: Database) -> None:
    found = look(database)
    lengths = dict.fromkeys(("waiting", "due", "ready", "held", "abandoned", "in_doubt"), 0)
    assert found == Queues(lengths, timedelta(0), {}, {})


def test_each_stage_counts_its_own(database: Database, people: list[int]) -> None:
    add_deliveries(database, people[:1], dispatched_at=None, due_at=NOW + MINUTE)
    add_deliveries(database, people[1:3], dispatched_at=None, due_at=NOW)
    add_deliveries(database, people[3:6])
    add_deliveries(database, people[6:7], lease_owner="one")
    add_deliveries(database, people[7:8], state="attempting", lease_owner="two")
    now = datetime.now(UTC)
    put(database, sender, owner="one", kind="run", server="x", connections=1, started_at=now, alive_until=now + A_WHILE)
    put(database, sender, owner="two", kind="run", server="x", connections=1, started_at=now, alive_until=now - A_WHILE)
    add_deliveries(database, people[8:9], state="in_doubt")
    add_deliveries(database, people, occurrence="other", state="sent")
    assert look(database).lengths == {
        "waiting": 3, "due": 2, "ready": 3, "held": 2, "abandoned": 1, "in_doubt": 1
    }  # fmt: skip


def test_the_age_is_that_of_the_oldest_that_could_have_left(database: Database, people: list[int]) -> None:
    add_deliveries(database, people[:1], dispatched_at=None, due_at=NOW + MINUTE)
    assert look(database).age == timedelta(0)
    add_deliveries(database, people[1:2], due_at=NOW - 60 * MINUTE, dispatched_at=NOW - 2 * MINUTE)
    assert look(database).age == 2 * MINUTE
    add_deliveries(database, people[2:3], dispatched_at=None, due_at=NOW - 7 * MINUTE)
    assert look(database).age == 7 * MINUTE


def test_what_a_paused_campaign_holds_back_is_not_due(database: Database, people: list[int]) -> None:
    add_deliveries(database, people, dispatched_at=None, due_at=NOW - MINUTE)
    put(database, campaign_state, campaign="news", state="paused", first_approved_at=NOW)
    found = look(database)
    assert (found.lengths["waiting"], found.lengths["due"], found.age) == (9, 0, timedelta(0))


def test_senders_count_while_they_live_by_the_databases_clock(database: Database) -> None:
    now = datetime.now(UTC)
    for name, kind, left in (
        ("a", "run", A_WHILE),
        ("b", "worker", A_WHILE),
        ("c", "worker", A_WHILE),
        ("d", "run", -A_WHILE),
    ):
        put(
            database,
            sender,
            owner=name,
            kind=kind,
            server="outbox",
            connections=1,
            started_at=now,
            alive_until=now + left,
        )
    assert look(database).senders == {"run": 1, "worker": 2}


def test_servers_tell_how_often_nobody_was_reached(database: Database) -> None:
    put(database, pace, server="mail.example:25", failures=3)
    assert look(database).failures == {"mail.example:25": 3}


def test_sqlite_reads_the_ledger_by_its_partial_indexes_alone(
    sqlite_templates: SQLiteTemplates, tmp_path: Path
) -> None:
    database = sqlite_templates.place(tmp_path / "one.db").open()
    asked: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _u, sql, values, *_: asked.append((sql, values)))
    look(database)
    of_ledger = [one for one in asked if "FROM delivery" in one[0]]
    with database.reading() as connection:
        plans = [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()) for sql, values in of_ledger
        ]
    database.close()
    assert len(plans) == 6
    assert [plan for plan in plans if "USING INDEX ix_delivery" not in plan.replace("COVERING ", "")] == []
