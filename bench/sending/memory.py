"""What a worker holds while it sends to very many people."""

from __future__ import annotations

import sinks
from legs import Stage, ours
from senders import Run

NAME = "memory"


def measured(stage: Stage, people: int) -> Run:
    with sinks.cheap(stage.folder) as sink:
        return ours("short", people)(stage, sink.port)


def line(run: Run) -> str:
    seen, peak = run.told[0]["memory"], run.told[0]["peak"]
    return (
        f"{NAME:12}one worker, cheap sink, {run.messages:,} of 3 kB at {run.rate:,.0f}/s: {seen[0]:.0f} MB after "
        f"10,000, {seen[-1]:.0f} MB at the end, {peak:.0f} MB at most (at most 200, aim 120)"
    )
