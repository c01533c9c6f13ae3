#!/usr/bin/env python3
"""What the demo costs: time, peak memory and disk. `./run` must have set things up before.

.venv/bin/python bench/demo.py [--people N] [--weeks N] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


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


def run(arguments: argparse.Namespace) -> dict:
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        command = [
            sys.executable,
            "-m",
            "outreach",
            "demo",
            "--json",
            "--dir",
            f"{folder}/demo",
            "--people",
            str(arguments.people),
            "--weeks",
            str(arguments.weeks),
        ]
        start = time.perf_counter()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
        assert child.stdout is not None
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        if status:
            sys.exit(f"the demo ended with {os.waitstatus_to_exitcode(status)}")
        disk = sum(path.stat().st_blocks * 512 for path in Path(folder).rglob("*") if path.is_file())
        return {"report": json.loads(output), "seconds": seconds, "memory": usage.ru_maxrss / 1024, "disk": disk / 1e6}


if __name__ == "__main__":
    main()
