"""Lengths of time, days and times of day as an officer writes them."""

from __future__ import annotations

import re
from datetime import date, time

from outreach.definitions.model import Day, Span
from outreach.definitions.refusal import RefusedError, nearest, shown

#: Unit -> (months, days) in one of it.
UNITS = {"day": (0, 1), "week": (0, 7), "month": (1, 0), "year": (12, 0)}
#: Longest span: a hundred years; dates must stay dates.
MOST_MONTHS = 1200
MOST_DAYS = 36_525

SPAN_EXAMPLES = ("90 days", "2 weeks", "6 months", "1 year")
DAY_EXAMPLES = ("2026-10-17", "today", "30 days ago", "in 2 weeks")

_SPAN = re.compile(r"([0-9]{1,6}) ?([a-z]+)")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_SPAN_REMEDY = "Write a number and a unit: `90 days`, `2 weeks`, `6 months` or `1 year`."
_DATE_REMEDY = "Write year, month and day with hyphens: `2026-10-17`."
_DAY_REMEDY = "Write a date (`2026-10-17`), `today`, `30 days ago` or `in 2 weeks`."


def parse_span(text: str) -> Span:
    """`90 days` as a Span; spans count civil days or months.

    Raises:
        RefusedError: it is not a span, or is longer than a hundred years.
    """
    match = _SPAN.fullmatch(_plain(text))
    if not match:
        raise RefusedError(f"expected a length of time, found {shown(text)}", _SPAN_REMEDY)
    count, unit = int(match[1]), _unit(match[2], text)
    months, days = (count * part for part in UNITS[unit])
    if months > MOST_MONTHS or days > MOST_DAYS:
        raise RefusedError(f"{shown(text)} is longer than a hundred years", "Write a shorter length of time.")
    return Span(months, days)


def parse_length(text: str) -> Span:
    """A span of at least a day.

    Raises:
        RefusedError: it is not a span, or is nothing.
    """
    span = parse_span(text)
    if span == Span():
        raise RefusedError(f"{shown(text)} is no time at all", "Write at least `1 day`.")
    return span


def parse_days(text: str) -> Span:
    """A span that is a fixed number of days, at least one.

    Raises:
        RefusedError: it is not a span, is nothing, or is in months or years (whose length in days differs).
    """
    span = parse_length(text)
    if span.months:
        raise RefusedError(
            f"expected days or weeks, found {shown(text)}", "Write it in days or weeks: `30 days`, `2 weeks`."
        )
    return span


def parse_date(text: str) -> date:
    """`2026-10-17` as a date, between the years 1900 and 2199.

    Raises:
        RefusedError: it is not a date, or there is no such day.
    """
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise RefusedError(f"expected a date, found {shown(text)}", _DATE_REMEDY)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise RefusedError(f"there is no day {shown(text)}", _DATE_REMEDY) from None
    if not 1900 <= day.year < 2200:
        raise RefusedError(f"the year of {shown(text)} is out of reach", "Write a year from 1900 to 2199.")
    return day


def parse_day(text: str) -> Day:
    """A date, or a day counted from today, as a Day.

    Raises:
        RefusedError: it is neither.
    """
    words = _plain(text)
    if words == "today":
        return Day()
    if words.endswith(" ago"):
        return Day(span=parse_span(words.removesuffix(" ago")), sign=-1)
    if words.startswith("in "):
        return Day(span=parse_span(words.removeprefix("in ")), sign=1)
    if _DATE.fullmatch(words):
        return Day(fixed=parse_date(words))
    raise RefusedError(f"expected a day, found {shown(text)}", _DAY_REMEDY)


def parse_time(text: str) -> time:
    """`09:00` as a local time of day, to the minute.

    Raises:
        RefusedError: it is not a time of the 24-hour clock.
    """
    match = _TIME.fullmatch(text.strip())
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise RefusedError(
            f"expected a time of day, found {shown(text)}", 'Write hours and minutes, from "00:00" to "23:59".'
        )
    return time(int(match[1]), int(match[2]))


def parse_share(text: str) -> float:
    """`10 %` as 0.1.

    Raises:
        RefusedError: it is not a percentage from 0 to 100.
    """
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) ?%", text.strip())
    if not match or float(match[1]) > 100:
        raise RefusedError(
            f"expected a percentage, found {shown(text)}", "Write it with its sign, from 0 to 100: `10 %`."
        )
    return float(match[1]) / 100


def _unit(word: str, text: str) -> str:
    unit = word.removesuffix("s")
    if unit not in UNITS:
        near = nearest(word, [*UNITS, *(name + "s" for name in UNITS)])
        raise RefusedError(
            f"{shown(word)} in {shown(text)} is no unit", f"Did you mean `{near}`?" if near else _SPAN_REMEDY
        )
    return unit


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
