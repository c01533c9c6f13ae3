from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.model import Day, Span
from outreach.definitions.refusal import RefusedError
from outreach.definitions.spans import (
    parse_date,
    parse_day,
    parse_days,
    parse_length,
    parse_share,
    parse_span,
    parse_time,
)
from tests.unit.definitions.conftest import attempt

PARSERS = [parse_date, parse_day, parse_days, parse_length, parse_share, parse_span, parse_time]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90 days", Span(days=90)),
        ("1 day", Span(days=1)),
        ("0 days", Span()),
        ("2 weeks", Span(days=14)),
        ("6 months", Span(months=6)),
        ("1 year", Span(months=12)),
        (" 2   Weeks ", Span(days=14)),
        ("10days", Span(days=10)),
    ],
)
def test_spans_count_days_or_months(text: str, span: Span) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "days", "-1 days", "1.5 days", "90", "90 days 2 weeks", "200 years", "٣ days"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_span(text)


def test_some_spans_must_be_something_and_some_a_number_of_days() -> None:
    with pytest.raises(RefusedError, match="no time at all"):
        parse_length("0 weeks")
    with pytest.raises(RefusedError, match="days or weeks"):
        parse_days("1 month")
    assert parse_days("2 weeks") == Span(days=14)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-10-17", Day(fixed=date(2026, 10, 17))),
        ("today", Day()),
        ("30 days ago", Day(span=Span(days=30), sign=-1)),
        ("in 2 weeks", Day(span=Span(days=14), sign=1)),
        ("In 1 Month", Day(span=Span(months=1), sign=1)),
    ],
)
def test_days_are_fixed_or_counted_from_today(text: str, day: Day) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13-01", "1899-12-31", "2200-01-01", "17-10-2026", "2026-1-1", "0000-01-01"]
)
def test_days_that_are_not_are_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_date(text)


@pytest.mark.parametrize(("text", "moment"), [("09:00", time(9)), ("9:05", time(9, 5)), ("23:59", time(23, 59))])
def test_times_are_of_the_24_hour_clock(text: str, moment: time) -> None:
    assert parse_time(text) == moment


@pytest.mark.parametrize("text", ["24:00", "9", "09:60", "9am", "09:00:00", ""])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_time(text)


def test_shares_have_a_percent_sign() -> None:
    assert parse_share("10 %") == pytest.approx(0.1)
    assert parse_share("2.5%") == pytest.approx(0.025)
    for text in ("10", "101 %", "-1 %", "ten %"):
        with pytest.raises(RefusedError):
            parse_share(text)


@given(
    parse=st.sampled_from(PARSERS),
    text=st.text(max_size=40) | st.from_regex(r"[0-9]{1,8} ?(days?|months|ago|in|-|:|%)*", fullmatch=True),
)
def test_no_text_raises_anything_else(parse, text: str) -> None:
    read = attempt(parse, text)
    assert not isinstance(read, RefusedError) or (read.message and read.remedy)
