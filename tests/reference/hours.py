"""Windows, closed days and blackouts the slow way: a clock on the wall, looked at minute after minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.definitions.model import Campaign, Window, Workspace
from tests.reference import civil

_MINUTE = timedelta(minutes=1)
_ALWAYS = (Window("mon-sun 00:00-24:00", tuple(range(7)), time(0), time(0)),)


def shut(workspace: Workspace, campaign: Campaign, now: datetime) -> str | None:
    """Why nothing of the campaign may leave now."""
    wall = now.astimezone(ZoneInfo(workspace.time_zone))
    if not campaign.through_blackouts and any(one.first <= wall.date() <= one.last for one in workspace.blackouts):
        return "blackout"
    if campaign.on_closed != "send" and civil.is_closed(workspace.closed, wall.date()):
        return "closed_day"
    windows = _windows(workspace, campaign)
    if windows and not any(_shows(window, wall) for window in windows):
        return "outside_window"
    return None


def opening(workspace: Workspace, campaign: Campaign, now: datetime, until: datetime) -> datetime:
    """The first minute after now at which something may leave, or `until`.

    Where there are no windows, what waited for another day leaves at the workspace's hour of it.
    """
    zone = ZoneInfo(workspace.time_zone)
    if not _windows(workspace, campaign):
        day = civil.civil(now, zone)
        while True:
            day += timedelta(days=1)
            leaves = civil.moment(day, workspace.send_at, zone)
            if leaves >= until or shut(workspace, campaign, leaves) is None:
                return min(leaves, until)
    minute = now.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE
    while minute < until and shut(workspace, campaign, minute):
        minute += _MINUTE
    return min(minute, until)


def sends_on(workspace: Workspace, campaign: Campaign, day: date) -> bool:
    """Whether there is an hour of the day at which something may leave."""
    zone = ZoneInfo(workspace.time_zone)
    noon = civil.moment(day, time(12), zone)
    if shut(workspace, replace(campaign, windows=_ALWAYS), noon):
        return False
    windows = _windows(workspace, campaign)
    return not windows or any(day.weekday() in window.days for window in windows)


def _windows(workspace: Workspace, campaign: Campaign) -> tuple[Window, ...]:
    return campaign.windows or workspace.channel_windows.get(campaign.channel, ()) or workspace.windows


def _shows(window: Window, wall: datetime) -> bool:
    ends = (24, 0) if window.closes == time(0) else (window.closes.hour, window.closes.minute)
    begins = (window.opens.hour, window.opens.minute)
    return wall.weekday() in window.days and begins <= (wall.hour, wall.minute) < ends
