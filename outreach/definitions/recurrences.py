"""Recurrences: days that come back, in English words, become iCalendar rules (RFC 5545).

The rules are written so that they mean the same whenever one starts to count (`FREQ=MONTHLY;BYMONTHDAY=1`), but for
those with an INTERVAL, which count from the `from` of the start.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date

from outreach.definitions.model import Recurrence
from outreach.definitions.refusal import RefusedError, nearest, shown

WEEKDAYS = {name.casefold(): name[:2].upper() for name in calendar.day_name}
MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if number}
PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
EXAMPLES = (
    "day", "weekday", "monday", "monday and thursday", "2 weeks", "month", "first tuesday of the month",
    "last friday of the month", "15th of the month", "last day of the month", "first weekday of the month",
    "first monday of october", "first tuesday of january, april, july and october", "first tuesday of the quarter",
    "17 october", "year", "easter + 39 days",
)  # fmt: skip

_WORKING = "MO,TU,WE,TH,FR"
_QUARTERS = "1,4,7,10"
_QUARTER_ENDS = "3,6,9,12"
_QUARTER = ("the quarter", "quarter", "each quarter", "every quarter")
_WORDS = (
    *WEEKDAYS, *MONTHS, *PLACES, "day", "days", "weekday", "week", "weeks", "month", "months", "quarter", "year",
    "years", "easter", "of", "the", "and",
)  # fmt: skip
_REMEDY = "Write for instance `first tuesday of the month`, `15th of the month`, `17 october` or `monday and thursday`."
#: Remedy for what counts from a day that was not said.
NEEDS_FROM = "Say from which day it counts: `from: 2026-01-05`."
_PERIODS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}


def parse_recurrence(text: str, first: date | None = None) -> Recurrence:
    """What an officer wrote, as a Recurrence; `first` is the day from which it counts, where one was given.

    Raises:
        RefusedError: it is no recurrence, needs a `from`, or names a day that not every month has.
    """
    words = _plain(text)
    if (days := _easter(words)) is not None:
        return Recurrence(text, "", easter=days)
    for read in _READERS:
        if (rule := read(words, first)) is not None:
            return Recurrence(text, rule)
    raise RefusedError(f"{shown(text)} is no recurrence that Outreach knows", _suggestion(words, first))


def parse_undated(text: str) -> Recurrence:
    """A recurrence that says by itself which days it means, with no first day to count from.

    Raises:
        RefusedError: it does not, or is no recurrence.
    """
    try:
        return parse_recurrence(text)
    except RefusedError as error:
        remedy = "Name the day: `17 october`." if error.remedy == NEEDS_FROM else error.remedy
        raise RefusedError(error.message, remedy) from None


def needs_from(recurrence: Recurrence) -> bool:
    """Whether its days are counted from a first one (`2 weeks`)."""
    return "INTERVAL=" in recurrence.rule


def _plain(text: str) -> str:
    words = " ".join(text.casefold().split())
    return words.removeprefix("every ").removeprefix("the ")


# Each reader gives a rule, or None for a text that is not of its kind.


def _single(words: str, first: date | None) -> str | None:
    if words == "year" and first is None:
        raise RefusedError("`year` does not say which day of it", NEEDS_FROM)
    return {
        "day": lambda: "FREQ=DAILY",
        "weekday": lambda: f"FREQ=WEEKLY;BYDAY={_WORKING}",
        "week": lambda: _interval("week", 1, first),
        "month": lambda: f"FREQ=MONTHLY;BYMONTHDAY={_month_day(first.day if first else 1)}",
        "year": lambda: _interval("year", 1, first),
    }.get(words, lambda: None)()


def _weekdays(words: str, _first: date | None) -> str | None:
    names = _list(words)
    if not names or any(name not in WEEKDAYS for name in names):
        return None
    return f"FREQ=WEEKLY;BYDAY={_days(names)}"


def _counted(words: str, first: date | None) -> str | None:
    match = re.fullmatch(r"([0-9]{1,3}) (day|week|month|year)s?", words)
    return _interval(match[2], int(match[1]), first) if match else None


def _interval(unit: str, count: int, first: date | None) -> str:
    if first is None:
        raise RefusedError(f"`{unit if count == 1 else f'{count} {unit}s'}` does not say which {unit}s", NEEDS_FROM)
    if count < 1:
        raise RefusedError("every 0 times is never", _REMEDY)
    day = {
        "month": f";BYMONTHDAY={first.day}", "year": f";BYMONTH={first.month};BYMONTHDAY={first.day}",
        "week": f";BYDAY={calendar.day_name[first.weekday()][:2].upper()}", "day": "",
    }[unit]  # fmt: skip
    if unit in ("month", "year"):
        _month_day(first.day)
    step = f";INTERVAL={count}" if count > 1 else ""
    return f"FREQ={_PERIODS[unit]}{step}{day}"


def _placed(words: str, _first: date | None) -> str | None:
    match = re.fullmatch(rf"([a-z, ]+?) ({'|'.join(WEEKDAYS)}|weekday|day) of (.+)", words)
    places = _list(match[1]) if match else []
    if not match or not places or any(place not in PLACES for place in places):
        return None
    within = _last_months(places) if match[3] in _QUARTER and "last" in places else _within(match[3])
    if within and match[2] == "weekday":
        # BYSETPOS counts in the whole period of FREQ: of each month, and not of all months of the year together.
        within = within.replace("FREQ=YEARLY", "FREQ=MONTHLY")
    return within and within + _placed_days([PLACES[place] for place in places], match[2])


def _placed_days(places: list[int], day: str) -> str:
    if day == "day":
        return f";BYMONTHDAY={','.join(map(str, places))}"
    if day == "weekday":
        return f";BYDAY={_WORKING};BYSETPOS={','.join(map(str, places))}"
    return f";BYDAY={','.join(f'{place:+d}{WEEKDAYS[day]}' for place in places)}"


def _numbered(words: str, _first: date | None) -> str | None:
    match = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)? of (.+)", words)
    within = _within(match[2]) if match else None
    if not match or within is None:
        return None
    months = [int(month) for month in re.findall(r"[0-9]+", within)]
    return f"{within};BYMONTHDAY={_month_day(int(match[1]), months)}"


def _annual(words: str, _first: date | None) -> str | None:
    match = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)? ([a-z]+)|([a-z]+) ([0-9]{1,2})(?:st|nd|rd|th)?", words)
    if not match or (name := match[2] or match[3]) not in MONTHS:
        return None
    month = MONTHS[name]
    return f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={_month_day(int(match[1] or match[4]), [month])}"


_READERS: tuple[Callable[[str, date | None], str | None], ...] = (
    _single, _weekdays, _counted, _placed, _numbered, _annual,
)  # fmt: skip


def _within(words: str) -> str | None:
    """The period that days are placed in: `the month`, `the quarter`, `october`, `april and october`."""
    if words in ("the month", "month", "each month", "every month"):
        return "FREQ=MONTHLY"
    if words in _QUARTER:
        return f"FREQ=YEARLY;BYMONTH={_QUARTERS}"
    names = _list(words)
    if not names or any(name not in MONTHS for name in names):
        return None
    return f"FREQ=YEARLY;BYMONTH={','.join(str(MONTHS[name]) for name in names)}"


def _last_months(places: list[str]) -> str:
    """The last days of a quarter are in its last month; the first four of a kind are always in its first."""
    if len(places) > 1:
        raise RefusedError(
            "the first and the last days of a quarter are in different months",
            "Write one of them, or name the months: `first and last monday of march and april`.",
        )
    return f"FREQ=YEARLY;BYMONTH={_QUARTER_ENDS}"


def _month_day(day: int, months: list[int] | None = None) -> int:
    """The day, when each of the months has it (all of them, where none are given)."""
    for month in months or MONTHS.values():
        # 2027 is no leap year, so that a 29th of February is refused too.
        if not 1 <= day <= calendar.monthrange(2027, month)[1]:
            message = f"there is not always a {day} {calendar.month_name[month]}"
            raise RefusedError(message, f"Write an earlier day, or `last day of {_of(months)}`.")
    return day


def _of(months: list[int] | None) -> str:
    return " and ".join(calendar.month_name[month].casefold() for month in months) if months else "the month"


def _days(names: list[str]) -> str:
    return ",".join(WEEKDAYS[name] for name in WEEKDAYS if name in names)


def _easter(words: str) -> int | None:
    if words in ("easter", "easter sunday"):
        return 0
    match = re.fullmatch(r"easter ?([+-]) ?([0-9]{1,3}) days?", words)
    if not match:
        return None
    days = int(match[1] + match[2])
    if not -80 <= days <= 250:
        raise RefusedError(
            "that is not always in the same year as Easter", "Write from `easter - 80 days` to `easter + 250 days`."
        )
    return days


def _list(words: str) -> list[str]:
    """`a, b and c` as its parts; empty when it is no such list."""
    parts = [part.strip() for part in re.split(r", and |,| and ", words)]
    return parts if all(parts) else []


def _suggestion(words: str, first: date | None) -> str:
    """The text with each unknown word put right, when that makes a recurrence."""
    guess = re.sub(r"[a-z]+", lambda match: _known(match[0]), words[:100])
    if guess != words and any(_reads(read, guess, first) for read in _READERS):
        return f"Did you mean `{guess}`?"
    return _REMEDY


def _known(word: str) -> str:
    return word if word in (*_WORDS, "st", "nd", "rd", "th") else nearest(word, _WORDS) or word


def _reads(read: Callable[[str, date | None], str | None], words: str, first: date | None) -> bool:
    try:
        return read(words, first) is not None
    except RefusedError:
        return False
