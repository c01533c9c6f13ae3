"""For how long a campaign looks back on what retention would remove."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from outreach.definitions.model import Campaign, Span, Step

Kept = Literal["content", "receipts", "events"]

#: Days that a month has at most.
_MONTH = 31


def looks_back(campaign: Campaign, expires_after: Span) -> Iterator[tuple[Kept, int, str]]:
    """What is looked at, for how many days, and by what; `expires_after` is the workspace's."""
    latest = max(map(_days, [expires_after, *(step.expires_after for step in campaign.steps if step.expires_after)]))
    # After a crash the outbox tells what had left, and the receipts how often it was tried.
    yield "content", latest, "a message"
    yield "receipts", latest, "a message"
    if campaign.start.kind == "event" and campaign.start.ignore_if_older_than:
        yield "events", _days(campaign.start.ignore_if_older_than), "the start"
    if campaign.start.is_per_person:
        yield "events", max(map(_last_day, campaign.steps)), "a journey"


def _last_day(step: Step) -> int:
    """The day, from the start, of its last reminder."""
    return step.day + (_days(step.remind.every) * step.remind.max_reminders if step.remind else 0)


def _days(span: Span) -> int:
    return span.months * _MONTH + span.days
