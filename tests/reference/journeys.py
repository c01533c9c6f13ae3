"""Which steps may come after which, and which before, by trying every way."""

from __future__ import annotations

from datetime import date, timedelta

from outreach.definitions.model import Campaign, Step, Wait
from tests.reference import civil


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


def longest(campaign: Campaign, index: int, day: date) -> date:
    """The last day of all that may come from a place on, to which somebody comes on that day; waits last their time."""
    if index == len(campaign.steps):
        return date.min
    step = campaign.steps[index]
    goes_on = stays(step.wait, day) if step.wait else day
    further = [index for index in nexts(campaign, index) if index < len(campaign.steps)]
    lasts = (longest(campaign, one, goes_on + timedelta(campaign.steps[one].day - step.day)) for one in further)
    return max([goes_on, day + timedelta(last_day(step) - step.day), *lasts])


def stays(wait: Wait, day: date) -> date:
    """Until when somebody stays who comes on that day and for whom nothing happens."""
    if wait.until:
        return civil.plus(day, wait.at_most)
    while (wait.recurs and day not in civil.days(wait.recurs, day, day)) or (wait.day and day < wait.day):
        day += timedelta(days=1)
    return day


def last_day(step: Step) -> int:
    """The day of its last reminder, or its own; for a branch that of the journey on which nothing has to come."""
    return step.day + (step.remind.every.days * step.remind.max_reminders if step.remind else 0)
