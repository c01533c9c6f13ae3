"""The days on which something recurs, stepped on plain dates by dateutil (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from outreach.definitions.model import Recurrence
from outreach.definitions.recurrences import needs_from


def days(recurrence: Recurrence, first: date, last: date, anchor: date | None = None) -> Iterator[date]:
    """The days from `first` to `last` (both included) on which it recurs, counted from `anchor` where it counts."""
    # What does not count from a day means the same from any.
    start = anchor or first if needs_from(recurrence) else None
    for year in range(first.year, last.year + 1):
        yield from (day for day in _in_year(recurrence, start, year) if first <= day <= last)


@lru_cache(maxsize=1_000)
def _in_year(recurrence: Recurrence, start: date | None, year: int) -> tuple[date, ...]:
    """All of its days in a year: asked for a few days at a time, again and again, they are reckoned once."""
    # Imported here: a run with nothing recurrent does without it.
    from dateutil.easter import easter
    from dateutil.rrule import rrulestr

    if recurrence.easter is not None:
        found = (easter(one) + timedelta(days=recurrence.easter) for one in (year - 1, year, year + 1))
        return tuple(day for day in found if day.year == year)
    first, last = (datetime.combine(day, time()) for day in (date(year, 1, 1), date(year, 12, 31)))
    rule = rrulestr(recurrence.rule, dtstart=datetime.combine(start, time()) if start else first)
    return tuple(day.date() for day in rule.between(first, last, inc=True))
