"""Openings: whether messages of a campaign may leave at a moment, and if not, when next.

Judged by the clock on the wall: a window that the clock leaps over is not there on that day, one that it comes to
twice opens twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.definitions.closed_days import is_closed
from outreach.definitions.model import Blackout, Campaign, ChannelKind, Closed, Window, Workspace
from outreach.planning.calendar import civil_day, moment, zone

#: Reasons of a delivery that waits for an opening.
BLACKOUT, CLOSED_DAY, OUTSIDE_WINDOW = WAITS = ("blackout", "closed_day", "outside_window")
#: Days in which an opening is sought: longer than a message may wait for it.
_REACH = 400
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Hours:
    """When messages of a campaign may leave."""

    #: Empty: at any hour.
    windows: tuple[Window, ...]
    closed: Closed
    blackouts: tuple[Blackout, ...]
    #: Where there is no window, what waited for a day leaves at this time of it.
    send_at: time
    where: ZoneInfo

    def shut(self, now: datetime) -> str | None:
        """Why nothing may leave at that moment; None where it may."""
        local = now.astimezone(self.where)
        if reason := self._shut_on(local.date()):
            return reason
        return OUTSIDE_WINDOW if self.windows and not any(_holds(one, local) for one in self.windows) else None

    def opening(self, now: datetime) -> datetime | None:
        """The first moment after one at which nothing may leave; None where there is none in reach."""
        today = civil_day(now, self.where)
        for day in (today + timedelta(days=count) for count in range(_REACH)):
            if self._shut_on(day) is None:
                found = [begins for begins in self._beginnings(day) if begins > now and self.shut(begins) is None]
                if found:
                    return min(found)
        return None

    def sending_days(self, first: date) -> Iterator[date]:
        """The days, from one on, on which something may leave at some hour."""
        weekdays = {day for window in self.windows for day in window.days} or set(range(7))
        reach = [first + timedelta(days=count) for count in range(_REACH)]
        yield from (day for day in reach if day.weekday() in weekdays and self._shut_on(day) is None)
        # Where there are not enough, nobody is lost: they wait for an opening like everything that is due.
        yield from reach

    def blackout(self, day: date) -> Blackout | None:
        """The blackout that a day is in."""
        return next((one for one in self.blackouts if one.first <= day <= one.last), None)

    def _shut_on(self, day: date) -> str | None:
        if self.blackout(day):
            return BLACKOUT
        return CLOSED_DAY if is_closed(self.closed, day) else None

    def _beginnings(self, day: date) -> Iterator[datetime]:
        """Moments of a day at which something may begin: a window opens, or the clock is changed into one."""
        if not self.windows:
            yield moment(day, self.send_at, self.where)
            return
        for window in self.windows:
            for fold in (0, 1):
                yield datetime.combine(day, window.opens.replace(fold=fold), self.where).astimezone(UTC)
        yield from _changes(day, self.where)


def hours_of(workspace: Workspace, campaign: Campaign, channel: ChannelKind, lives_by: str | None = None) -> Hours:
    """Its own windows, else the channel's, else everybody's; closed days and blackouts unless it goes through.

    The channel is the message's: the last reminder of a campaign may go another way. By the clock of the zone
    `lives_by`, the workspace's where there is none.
    """
    return Hours(
        windows=campaign.windows or workspace.channel_windows.get(channel) or workspace.windows,
        closed=Closed() if campaign.on_closed == "send" else workspace.closed,
        blackouts=() if campaign.through_blackouts else workspace.blackouts,
        send_at=workspace.send_at,
        where=zone(lives_by or workspace.time_zone),
    )


def in_words(hours: Hours, reason: str, due_at: datetime, expires_at: datetime) -> str:
    """What a delivery waits for, and until when, in the hours' local time."""
    local = due_at.astimezone(hours.where)
    if due_at >= expires_at:
        return f"{_why(hours, reason)}; it does not open before the latest time, {local:%Y-%m-%d %H:%M}"
    return f"{_why(hours, reason)}; it leaves on {local:%A %Y-%m-%d at %H:%M}"


def _why(hours: Hours, reason: str) -> str:
    if reason == OUTSIDE_WINDOW:
        return f"outside its hours, {' and '.join(window.text for window in hours.windows)}"
    return "on a closed day nothing leaves" if reason == CLOSED_DAY else _blackouts(hours)


def _blackouts(hours: Hours) -> str:
    told = (f"from {one.first} until {one.last}: {one.why}" for one in hours.blackouts)
    return f"held back in a blackout ({'; '.join(told)})"


def _holds(window: Window, local: datetime) -> bool:
    at = local.time()
    return local.weekday() in window.days and window.opens <= at and (at < window.closes or window.closes == time(0))


def _changes(day: date, where: ZoneInfo) -> Iterator[datetime]:
    """The moment of a day at which its clocks are changed, to the minute."""
    start, end = (moment(day + timedelta(days=count), time(0), where) for count in (0, 1))
    before = start.astimezone(where).utcoffset()
    if before == end.astimezone(where).utcoffset():
        return
    low, high = 0, (end - start) // _MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        same = (start + middle * _MINUTE).astimezone(where).utcoffset() == before
        low, high = (middle, high) if same else (low, middle)
    yield start + high * _MINUTE
