"""Whatever strangers send, tried for as long as you like: rows, bodies, forms, webhooks, and what follows links.

    .venv/bin/python bench/hostile.py [--rows 200000] [--bodies 20000] [--fields 200000] [--webhooks 10000]
                                      [--prefetches 10000] [--visits 10000] [--jobs 2]

A kind that is named is tried, all of them where none is; `visits` are those of a real browser (`apt-get install
chromium`). Trials have numbers, in turn on SQLite and PostgreSQL; what came of each is a line of
`var/hostile/KIND.jsonl`, and what stands there is not tried again. Ends with 1 when anything broke out.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from bench.numbered import Line, run, summary
from tests.databases import PostgreSQL, SQLiteTemplates
from tests.hostile import bodies, browsing, forms, prefetching, rows, webhooks
from tests.hostile.report import Report


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of trial."""

    #: Of a folder, a database, a seed and a size.
    trial: Callable[[Path, str, int, int], Report]
    #: How many in one trial, and in all where nobody says.
    size: int
    all: int


KINDS = {
    "rows": Kind(rows.trial, 2000, 200_000),
    "bodies": Kind(bodies.trial, 500, 20_000),
    "fields": Kind(forms.trial, 2000, 200_000),
    "webhooks": Kind(webhooks.trial, 500, 10_000),
    "prefetches": Kind(prefetching.trial, 500, 10_000),
    "visits": Kind(browsing.trial, 250, 10_000),
}


@cache
def postgresql() -> PostgreSQL:
    """This process's PostgreSQL, of this run alone."""
    name = multiprocessing.current_process().name.replace("-", "_").lower()
    parent = multiprocessing.parent_process() or multiprocessing.current_process()
    return PostgreSQL(f"hostile-{parent.pid}", name)


@cache
def templates() -> SQLiteTemplates:
    """Where this process's SQLite databases are copied from."""
    return SQLiteTemplates(Path(tempfile.mkdtemp(prefix="outreach-hostile-")))


def attempt(kind: str, number: int) -> Line:
    """One trial, whatever becomes of it."""
    folder = Path(tempfile.mkdtemp(prefix="outreach-trial-"))
    began = time.monotonic()
    try:
        place = templates().place(folder / "outreach.db") if number % 2 == 0 else postgresql().place()
        url = place.url.render_as_string(hide_password=False)
        report = KINDS[kind].trial(folder / "world", url, number, KINDS[kind].size)
    except Exception as error:  # noqa: BLE001  a trial that cannot be made is no reason to stop the others
        report = Report(f"{kind}/{number}", {"trial": [f"{type(error).__name__}: {error}"]})
    shutil.rmtree(folder, ignore_errors=True)
    seconds = round(time.monotonic() - began, 2)
    return {"number": number, "name": report.name, "violations": report.violations, "seconds": seconds, **report.counts}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, kind in KINDS.items():
        parser.add_argument(f"--{name}", type=int, help=f"{kind.all:,} where no kind is named")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    asked = {name: getattr(options, name) for name in KINDS if getattr(options, name)}
    broken = False
    for name, wanted in (asked or {name: kind.all for name, kind in KINDS.items()}).items():
        trials = range(-(-wanted // KINDS[name].size))
        lines = run(partial(attempt, name), trials, options.jobs, Path("var/hostile") / f"{name}.jsonl")
        print("\n" + summary(name, lines), flush=True)
        broken |= any(line["violations"] for line in lines)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
