"""The days on which something recurs, stepped on plain dates by dateutil (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from outreach.definitions.model import Recurrence
from outreach.definitions.recurrences import needs_from


def days(recurrence: Recurrence, first: date, last: date, anchor: date | None = None) -> Iterator[date]:
    """The days from `first` to `last` (both included) on which it recurs, counted from `anchor` where it counts."""
    # Imported here: a run with nothing recurrent does without it.
    from dateutil.easter import easter
    from dateutil.rrule import rrulestr

    if recurrence.easter is not None:
        for year in range(first.year - 1, last.year + 2):
            day = easter(year) + timedelta(days=recurrence.easter)
            if first <= day <= last:
                yield day
        return
    # What does not count from a day means the same from any: the nearest is the quickest to step from.
    start = datetime.combine((needs_from(recurrence) and anchor) or first, time())
    rule = rrulestr(recurrence.rule, dtstart=start)
    for found in rule.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True):
        yield found.date()
