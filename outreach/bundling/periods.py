"""Of which days a bundle tells: each day is in one bundle and in no other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from outreach.definitions.civil import later
from outreach.definitions.model import Bundles, Recurrence
from outreach.definitions.recurring import days

#: How far ahead the next bundle is sought, nearest first: whatever recurs does so once a year at least.
_HORIZONS = (timedelta(days=40), timedelta(days=400))


@dataclass(frozen=True, slots=True)
class Period:
    """Civil days, both included."""

    first: date
    last: date


def period(bundles: Bundles, day: date, *, is_first: bool) -> Period:
    """What the bundle of a day tells of: from `ahead` after its own day until `ahead` after that of the next one.

    The first bundle of all tells of the days before that, too, as no other could.
    """
    first = day if is_first else later(day, bundles.ahead)
    return Period(first, later(following(bundles.every, day), bundles.ahead) - timedelta(days=1))


def following(every: Recurrence, day: date) -> date:
    """The day after this one on which it recurs."""
    tomorrow = day + timedelta(days=1)
    return next(found for horizon in _HORIZONS for found in days(every, tomorrow, day + horizon))
