"""The promise, tried for as long as you like: senders killed, mail servers that do wrong, databases that fall over.

    .venv/bin/python bench/chaos.py [--kind kill] [--trials 10000] [--first 0] [--jobs 2]

Each trial has a number and is the same one each time; what came of it is a line of `var/chaos/KIND.jsonl`, and what
stands there is not tried again: break it off and call it again as you please. Ends with 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

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


def attempt(kind: str, number: int) -> dict[str, object]:
    """One trial, whatever becomes of it."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-trial-"))
    began = time.monotonic()
    try:
        report = KINDS[kind](folder / "world", number)
    except Exception as error:  # noqa: BLE001  # a trial that cannot be made is no reason to stop the others
        report = Report(kind, [f"{type(error).__name__}: {error}"])
    shutil.rmtree(folder, ignore_errors=True)
    return {"number": number, "seconds": round(time.monotonic() - began, 2), **asdict(report)}


def known(results: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


@contextmanager
def workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes with nothing in them yet: each forks programs from a nest of its own."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield pool


def run(kind: str, wanted: range, jobs: int, results: Path) -> None:
    done = {line["number"] for line in known(results)}
    left = [number for number in wanted if number not in done]
    began = time.monotonic()
    with workers(jobs) as pool, results.open("a", encoding="utf-8") as file:
        for count, line in enumerate(pool.map(partial(attempt, kind), left), 1):
            file.write(json.dumps(line) + "\n")
            file.flush()
            if line["violations"]:
                print(f"\n{line['name']}: {line['violations']}", flush=True)
            if sys.stderr.isatty() or count % 50 == 0:
                rest = (time.monotonic() - began) / count * (len(left) - count)
                print(f"\r{count:,} of {len(left):,}, {rest / 60:.0f} min left ", end="", file=sys.stderr, flush=True)


def summary(kind: str, lines: list[dict[str, object]]) -> str:
    totals = Counter[str]()
    for line in lines:
        totals.update({name: value for name, value in line.items() if type(value) is int and name != "number"})
    broken = [line["name"] for line in lines if line["violations"]]
    counts = ", ".join(f"{name} {number:,}" for name, number in totals.items())
    verdict = (
        f"{len(broken)} broke the promise: {', '.join(map(str, broken[:20]))}" if broken else "none broke the promise"
    )
    return f"{kind}: {len(lines):,} trials; {counts}; {verdict}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", choices=KINDS, default="kill")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first trial")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--results", type=Path, help="another file than var/chaos/KIND.jsonl")
    options = parser.parse_args()
    results = options.results or Path("var/chaos") / f"{options.kind}.jsonl"
    results.parent.mkdir(parents=True, exist_ok=True)
    wanted = range(options.first, options.first + options.trials)
    run(options.kind, wanted, options.jobs, results)
    lines = [line for line in known(results) if line["number"] in wanted]
    print("\n" + summary(options.kind, lines))
    return int(any(line["violations"] for line in lines))


if __name__ == "__main__":
    sys.exit(main())
