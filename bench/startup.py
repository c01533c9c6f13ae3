#!/usr/bin/env python3
"""How long short commands take, start-up included: `check` on the sample workspace, and `run` with nothing due.

    .venv/bin/python bench/startup.py [--people N] [--campaigns N] [--rounds N]

The second works on a workspace of 50 campaigns and 1,000,000 people, made here first (some minutes).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crowd import fill

from outreach.installation import Installation
from outreach.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
NOW = "2026-11-22T12:00"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--campaigns", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        work = Path(folder)
        make_workspace(work, arguments.campaigns)
        outreach("publish", "--at", NOW, "-C", folder)
        outreach("approve", "--all", "--yes", "--json", "--at", NOW, "-C", folder)
        installation = Installation.open(work, Settings())
        fill(installation.database, arguments.people)
        installation.close()
        outreach("run", "--at", NOW, "-C", folder)
        print(f"{arguments.rounds} rounds, seconds, start-up included ({sys.executable} -m outreach …)")
        print(f"\n{'':52}{'median':>8}{'worst':>8}{'limit':>8}")
        show("check, sample workspace", 1.5, arguments.rounds, "check", "-C", str(ROOT))
        what = f"run, nothing due, {arguments.people:,} people, {arguments.campaigns} campaigns"
        show(what, 0.8, arguments.rounds, "run", "--at", NOW, "-C", folder)


def make_workspace(work: Path, campaigns: int) -> None:
    """Campaigns of every kind of start, all of them to come."""
    outreach("init", str(work), "--force")
    for path in (work / "campaigns").glob("*.yaml"):
        if path.stem != "segments":
            path.unlink()
    starts = [
        "{every: first tuesday of the month}", "{event: hired, ignore_if_older_than: 60 days}",
        "{before: {date: contract_ends_on, by: 60 days}}", "{enters: newcomers}", "{once: 2027-02-01}",
    ]  # fmt: skip
    for number in range(campaigns):
        (work / "campaigns" / f"campaign-{number}.yaml").write_text(
            f"title: Campaign {number}\ntopic: news\npurpose: measure\nowner: bench@example.org\naudience: everyone\n"
            f"start: {starts[number % len(starts)]}\nsteps:\n  - id: letter\n    send: assistant\n"
        )


def show(what: str, limit: float, rounds: int, *words: str) -> None:
    taken = [timed(*words) for _ in range(rounds)]
    print(f"{what:<52}{statistics.median(taken):>8.2f}{max(taken):>8.2f}{limit:>8.1f}")


def timed(*words: str) -> float:
    start = time.perf_counter()
    outreach(*words)
    return time.perf_counter() - start


def outreach(*words: str) -> None:
    # Compiled modules are kept, as in every installation.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-m", "outreach", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


if __name__ == "__main__":
    main()
