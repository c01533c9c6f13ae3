"""The promise, tried for as long as you like: senders killed, mail servers that do wrong, databases that fall over.

    .venv/bin/python bench/chaos.py [--kind kill] [--trials 10000] [--first 0] [--jobs 2]

Each trial has a number and is the same one each time; what came of it is a line of `var/chaos/KIND.jsonl`, and what
stands there is not tried again: break it off and call it again as you please. Ends with 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

from bench.numbered import Line, run, summary
from tests.chaos import trials
from tests.chaos.faults import COMBINATIONS
from tests.chaos.fragile import FragileServer
from tests.chaos.ledgers import PostgreSQLLedgers, SQLiteLedgers
from tests.chaos.trials import Report
from tests.chaos.world import Ready, make_ready
from tests.databases import PostgreSQL

PEOPLE = 40
#: People whose mails make a sending of 45,000.
MANY = 22_500


def on_both(trial: Callable[[Ready, Path, int], Report], folder: Path, number: int) -> Report:
    return trial(ready(("sqlite", "postgresql")[number % 2]), folder, number)


def harm(folder: Path, number: int) -> Report:
    point, fault = COMBINATIONS[number % len(COMBINATIONS)]
    seed = number // len(COMBINATIONS)
    return trials.harm(ready(("sqlite", "postgresql")[seed % 2]), folder, point, fault, seed)


def fleet(folder: Path, number: int) -> Report:
    return trials.fleet(ready("postgresql"), folder, number)


def jump(folder: Path, number: int) -> Report:
    by = timedelta(hours=(-24, -1, 1, 24)[number % 4])
    return trials.jump(ready(("sqlite", "postgresql")[number // 4 % 2]), folder, number, by)


def restart(folder: Path, number: int) -> Report:
    return trials.restart(*fragile(200), folder, number, times=5)


def long_restart(folder: Path, number: int) -> Report:
    return trials.restart(*fragile(MANY), folder, number, times=20, gap=4.0, latency=0.004)


KINDS: dict[str, Callable[[Path, int], Report]] = {
    "kill": partial(on_both, trials.kill),
    "harm": harm,
    "crowd": partial(on_both, trials.crowd),
    "crew": partial(on_both, trials.crew),
    "fleet": fleet,
    "restore": partial(on_both, trials.restore),
    "jump": jump,
    "restart": restart,
    "long-restart": long_restart,
}


@cache
def ready(kind: str) -> Ready:
    """This process's world of that kind, from which each trial has its own."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-chaos-"))
    if kind == "sqlite":
        return make_ready(folder, SQLiteLedgers(folder), PEOPLE)
    name = multiprocessing.current_process().name.replace("-", "_").lower()
    # Of this run alone: another may be under way, or have left its server behind.
    run = multiprocessing.parent_process() or multiprocessing.current_process()
    place = PostgreSQL(f"chaos-{run.pid}", name).place()
    return make_ready(folder, PostgreSQLLedgers(place.url.set(database="postgres")), PEOPLE)


@cache
def fragile(people: int) -> tuple[Ready, FragileServer]:
    """A server of this process's own, which falls over, and a world on it."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-chaos-"))
    server = FragileServer(folder / "postgresql")
    return make_ready(folder, PostgreSQLLedgers(server.url), people), server


def attempt(kind: str, number: int) -> Line:
    """One trial, whatever becomes of it."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-trial-"))
    began = time.monotonic()
    try:
        report = KINDS[kind](folder / "world", number)
    except Exception as error:  # noqa: BLE001  # a trial that cannot be made is no reason to stop the others
        report = Report(kind, [f"{type(error).__name__}: {error}"])
    shutil.rmtree(folder, ignore_errors=True)
    return {"number": number, "seconds": round(time.monotonic() - began, 2), **asdict(report)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, default="kill")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first trial")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, help="another file than var/chaos/KIND.jsonl")
    options = parser.parse_args()
    results = options.results or Path("var/chaos") / f"{options.kind}.jsonl"
    wanted = range(options.first, options.first + options.trials)
    lines = run(partial(attempt, options.kind), wanted, options.jobs, results)
    print("\n" + summary(options.kind, lines))
    return int(any(line["violations"] for line in lines))


if __name__ == "__main__":
    sys.exit(main())
