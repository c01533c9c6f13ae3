from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from outreach.delivery.queues import Queues
from outreach.doctor import databases, ledger
from outreach.doctor.findings import Finding
from outreach.storage.database import Database, connect
from outreach.storage.schema import HEAD
from tests.databases import SQLiteTemplates
from tests.unit.delivery.ledgers import add_deliveries, add_people

GOOD: dict[str, Any] = {
    "version": 160004, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "connections": 100, "used": 9, "may_make_schemas": True, "is_copy": False,
}  # fmt: skip
LENGTHS = dict.fromkeys(("waiting", "due", "ready", "held", "abandoned", "in_doubt"), 0)


def by_check(found: Any) -> dict[str, Finding]:
    return {finding.check: finding for finding in found}


def test_a_real_database_is_looked_at(database: Database) -> None:
    found = by_check(databases.look(database, thorough=True))
    # Tests give up safety against power loss for speed, and that is what is found.
    assert found["database: settings"].level == "fail"
    if database.dialect == "sqlite":
        assert "synchronous=0, not FULL; journal_mode=wal" in found["database: settings"].saw
        assert found["database: pages"].level == "ok"
    else:
        assert {"fsync=off", "synchronous_commit=off"} <= set(found["database: settings"].saw.split("; "))
        assert found["database: connections"].level == found["database: permissions"].level == "ok"


def test_a_database_as_we_open_it_keeps_the_promise(sqlite_templates: SQLiteTemplates, tmp_path: Path) -> None:
    url = sqlite_templates.place(tmp_path / "one.db").url
    database = connect(url)
    assert [finding.level for finding in databases.look(database, thorough=False)] == ["ok"]
    database.close()


def test_a_file_that_is_damaged_is_found_when_all_of_it_is_read(
    sqlite_templates: SQLiteTemplates, tmp_path: Path
) -> None:
    path = tmp_path / "one.db"
    database = sqlite_templates.place(path).open()
    add_deliveries(database, add_people(database, 400))
    database.close()
    # The last page is one of the deliveries, and none of the tables' own description.
    path.write_bytes(path.read_bytes()[:-4096] + bytes(4096))
    database = connect(f"sqlite:///{path}")
    assert by_check(databases.look(database, thorough=True))["database: pages"].level == "fail"
    assert "database: pages" not in by_check(databases.look(database, thorough=False))
    database.close()


@pytest.mark.parametrize(
    ("journal", "synchronous", "level"), [("wal", "2", "ok"), ("delete", "2", "fail"), ("wal", "1", "fail")]
)
def test_sqlite_must_not_forget_a_commit(journal: str, synchronous: str, level: str) -> None:
    assert databases.sqlite(journal, synchronous).level == level


@pytest.mark.parametrize(
    ("change", "check", "level"),
    [
        ({}, "settings", "ok"),
        ({"fsync": "off"}, "settings", "fail"),
        ({"synchronous_commit": "off"}, "settings", "fail"),
        ({"synchronous_commit": "remote_apply"}, "settings", "ok"),
        ({"full_page_writes": "off"}, "settings", "fail"),
        ({"version": 130012}, "settings", "warn"),
        ({"is_copy": True}, "settings", "fail"),
        ({"used": 90}, "connections", "ok"),
        ({"used": 91}, "connections", "warn"),
        ({"may_make_schemas": False}, "permissions", "warn"),
    ],
)
def test_postgresql_is_judged_by_its_settings(change: dict[str, Any], check: str, level: str) -> None:
    found = by_check(databases.postgresql({**GOOD, **change}))
    assert found[f"database: {check}"].level == level
    assert sum(finding.level != "ok" for finding in found.values()) == (level != "ok")


def test_a_server_has_a_clock_of_its_own(database: Database) -> None:
    told = databases.times(database, lambda: datetime.now(UTC))
    if database.dialect == "sqlite":
        assert told is None
    else:
        assert told
        assert abs(told.ours - told.theirs) < timedelta(seconds=5)


@pytest.mark.parametrize(("revision", "level"), [(HEAD, "ok"), (None, "warn"), ("0000", "warn"), ("9999", "fail")])
def test_tables_are_ours_older_or_newer(revision: str | None, level: str) -> None:
    assert ledger.tables(revision).level == level


def test_a_release_and_approvals_are_waited_for() -> None:
    assert [finding.level for finding in ledger.release(None, [])] == ["fail"]
    assert [finding.level for finding in ledger.release(3, [])] == ["ok", "ok"]
    (_, waiting) = ledger.release(3, ["news", "welcome"])
    assert (waiting.level, waiting.saw) == ("warn", "2 campaigns wait: news, welcome")


@pytest.mark.parametrize(
    ("lengths", "hours", "senders", "worst"),
    [
        ({}, 0, {}, ""),
        ({"due": 4, "ready": 2}, 0.9, {}, ""),
        ({"due": 1}, 1, {}, "1 delivery could have left, the oldest 1 hour ago"),
        ({"due": 4_000, "ready": 2}, 50, {"run": 1}, "4,002 deliveries could have left, the oldest 2 days ago"),
        ({"in_doubt": 2}, 0, {}, "2 deliveries of which nobody knows whether they arrived"),
        ({"abandoned": 1}, 0, {}, "1 delivery of a sender that died"),
    ],
)
def test_what_is_stuck_is_told(lengths: dict[str, int], hours: float, senders: dict[str, int], worst: str) -> None:
    queues = Queues({**LENGTHS, **lengths}, timedelta(hours=hours), senders, {})
    assert [finding.saw for finding in ledger.queues(queues) if finding.level != "ok"] == [worst] * bool(worst)


def test_a_queue_without_senders_asks_for_one() -> None:
    overlooked = {**LENGTHS, "due": 1}
    alone = by_check(ledger.queues(Queues(overlooked, timedelta(hours=2), {}, {})))
    helped = by_check(ledger.queues(Queues(overlooked, timedelta(hours=2), {"run": 1}, {})))
    assert "does cron call `outreach run`" in alone["ledger: queue"].remedy
    assert "Senders are at work" in helped["ledger: queue"].remedy


def test_a_server_that_nobody_reached_is_told() -> None:
    found = by_check(ledger.queues(Queues(LENGTHS, timedelta(0), {}, {"mail.example:25": 3, "outbox": 0})))
    assert found["ledger: way out"].saw == "mail.example:25: nobody was reached 3 times in a row"
