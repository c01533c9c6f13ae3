"""What a worker holds while it sends to a million people."""

from __future__ import annotations

import sinks
from legs import Stage, ours
from senders import Run

NAME = "memory"
_PEOPLE = 1_000_000


def measured(stage: Stage) -> Run:
    with sinks.cheap(stage.folder) as sink:
        return ours("short", _PEOPLE)(stage, sink.port)


def line(run: Run) -> str:
    seen, peak = run.told[0]["memory"], run.told[0]["peak"]
    return (
        f"{NAME:12}{_PEOPLE:,} messages of 3 kB, cheap sink, one worker, {run.rate:,.0f}/s: {seen[0]:.0f} MB after the "
        f"first 10,000, {seen[-1]:.0f} MB at the end, {peak:.0f} MB at most; at most 200, aim 120"
    )
