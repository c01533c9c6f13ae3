"""Which steps may come after which, and which before, by trying every way."""

from __future__ import annotations

from outreach.definitions.model import Campaign, Step


def nexts(campaign: Campaign, index: int) -> list[int]:
    """Places that may come right after a step; the number of steps stands for the end."""
    step = campaign.steps[index]
    if step.branch:
        return [*(way.first for way in step.branch.ways), step.branch.otherwise, step.branch.unknown]
    return [index + 1 if step.then is None else step.then]


def onward(campaign: Campaign, index: int) -> set[int]:
    """A place and all that may come after it, without the end."""
    if index == len(campaign.steps):
        return set()
    return {index}.union(*(onward(campaign, other) for other in nexts(campaign, index)))


def leading_to(campaign: Campaign, index: int) -> set[int]:
    """All places from which a step may be reached."""
    return {other for other in range(index) if index in onward(campaign, other)}


def last_day(step: Step) -> int:
    """The day of its last reminder, or its own; for a branch that of the journey on which nothing has to come."""
    return step.day + (step.remind.every.days * step.remind.max_reminders if step.remind else 0)
