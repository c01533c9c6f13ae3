"""What a change of the workspace does to a simulated year: two simulations over the same people, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.definitions.model import Cap
from outreach.simulation.report import Report
from outreach.simulation.simulating import Simulated


@dataclass(frozen=True, slots=True)
class Change:
    """A number before and after."""

    before: int
    after: int

    @property
    def more(self) -> int:
        """How much there is more of it; less is negative."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Comparison:
    """The workspace as it is, against the same at a revision."""

    revision: str
    #: `messages`, `reached`, `letters`, `seats`, `passed_over`, `expired`, `not_reachable`.
    total: dict[str, Change]
    #: Messages, by the campaigns that differ.
    campaigns: dict[str, Change]
    #: Messages, by the segments that differ.
    segments: dict[str, Change]
    #: How many messages in how many days are many for one person.
    limit: int
    days: int
    #: People who get more than that now and did not, and the other way round.
    taken_over: int
    taken_below: int

    def sentence(self) -> str:
        """`this change adds 2,140 messages and takes 310 people over 4 in 30 days`."""
        messages = self.total["messages"].more
        verb = "adds" if messages > 0 else "takes away"
        first = f"{verb} {abs(messages):,} messages" if messages else "adds no messages"
        below = f" and {self.taken_below:,} below it" if self.taken_below else ""
        return f"this change {first} and takes {self.taken_over:,} people over {self.limit} in {self.days} days{below}"


def compare(revision: str, before: Simulated, after: Simulated, limit: Cap) -> Comparison:
    """What differs between two simulations over the same people."""
    old, new = before.report, after.report
    kinds = ("messages", "reached", "letters", "seats", "passed_over", "expired", "not_reachable")
    return Comparison(
        revision=revision,
        total={kind: Change(getattr(old.total, kind), getattr(new.total, kind)) for kind in kinds},
        campaigns=_changes(_by_campaign(old), _by_campaign(new)),
        segments=_changes(_by_segment(old), _by_segment(new)),
        limit=limit.messages,
        days=limit.per.days,
        taken_over=len(after.over - before.over),
        taken_below=len(before.over - after.over),
    )


def _by_campaign(report: Report) -> Mapping[str, int]:
    return {one.campaign: one.messages for one in report.campaigns}


def _by_segment(report: Report) -> Mapping[str, int]:
    return {name: figures.messages for name, figures in report.segments.items()}


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Change]:
    """What differs, by id; what is only in one of the two has no messages in the other."""
    both = {name: Change(before.get(name, 0), after.get(name, 0)) for name in sorted({*before, *after})}
    return {name: change for name, change in both.items() if change.more}
