"""What is measured: two ways to send, taking turns at the same sink."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

import sinks
from legs import Leg, Stage, by_hand, nodemailer, ours, source
from senders import Run
from sinks import Sink


@dataclass(frozen=True)
class Row:
    """One comparison; the ratio is that of messages a second, first to second."""

    name: str
    title: str
    sink: Callable[[Path], AbstractContextManager[Sink]]
    first: Leg
    second: Leg
    least: float
    aim: float


ROWS = (
    Row(
        "long", "30 kB, smtp-sink, 2 processes, 100 connections; smtp-source",
        sinks.postfix, ours("long", 45_000, processes=2, connections=100), source("long", 45_000), 0.7, 1.0,
    ),
    Row(
        "short", "3 kB, smtp-sink, 2 processes, 200 connections; smtp-source",
        sinks.postfix, ours("short", 45_000, processes=2, connections=200), source("short", 45_000), 0.5, 0.9,
    ),
    Row(
        "cheap", "30 kB, cheap sink, 2 processes, 200 connections; smtp-source",
        sinks.cheap, ours("long", 45_000, processes=2, connections=200), source("long", 45_000), 0.45, 0.8,
    ),
    Row(
        "nodemailer", "30 kB, smtp-sink, 1 process; nodemailer, pool of 10, nunjucks",
        sinks.postfix, ours("long", 8_000), nodemailer("long", 1_500), 8, 12,
    ),
    Row(
        "by-hand", "30 kB, smtp-sink, 1 process; smtplib, EmailMessage, a commit each",
        sinks.postfix, ours("long", 8_000), by_hand("long", 400), 18, 25,
    ),
    Row(
        "captured", "30 kB that cannot be specialised, smtp-sink, 1 process; smtp-source",
        sinks.postfix, ours("captured", 6_000), source("captured", 6_000), 0.35, 0.6,
    ),
    Row(
        "postgresql", "30 kB, smtp-sink, 1 process, PostgreSQL; SQLite",
        sinks.postfix, ours("long", 8_000, kind="postgresql"), ours("long", 8_000), 0.7, 0.9,
    ),
    Row(
        "distant", "3 kB, 50 ms away, PostgreSQL, 10 connections each, 4 workers; 1",
        sinks.distant, ours("short", 8_000, kind="postgresql", processes=4, connections=40),
        ours("short", 2_000, kind="postgresql", connections=10), 3.6, 3.9,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Rounds:
    """A row, measured."""

    row: Row
    first: list[Run]
    second: list[Run]

    @property
    def ratios(self) -> list[float]:
        return [one.rate / other.rate for one, other in zip(self.first, self.second, strict=True)]


def measured(row: Row, stage: Stage, rounds: int) -> Rounds:
    """The two take turns, so that whatever else the machine does befalls both."""
    first, second = [], []
    with row.sink(stage.folder) as sink:
        for _ in range(rounds):
            first.append(_with_sink(row.first, stage, sink))
            second.append(_with_sink(row.second, stage, sink))
    return Rounds(row, first, second)


def _with_sink(leg: Leg, stage: Stage, sink: Sink) -> Run:
    before = sink.cpu()
    run = leg(stage, sink.port)
    return replace(run, sink_cpu=sink.cpu() - before)
