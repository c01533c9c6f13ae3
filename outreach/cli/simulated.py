"""A simulation as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from outreach.cli.output import counts, table

if TYPE_CHECKING:
    from outreach.simulation.comparing import Comparison
    from outreach.simulation.report import Figures, Report

_HEADERS = (
    "people", "reached", "messages", "median", "p95", "highest", "letters", "seats", "passed over", "expired",
    "not reachable",
)  # fmt: skip


def text(report: Report, comparison: Comparison | None) -> str:
    """All of it, the tables one below the other."""
    return "\n\n".join([*_parts(report), *([_differences(comparison)] if comparison else [])])


def _parts(report: Report) -> Iterator[str]:
    total = report.total
    yield (
        f"{report.days} days from {report.first} on, {total.people:,} people ({report.roster} roster), "
        f"seed {report.seed}: {total.messages:,} messages to {total.reached:,} people, "
        f"at most {report.busiest.highest} to one person in {report.busiest.days} days.\n"
        f"What people did: {counts(report.outcomes)}."
    )
    yield table(("week from", *_HEADERS), [(f"{week.monday}", *_cells(week.total)) for week in report.weeks])
    segments = table(("segment", *_HEADERS), [(name, *_cells(one)) for name, one in report.segments.items()])
    hidden = report.hidden_segments
    yield f"{segments}\nOf too few people to be told of: {', '.join(hidden)}." if hidden else segments
    campaigns = [(one.campaign, one.people, one.messages, counts(one.not_sent)) for one in report.campaigns]
    yield table(("campaign", "people", "messages", "not sent"), campaigns)


def _cells(figures: Figures) -> tuple[Any, ...]:
    each = figures.per_person
    return (
        figures.people, figures.reached, figures.messages, each.median, each.p95, each.highest,
        figures.letters, figures.seats, figures.passed_over, figures.expired, figures.not_reachable,
    )  # fmt: skip


def _differences(comparison: Comparison) -> str:
    changes = {"": comparison.total, "campaign ": comparison.campaigns, "segment ": comparison.segments}
    rows = [
        (f"{kind}{name}", change.before, change.after, f"{change.more:+,}")
        for kind, found in changes.items()
        for name, change in found.items()
    ]
    head = f"Against {comparison.revision}: {comparison.sentence()}."
    return f"{head}\n\n{table(('what', 'before', 'after', 'more'), rows)}"
