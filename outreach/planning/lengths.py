"""How long a journey may still take, whichever ways it goes, so that it is known who is under way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from outreach.definitions.model import Campaign, Step
from outreach.definitions.waits import latest


def last_day(campaign: Campaign, place: int, day: date) -> date:
    """The day of the last message that may come, reminders included, on the longest way from a step on its day.

    Who comes to a wait stays there as long as one may.
    """
    comes, last = {place: day}, day
    for index in range(place, len(campaign.steps)):
        if index in comes:
            step, on = campaign.steps[index], comes[index]
            goes_on = latest(step.wait, on) if step.wait else on
            last = max(last, goes_on, on + timedelta(days=_reminding(step)))
            for other in nexts(campaign, index):
                then = goes_on + timedelta(days=_between(campaign, index, other))
                comes[other] = max(then, comes.get(other, then))
    return last


def behind(campaign: Campaign) -> list[int]:
    """For each step, the days from its own to the last reminder of a step that may have come before it.

    As if nobody had waited in between: who did is rather under way too long than not long enough.
    """
    found = [0] * len(campaign.steps)
    for index, step in enumerate(campaign.steps):
        for other in nexts(campaign, index):
            rest = max(found[index], _reminding(step)) - _between(campaign, index, other)
            found[other] = max(found[other], rest)
    return found


def nexts(campaign: Campaign, index: int) -> Iterator[int]:
    """Places of the steps that may come right after one."""
    branch = campaign.steps[index].branch
    places = (*(way.first for way in branch.ways), branch.otherwise, branch.unknown) if branch else None
    found = (campaign.here(place) for place in places) if places else (campaign.following(index),)
    yield from (place for place in dict.fromkeys(found) if place is not None)


def reachable(campaign: Campaign, index: int | None) -> set[int]:
    """Places of a step and of all that may come after it; none from None."""
    found: set[int] = set()
    queue = [] if index is None else [index]
    while queue:
        place = queue.pop()
        if place not in found:
            found.add(place)
            queue += nexts(campaign, place)
    return found


def _reminding(step: Step) -> int:
    return step.remind.every.days * step.remind.max_reminders if step.remind else 0


def _between(campaign: Campaign, index: int, other: int) -> int:
    return campaign.steps[other].day - campaign.steps[index].day
