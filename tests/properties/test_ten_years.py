"""Ten years of a calendar: every local day once, in zones whose clocks change in every way there is."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.model import Recurrence, Start
from outreach.definitions.recurrences import parse_recurrence
from outreach.definitions.windows import parse_window
from outreach.planning.abroad import coming
from outreach.planning.calendar import ONCE, Occurrence, occurrences
from outreach.planning.openings import hours_of
from outreach.planning.scope import Scope
from tests.properties.strategies import WINDOWS
from tests.properties.trials import trials
from tests.reference import civil, hours
from tests.unit.planning.people import WORKSPACE, campaign, definitions

#: An hour at night; an hour at midnight; half an hour; two changes for Ramadan; the other half of the year; no change.
ZONES = (
    "Europe/Brussels", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "Asia/Tokyo",
)  # fmt: skip
FIRST, LAST = date(2026, 1, 1), date(2035, 12, 31)
_JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))


@pytest.mark.parametrize(
    ("zone", "at"),
    [*zip(ZONES, (time(2, 15), time(0), time(2, 15), time(2, 15), time(0), time(9)), strict=True)],
)
def test_every_day_comes_once_though_clocks_change_and_jump(zone: str, at: time) -> None:
    found = _ticked(zone, at, parse_recurrence("day"), random.Random(f"{zone} {at}"))
    days = [FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1)]
    assert [one.name for one in found] == [day.isoformat() for day in days]
    where = ZoneInfo(zone)
    for one in found:
        local = one.at.astimezone(where)
        # On a night on which it is leapt over it comes as much later, on the same day.
        assert local.date() == one.day
        assert local.time() == at or one.at == civil.moment(one.day, at, where)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", [time(2, 15), time(23, 30)])
def test_every_day_comes_once_by_a_clock_far_from_the_workspaces(zone: str, at: time) -> None:
    found = _ticked("Europe/Brussels", at, parse_recurrence("day"), random.Random(f"{zone} {at}"), there=zone)
    # What comes there and what comes at home are looked at both; the name keeps anybody from having it twice.
    moments = {one.name: one.at for one in found}
    days = [FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1)]
    assert sorted(moments) == [day.isoformat() for day in days]
    assert all(one.at == moments[one.name] == civil.moment(one.day, at, ZoneInfo(zone)) for one in found)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("first tuesday of march", 10), ("easter + 39 days", 10), ("every 17 october", 10),
        ("last day of february", 10), ("last sunday of march and october", 20), ("15th of the month", 120),
        ("easter + 1 days", 10), ("first weekday of the quarter", 40), ("last friday of the quarter", 40),
        ("last weekday of may and june", 20),
    ],
)  # fmt: skip
def test_theme_days_by_rule_come_once_each_year(zone: str, text: str, times: int) -> None:
    found = _ticked(zone, time(2, 30), parse_recurrence(text), random.Random(f"{zone} {text}"))
    assert len({one.name for one in found}) == len(found) == times
    assert [one.day for one in found] == sorted(one.day for one in found)


def test_the_last_day_of_february_is_the_leap_day_where_there_is_one() -> None:
    found = _ticked("Europe/Brussels", time(9), parse_recurrence("last day of february"), random.Random(1))
    assert [one.day.day for one in found] == [28, 28, 29, 28, 28, 28, 29, 28, 28, 28]


@pytest.mark.parametrize("zone", ZONES)
def test_a_single_day_comes_once(zone: str) -> None:
    where = ZoneInfo(zone)
    letter = campaign(start=Start(ONCE, time(2, 30), on=date(2026, 10, 25)))
    workspace = replace(WORKSPACE, time_zone=zone)
    since, until = (civil.moment(date(2026, month, 1), time(0), where) for month in (1, 12))
    (one,) = occurrences(workspace, letter, since, until)
    assert one.at == civil.moment(date(2026, 10, 25), time(2, 30), where)
    assert occurrences(workspace, letter, one.at, until) == []


@trials(40)
@given(
    st.sampled_from(ZONES),
    st.lists(st.sampled_from(WINDOWS), min_size=1, max_size=2, unique=True),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001  # the zone follows
)
def test_windows_open_when_the_clock_on_the_wall_says_so(zone: str, texts: list[str], naive: datetime) -> None:
    now = naive.replace(second=0, microsecond=0, tzinfo=UTC)
    workspace = replace(WORKSPACE, time_zone=zone, windows=tuple(map(parse_window, texts)))
    letter = campaign()
    asked = hours_of(workspace, letter, "email")
    assert asked.shut(now) == hours.shut(workspace, letter, now)
    if asked.shut(now):
        far = now + timedelta(days=15)
        assert asked.opening(now) == hours.opening(workspace, letter, now, far)


def _ticked(
    zone: str, at: time, recurrence: Recurrence, chance: random.Random, there: str | None = None
) -> list[Occurrence]:
    """What is found by a service that looks at odd moments, sleeps for weeks, and has a clock that jumps.

    For people of another zone `there`, by whose clock the last of the days may come a day later.
    """
    where = ZoneInfo(zone)
    letter = campaign(start=Start("every", at, every=recurrence, first=FIRST, last=LAST))
    until = civil.moment(FIRST, time(0), where) - timedelta(minutes=1)
    end = civil.moment(LAST, time(23, 59), where) + timedelta(days=1)
    clock, found = until, []
    while until < end:
        clock += timedelta(minutes=chance.choice((37, 180, 611, 1440, 2000, 30_240)))
        seen = clock + chance.choice(_JUMPS) if chance.random() < 0.3 else clock
        if seen > until:
            scope = Scope(definitions(letter, workspace={"time_zone": zone}), 1, letter, seen)
            found += coming(scope, ZoneInfo(there or zone), until)
            until = seen
    return found
