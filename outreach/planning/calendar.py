"""Civil time: the days on which something recurs, and the moments at which it leaves.

Everything is reckoned on civil days and turned into a moment last, so that a change of the clock moves no day.
Recurrences are RFC 5545 rules, stepped on plain dates by dateutil.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from outreach.definitions.civil import earlier, later
from outreach.definitions.model import Campaign, Recurrence, Span, Start, Step, Workspace

#: The name of the only occurrence of a campaign that starts once.
ONCE = "once"


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One firing of a start."""

    #: The moment at which it leaves.
    at: datetime
    #: Its civil day.
    day: date
    #: `once` or the civil day: neither a clock change nor another hour makes another occurrence of it.
    name: str


@lru_cache(maxsize=32)
def zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name."""
    return ZoneInfo(name)


def moment(day: date, at: time, where: ZoneInfo) -> datetime:
    """The moment of a local time, in UTC.

    A time that the clocks skip is moved forward by what they skip; of one that comes twice the first counts (PEP 495).
    """
    # A time taken from a moment remembers that it was the second of two; here it is a time of day.
    return datetime.combine(day, at.replace(fold=0), where).astimezone(UTC)


def civil_day(now: datetime, where: ZoneInfo) -> date:
    """The day that it is there."""
    return now.astimezone(where).date()


def after(start: datetime, span: Span, where: ZoneInfo) -> datetime:
    """The same local time, a span of civil days later."""
    local = start.astimezone(where)
    return moment(later(local.date(), span), local.time(), where)


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
    start = datetime.combine(anchor or date(first.year, 1, 1), time())
    rule = rrulestr(recurrence.rule, dtstart=start)
    for found in rule.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True):
        yield found.date()


def time_of(workspace: Workspace, campaign: Campaign, step: Step | None = None) -> time:
    """The local time at which a step leaves: its own, the start's, or the workspace's."""
    return (step.at if step else None) or campaign.start.at or workspace.send_at


def occurrences(workspace: Workspace, campaign: Campaign, since: datetime, until: datetime) -> list[Occurrence]:
    """The occurrences of a campaign that starts for all at once, later than `since` and not later than `until`."""
    where = zone(workspace.time_zone)
    at = time_of(workspace, campaign, campaign.steps[0])
    first, last = civil_day(since, where), civil_day(until, where)
    found = (
        Occurrence(moment(day, at, where), day, ONCE if campaign.start.kind == "once" else day.isoformat())
        for day in start_days(workspace, campaign.start, first, last)
    )
    return [occurrence for occurrence in found if since < occurrence.at <= until]


def start_days(workspace: Workspace, start: Start, first: date, last: date) -> Iterator[date]:
    """The civil days between `first` and `last` on which a start fires for all at once."""
    if start.kind == "once" and start.on and first <= start.on <= last:
        yield start.on
    if start.kind == "every" and start.every:
        lower, upper = max(first, start.first or first), min(last, start.last or last)
        if lower <= upper:
            yield from days(start.every, lower, upper, start.first)
    if start.kind == "theme_day":
        theme = workspace.theme_days[start.name].on
        # A span of months is not the same length everywhere: look a month wider, then keep what fits.
        for day in days(theme, later(first, start.by), later(last, Span(start.by.months + 1, start.by.days))):
            if first <= (fires := earlier(day, start.by)) <= last:
                yield fires
