"""Civil time the slow way: days one by one, moments minute by minute through the zone's own table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from outreach.definitions.model import Closed, Day, Recurrence, Span

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4}


def plus(day: date, span: Span, sign: int = 1) -> date:
    """A span later (or earlier): months first, on the month's last day where it is too short, then days."""
    months = day.year * 12 + day.month - 1 + sign * span.months
    wanted = day.day
    while True:
        try:
            moved = date(months // 12, months % 12 + 1, wanted)
            break
        except ValueError:
            wanted -= 1
    return moved + sign * span.days * _DAY


def minus(day: date, span: Span) -> date:
    return plus(day, span, -1)


def resolved(day: Day, today: date) -> date:
    return day.fixed if day.fixed is not None else plus(today, day.span, day.sign)


@cache
def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment at which a wall clock that shows this day shows this time, or would have but for a gap."""
    naive = datetime.combine(day, at.replace(fold=0))
    guess = naive.replace(tzinfo=zone).astimezone(UTC) - timedelta(hours=4)
    while _wall(guess, zone) < naive:
        guess += _MINUTE
    if _wall(guess, zone) == naive:
        return guess
    # The wall clock jumped over it: as long after the jump as it would have been.
    before = _wall(guess - _MINUTE, zone) + _MINUTE
    return guess + (naive - before)


def _wall(now: datetime, zone: ZoneInfo) -> datetime:
    return now.astimezone(zone).replace(tzinfo=None, fold=0)


def civil(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def clock(now: datetime, zone: ZoneInfo) -> time:
    return now.astimezone(zone).time()


def days(recurrence: Recurrence, first: date, last: date, anchor: date | None = None) -> Iterator[date]:
    """Days on which what the officer wrote is true, judged from the words, not from the rule."""
    day = first
    while day <= last:
        if _falls(recurrence.text, day, anchor):
            yield day
        day += _DAY


def is_closed(closed: Closed, day: date) -> bool:
    return day in closed.days or any(_falls(rule.text, day, None) for rule in closed.rules)


def moved(closed: Closed, day: date, rule: str) -> date | None:
    """Where something meant for a day goes, one day after the other."""
    while rule != "send" and is_closed(closed, day):
        if rule == "skip":
            return None
        day += _DAY if rule == "after" else -_DAY
    return day


def _falls(text: str, day: date, anchor: date | None) -> bool:  # noqa: C901  # a table of sentences
    weekday = _WEEKDAYS[day.weekday()]
    if match := re.fullmatch(r"(\d+) (day|week)s", text):
        length = int(match[1]) * (7 if match[2] == "week" else 1)
        return day >= anchor and (day - anchor).days % length == 0
    if text == "day":
        return True
    if text == "weekday":
        return day.weekday() < 5
    if text in _WEEKDAYS:
        return text == weekday
    if match := re.fullmatch(r"(\w+) and (\w+)", text):
        return weekday in match.groups()
    if text == "last day of the month":
        return (day + _DAY).month != day.month
    if match := re.fullmatch(r"(\d+)th of the month", text):
        return day.day == int(match[1])
    if match := re.fullmatch(r"(first|second|third|fourth) (\w+) of the month", text):
        return match[2] == weekday and (day.day - 1) // 7 + 1 == _ORDINALS[match[1]]
    if match := re.fullmatch(r"last (\w+) of the month", text):
        return match[1] == weekday and (day + 7 * _DAY).month != day.month
    if match := re.fullmatch(r"first (\w+) of the quarter", text):
        return match[1] == weekday and day.day <= 7 and day.month in (1, 4, 7, 10)
    if match := re.fullmatch(r"last (\w+) of the quarter", text):
        return match[1] == weekday and (day + 7 * _DAY).month in (1, 4, 7, 10) and day.month in (3, 6, 9, 12)
    if match := re.fullmatch(r"(\w+) (\w+) of ((?!the )[a-z, ]+)", text):
        months = [_MONTHS.index(name) + 1 for name in re.findall(r"\w+", match[3].replace(" and ", " "))]
        return day.month in months and _falls(f"{match[1]} {match[2]} of the month", day, anchor)
    if match := re.fullmatch(r"(\d+) (\w+)", text):
        return (day.day, day.month) == (int(match[1]), _MONTHS.index(match[2]) + 1)
    if match := re.fullmatch(r"easter \+ (\d+) days", text):
        return day == _easter(day.year) + int(match[1]) * _DAY
    raise AssertionError(text)


def _easter(year: int) -> date:
    """Gauss and Lichtenberg, Gregorian."""
    a, k = year % 19, year // 100
    m = 15 + (3 * k + 3) // 4 - (8 * k + 13) // 25
    d = (19 * a + m) % 30
    r = (d + a // 11) // 29
    og = 21 + d - r
    sz = 7 - (year + year // 4 + 2 - (3 * k + 3) // 4) % 7
    oe = 7 - (og - sz) % 7
    return date(year, 3, 1) + (og + oe - 1) * _DAY
