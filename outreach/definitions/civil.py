"""Arithmetic on civil days: spans added and taken away, without clocks or zones."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from outreach.definitions.model import Day, Span


def later(day: date, span: Span) -> date:
    """`day` plus a span: months first (the last day of a shorter month at most), then days."""
    return _moved(day, span.months, span.days)


def earlier(day: date, span: Span) -> date:
    """`day` minus a span, in the same way."""
    return _moved(day, -span.months, -span.days)


def resolve(day: Day, today: date) -> date:
    """The civil day that a definition's day means today."""
    if day.fixed is not None:
        return day.fixed
    return later(today, day.span) if day.sign > 0 else earlier(today, day.span)


def years_before(day: date, years: int) -> date:
    """The latest birth date of somebody who has completed `years` years on `day`.

    Who was born on 29 February completes a year on 1 March of other years.
    """
    return earlier(day, Span(months=12 * years))


def _moved(day: date, months: int, days: int) -> date:
    """Beyond the calendar's first and last year the nearest day of it counts."""
    month = day.year * 12 + day.month - 1 + months
    if not 12 <= month < 12 * 10000:
        return date.min if months < 0 else date.max
    year, month = divmod(month, 12)
    day = day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max
