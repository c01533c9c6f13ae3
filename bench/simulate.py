#!/usr/bin/env python3
"""What a simulated year costs: time, processor time and peak memory.

    .venv/bin/python bench/simulate.py [--people N] [--days N] [--rounds N]

The sample workspace with monthly and weekly letters beside it, twenty campaigns in all, over an imported roster.
Processor time is told beside the time that went by, because others may be at work on the machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import running

from outreach import release, starter
from outreach.roster.importing import import_roster
from outreach.roster.making import make_roster
from outreach.storage.database import connect
from outreach.storage.schema import ensure_schema

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
#: Beside the campaigns of the sample workspace: audience, recurrence, frequency.
MORE = {
    "extra-1": ("young", "first monday of the month", "normal"),
    "extra-2": ("parents", "second monday of the month", "nice"),
    "extra-3": ("everyone", "15 march", "normal"),
    "extra-4": ("singles", "friday", "nice"),
    "extra-5": ("active", "last thursday of the month", "normal"),
}
CAMPAIGN = """\
title: Extra
topic: news
purpose: measure
owner: bench@example.org
audience: {audience}
start: {{every: {every}, from: 2026-12-01}}
frequency: {frequency}
steps: [{{id: letter, send: assistant}}]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=45_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        work = Path(folder) / "workspace"
        campaigns = prepared(work, arguments.people)
        words = ("--days", str(arguments.days), "--at", NOW.isoformat(), "--workspace", str(work))
        rounds = [running.run("simulate", *words) for _ in range(arguments.rounds)]
    total = rounds[-1].report["total"]
    print(f"{arguments.days} days, {arguments.people:,} people, {campaigns} campaigns ({' '.join(sys.argv)})")
    print(f"{total['messages']:,} messages, {total['passed_over']:,} passed over; load {os.getloadavg()[2]:.1f}")
    print(f"\n{'':22}{'median':>12}{'worst':>12}{'limit':>10}")
    for name, unit, limit in (("seconds", "s", 120), ("processor", "s", ""), ("memory", "MB", 1000)):
        values = [getattr(one, name) for one in rounds]
        print(f"{name:<22}{statistics.median(values):>10.1f} {unit:<2}{max(values):>9.1f}   {limit:>7}")


def prepared(work: Path, people: int) -> int:
    starter.copy(work)
    for name, (audience, every, frequency) in MORE.items():
        text = CAMPAIGN.format(audience=audience, every=every, frequency=frequency)
        (work / "campaigns" / f"{name}.yaml").write_text(text)
    checked = release.check(work, None)
    assert checked.definitions is not None, checked.problems
    database = connect(f"sqlite:///{work / 'var' / 'outreach.db'}", durable=False)
    ensure_schema(database)
    today = NOW.date()
    rows = make_roster(people, 1, today)
    import_roster(database, rows, checked.definitions.workspace, source="bench", now=NOW, today=today)
    database.close()
    return len(checked.definitions.campaigns)


if __name__ == "__main__":
    main()
