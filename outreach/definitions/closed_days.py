"""Closed days: which days they are, and where what lands on one of them goes instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from outreach.definitions.model import Closed, OnClosed
from outreach.definitions.recurring import days

#: How many closed days in a row are looked past: nobody is closed for a year.
REACH = 366


def is_closed(closed: Closed, day: date) -> bool:
    """Whether nothing leaves on that day."""
    return day in _closed_in(closed, day.year)


def nearest_open(closed: Closed, day: date, step: Literal[-1, 1]) -> date | None:
    """The day, or the first open one after it (before it, where `step` is -1); None where there is none in reach."""
    return next((other for other in _onwards(day, step) if not is_closed(closed, other)), None)


def edge(closed: Closed, day: date, step: Literal[-1, 1]) -> date:
    """The last of the closed days in a row that are next to a day, itself where its neighbour is open."""
    beyond = nearest_open(closed, day + timedelta(days=step), step)
    return beyond - timedelta(days=step) if beyond else day


def landing(closed: Closed, day: date, rule: OnClosed) -> date | None:
    """The day on which what is meant for `day` leaves; None where it does not."""
    if rule == "send" or not is_closed(closed, day):
        return day
    return None if rule == "skip" else nearest_open(closed, day, -1 if rule == "before" else 1)


def _onwards(day: date, step: int) -> Iterator[date]:
    return (day + timedelta(days=step * count) for count in range(REACH))


@lru_cache(maxsize=64)
def _closed_in(closed: Closed, year: int) -> frozenset[date]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    single = (day for day in closed.days if first <= day <= last)
    return frozenset((*single, *(day for rule in closed.rules for day in days(rule, first, last))))
