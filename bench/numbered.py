"""Trials that have numbers: each is the same one each time, and what came of it is a line of a file.

What stands in the file is not tried again: break it off and call it again as you please.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

#: A trial's line: its `number`, `name`, `violations` and `seconds`, and counts of what happened.
Line = dict[str, object]


def run(attempt: Callable[[int], Line], wanted: range, jobs: int, results: Path) -> list[Line]:
    """The lines of all that is wanted, those that stood there and those that were made."""
    results.parent.mkdir(parents=True, exist_ok=True)
    done = {line["number"] for line in known(results)}
    left = [number for number in wanted if number not in done]
    began = time.monotonic()
    with _workers(jobs) as pool, results.open("a", encoding="utf-8") as file:
        for count, line in enumerate(pool.map(attempt, left), 1):
            file.write(json.dumps(line) + "\n")
            file.flush()
            if line["violations"]:
                print(f"\n{line['name']}: {line['violations']}", flush=True)
            if sys.stderr.isatty() or count % 50 == 0:
                rest = (time.monotonic() - began) / count * (len(left) - count)
                print(f"\r{count:,} of {len(left):,}, {rest / 60:.0f} min left ", end="", file=sys.stderr, flush=True)
    return [line for line in known(results) if line["number"] in wanted]


def known(results: Path) -> list[Line]:
    """The lines of trials that were made."""
    return [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []


def summary(kind: str, lines: Sequence[Line]) -> str:
    """All of them in a sentence."""
    totals = Counter[str]()
    for line in lines:
        totals.update({name: value for name, value in line.items() if type(value) is int and name != "number"})
    broken = [line["name"] for line in lines if line["violations"]]
    counts = ", ".join(f"{name} {number:,}" for name, number in totals.items())
    verdict = (
        f"{len(broken)} broke the promise: {', '.join(map(str, broken[:20]))}" if broken else "none broke the promise"
    )
    return f"{kind}: {len(lines):,} trials; {counts}; {verdict}"


@contextmanager
def _workers(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Processes with nothing in them yet: each forks programs from a nest of its own."""
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield pool
