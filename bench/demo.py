#!/usr/bin/env python3
"""What the demo costs: time, peak memory and disk. `./run` must have set things up before.

.venv/bin/python bench/demo.py [--people N] [--weeks N] [--rounds N]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import running


def main() -> None:
    arguments = parsed()
    rounds = [run(arguments) for _ in range(arguments.rounds)]
    report = rounds[-1]["report"]
    print(f"{report['people']:,} people, {arguments.weeks} weeks: {report['sent']:,} messages ({' '.join(sys.argv)})")
    print("not sent:", ", ".join(f"{reason} {count:,}" for reason, count in report["skipped"].items()))
    print(f"\n{'':22}{'median':>12}{'worst':>12}{'limit':>10}")
    for name, unit, limit in (("seconds", "s", 120), ("memory", "MB", 400), ("disk", "MB", 500)):
        values = [one[name] for one in rounds]
        print(f"{name:<22}{statistics.median(values):>10.1f} {unit:<2}{max(values):>9.1f}   {limit:>7}")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=44_982)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        sizes = ("--people", str(arguments.people), "--weeks", str(arguments.weeks))
        cost = running.run("demo", "--dir", f"{folder}/demo", *sizes)
        disk = sum(path.stat().st_blocks * 512 for path in Path(folder).rglob("*") if path.is_file())
        return {**vars(cost), "disk": disk / 1e6}


if __name__ == "__main__":
    main()
