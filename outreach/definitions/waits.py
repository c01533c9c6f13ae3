"""How long a wait lasts, and what for, in words."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from outreach.definitions.civil import later
from outreach.definitions.model import Campaign, Recurrence, Step, Wait
from outreach.definitions.recurring import days
from outreach.definitions.ways import condition_in_words, leads

#: How far ahead a day that comes back is sought, nearest first: from one Easter to the next may be 385 days.
_HORIZONS = (timedelta(days=35), timedelta(days=390))


def latest(wait: Wait, day: date) -> date:
    """The last day on which somebody goes on who comes to it on that day; the only one where a day is waited for."""
    if wait.until:
        return later(day, wait.at_most)
    if wait.recurs:
        return _next(wait.recurs, day)
    return max(wait.day or day, day)


@lru_cache(maxsize=1024)
def _next(recurrence: Recurrence, day: date) -> date:
    found = (next(days(recurrence, day, day + ahead), None) for ahead in _HORIZONS)
    return next(filter(None, found), day)


def awaited(wait: Wait) -> str:
    """`tuesday`, `2026-12-01`, `infosession-attended or event moved`."""
    if wait.until:
        return condition_in_words(wait.until)
    return wait.recurs.text if wait.recurs else str(wait.day)


def wait_in_words(campaign: Campaign, step: Step) -> str:
    """`until infosession-attended, at most 60 days; then to the end`; empty for a step that is no wait."""
    if step.wait is None:
        return ""
    if step.wait.until is None:
        return f"until {awaited(step.wait)}"
    return f"until {awaited(step.wait)}, at most {step.wait.at_most.days} days; after that {gives_up(campaign, step)}"


def gives_up(campaign: Campaign, step: Step) -> str:
    """Where somebody goes who waited as long as one may."""
    place = campaign.given_up(campaign.steps.index(step))
    return "to the end" if place is None else leads(campaign, place)
