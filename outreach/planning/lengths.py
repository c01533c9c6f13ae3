"""How long a journey may still take, whichever ways it goes, so that it is known who is under way."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.definitions.model import Campaign, Step


def length(campaign: Campaign) -> int:
    """Days from the start to the last message, reminders included, on the longest way."""
    return campaign.steps[0].day - 1 + ahead(campaign)[0]


def ahead(campaign: Campaign) -> list[int]:
    """For each step, the days from its own to the last message that may come."""
    found = [0] * len(campaign.steps)
    for index in reversed(range(len(campaign.steps))):
        further = (_between(campaign, index, other) + found[other] for other in nexts(campaign, index))
        found[index] = max([_reminding(campaign.steps[index]), *further])
    return found


def behind(campaign: Campaign) -> list[int]:
    """For each step, the days from its own to the last reminder of a step that may have come before it."""
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
