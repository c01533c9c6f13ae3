"""Sending against others in the same rounds: the table of what Outreach must reach.

    .venv/bin/python bench/sending [--rounds 5] [--only ROW …] [--json FILE]
    .venv/bin/python bench/sending --profile [long|short|captured|postgresql]

Everything is recorded as users have it: SQLite with synchronous=FULL, or PostgreSQL with fsync; claim, render, send,
record, each message written down before it leaves. Messages are planned and let go before the clock runs, and programs
are started. The two of a row take turns; a ratio is that of one round. Needs Debian's postfix (smtp-sink, smtp-source),
gcc, and npm for one row. Works in a temporary folder: TMPDIR says on which disk. All traffic stays on this machine.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median

import memory
import sinks
from legs import Stage, ours
from rows import ROWS, Rounds, measured
from senders import Run

#: What `--profile` looks at.
_PROFILED = {
    "long": ours("long", 40_000),
    "short": ours("short", 40_000),
    "captured": ours("captured", 20_000),
    "postgresql": ours("long", 40_000, kind="postgresql"),
}
_HEAD = (
    f"{'':12}{'first; second':70}{'first/s':>9}{'second/s':>9}{'ratio':>8} {'[min–max]':15}"
    f"{'at least':>8}{'aim':>6}{'first, µs':>14}{'second, µs':>14}"
)


def main() -> None:
    names = [row.name for row in ROWS] + [memory.NAME]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=names, metavar="ROW", default=names, help=", ".join(names))
    parser.add_argument("--people", type=int, default=1_000_000, help="to how many the row `memory` sends")
    parser.add_argument("--json", type=Path, metavar="FILE", help="every round, with what the senders said")
    parser.add_argument("--profile", nargs="?", const="long", choices=_PROFILED, help="where one process's time goes")
    arguments = parser.parse_args()
    # Servers and folders go also when somebody ends it early.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as folder:
        stage = Stage(Path(folder))
        try:
            if arguments.profile:
                profile(stage, arguments.profile)
            else:
                compare(stage, arguments)
        finally:
            stage.ledgers.close()


def compare(stage: Stage, arguments: argparse.Namespace) -> None:
    print(f"{arguments.rounds} rounds, medians; µs of processor a message: sender / sink ({' '.join(sys.argv)})")
    print(f"{os.cpu_count()} processors; before it began, {os.getloadavg()[0]:.1f} were wanted by others\n")
    print(_HEAD)
    kept = {}
    for row in ROWS:
        if row.name in arguments.only:
            try:
                found = measured(row, stage, arguments.rounds)
            except sinks.Missing as error:
                print(f"{row.name:12}not measured: {error}")
                continue
            print(line(found), flush=True)
            kept[row.name] = {"first": found.first, "second": found.second}
    if memory.NAME in arguments.only:
        run = memory.measured(stage, arguments.people)
        print(memory.line(run), flush=True)
        kept[memory.NAME] = {"first": [run]}
    if arguments.json:
        arguments.json.write_text(json.dumps(kept, default=asdict, indent=1))


def line(found: Rounds) -> str:
    row, ratios = found.row, found.ratios
    spread = f"[{min(ratios):.2f}–{max(ratios):.2f}]"
    return (
        f"{row.name:12}{row.title:70}{rate(found.first):>9,.0f}{rate(found.second):>9,.0f}{median(ratios):>8.2f} "
        f"{spread:15}{row.least:>8}{row.aim:>6}{cost(found.first):>14}{cost(found.second):>14}"
    )


def rate(runs: list[Run]) -> float:
    return median(run.rate for run in runs)


def cost(runs: list[Run]) -> str:
    sender = median(run.cpu / run.messages for run in runs)
    sink = median(run.sink_cpu / run.messages for run in runs)
    return f"{sender * 1e6:,.0f} / {sink * 1e6:,.0f}"


def profile(stage: Stage, name: str) -> None:
    with sinks.cheap(stage.folder) as sink:
        run = _PROFILED[name](stage, sink.port, "--profile")
    each, cpu = run.seconds / run.messages * 1e6, run.cpu / run.messages * 1e6
    print(f"\n{run.rate:,.0f} messages/s: {each:.0f} µs each, {cpu:.0f} of them on the processor")


if __name__ == "__main__":
    main()
