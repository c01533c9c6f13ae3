"""Civil time: the days on which something recurs, and the moments at which it leaves.

Everything is reckoned on civil days and turned into a moment last, so that a change of the clock moves no day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from outreach.definitions.civil import earlier, later
from outreach.definitions.closed_days import edge, landing, nearest_open
from outreach.definitions.model import Campaign, Closed, Span, Start, Step, Workspace
from outreach.definitions.recurring import days

#: The name of the only occurrence of a campaign that starts once.
ONCE = "once"


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One firing of a start."""

    #: The moment at which it leaves.
    at: datetime
    #: Its civil day.
    day: date
    #: `once` or the civil day that the start means, open or closed: neither a clock change, nor another hour or list of
    #: closed days makes another occurrence of it.
    name: str
    #: The civil day that the start means.
    meant: date


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


def time_of(workspace: Workspace, campaign: Campaign, step: Step | None = None) -> time:
    """The local time at which a step leaves: its own, the start's, or the workspace's."""
    return (step.at if step else None) or campaign.start.at or workspace.send_at


def leaves(workspace: Workspace, campaign: Campaign, step: Step, day: date, where: ZoneInfo | None = None) -> datetime:
    """The moment at which a step whose day has come leaves: on a closed day it waits for the next open one.

    By the clock of `where`, the workspace's where none is named.

    Also where the campaign says `before` or `skip`, which are about occurrences: nobody's journey has a hole, and
    nobody can be written to before something happened to them.
    """
    opens = None if campaign.on_closed == "send" else nearest_open(workspace.closed, day, 1)
    return moment(opens or day, time_of(workspace, campaign, step), where or zone(workspace.time_zone))


def occurrences(workspace: Workspace, campaign: Campaign, since: datetime, until: datetime) -> list[Occurrence]:
    """The occurrences of a campaign that starts for all at once, later than `since` and not later than `until`."""
    where = zone(workspace.time_zone)
    at = time_of(workspace, campaign, campaign.steps[0])
    first, last = civil_day(since, where), civil_day(until, where)
    found = (
        Occurrence(moment(day, at, where), day, ONCE if campaign.start.kind == "once" else meant.isoformat(), meant)
        for meant, day in _landings(workspace, campaign, first, last)
    )
    return [occurrence for occurrence in found if since < occurrence.at <= until]


def _landings(workspace: Workspace, campaign: Campaign, first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days that a start means and those on which it leaves: at least all that leave from `first` to `last`."""
    closed, rule = workspace.closed, campaign.on_closed
    if closed == Closed() or rule == "send":
        yield from ((day, day) for day in start_days(workspace, campaign.start, first, last))
        return
    meant = list(start_days(workspace, campaign.start, edge(closed, first, -1), edge(closed, last, 1)))
    for day in meant:
        lands = landing(closed, day, rule)
        if lands and not any(other != day and min(day, lands) <= other <= max(day, lands) for other in meant):
            yield day, lands


def start_days(workspace: Workspace, start: Start, first: date, last: date) -> Iterator[date]:
    """The civil days between `first` and `last` on which a start fires for all at once."""
    if start.kind == "once" and start.on and first <= start.on <= last:
        yield start.on
    if start.kind == "every" and start.every:
        lower, upper = max(first, start.first or first), min(last, start.last or last)
        if lower <= upper:
            yield from days(start.every, lower, upper, start.first)
    if start.kind == "bundles" and workspace.bundles:
        yield from days(workspace.bundles.every, first, last)
    if start.kind == "theme_day":
        theme = workspace.theme_days[start.name].on
        # A span of months is not the same length everywhere: look a month wider, then keep what fits.
        for day in days(theme, later(first, start.by), later(last, Span(start.by.months + 1, start.by.days))):
            if first <= (fires := earlier(day, start.by)) <= last:
                yield fires
