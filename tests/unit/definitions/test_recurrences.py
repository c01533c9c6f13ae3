from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.model import Recurrence
from outreach.definitions.recurrences import EXAMPLES, MONTHS, PLACES, WEEKDAYS, needs_from, parse_recurrence
from outreach.definitions.refusal import RefusedError
from tests.unit.definitions.conftest import attempt

MONDAY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("day", "FREQ=DAILY"),
        ("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("monday", "FREQ=WEEKLY;BYDAY=MO"),
        ("thursday and monday", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("monday, wednesday and friday", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("month", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("first tuesday of the month", "FREQ=MONTHLY;BYDAY=+1TU"),
        ("Every First Tuesday of the month", "FREQ=MONTHLY;BYDAY=+1TU"),
        ("second and fourth friday of the month", "FREQ=MONTHLY;BYDAY=+2FR,+4FR"),
        ("last friday of the month", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("15th of the month", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("1st of the month", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("first weekday of the month", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1"),
        ("last weekday of may and june", "FREQ=MONTHLY;BYMONTH=5,6;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("first monday of october", "FREQ=YEARLY;BYMONTH=10;BYDAY=+1MO"),
        ("first tuesday of january, april, july and october", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYDAY=+1TU"),
        ("first tuesday of the quarter", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYDAY=+1TU"),
        ("fourth tuesday of the quarter", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYDAY=+4TU"),
        ("last friday of the quarter", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYDAY=-1FR"),
        ("last weekday of each quarter", "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("last day of the quarter", "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"),
        ("last friday of january, april, july and october", "FREQ=YEARLY;BYMONTH=1,4,7,10;BYDAY=-1FR"),
        ("first tuesday of march", "FREQ=YEARLY;BYMONTH=3;BYDAY=+1TU"),
        ("every 17 october", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=17"),
        ("last day of february", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
        ("17 october", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=17"),
        ("17th of october", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=17"),
        ("october 17", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=17"),
    ],
)
def test_words_become_a_rule(text: str, rule: str) -> None:
    assert parse_recurrence(text) == Recurrence(text, rule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("week", "FREQ=WEEKLY;BYDAY=MO"),
        ("2 weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("10 days", "FREQ=DAILY;INTERVAL=10"),
        ("month", "FREQ=MONTHLY;BYMONTHDAY=5"),
        ("3 months", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5"),
        ("year", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5"),
        ("2 years", "FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYMONTHDAY=5"),
    ],
)
def test_what_counts_from_a_day_takes_it_from_there(text: str, rule: str) -> None:
    recurrence = parse_recurrence(text, MONDAY)
    assert recurrence.rule == rule
    assert needs_from(recurrence) == ("INTERVAL" in rule)
    assert next(iter(_days(recurrence, MONDAY))) == MONDAY
    if text != "month":
        with pytest.raises(RefusedError) as refused:
            parse_recurrence(text)
        assert "from: 2026-01-05" in refused.value.remedy


@pytest.mark.parametrize(("text", "days"), [("easter", 0), ("easter + 39 days", 39), ("easter - 2 days", -2)])
def test_days_are_counted_from_easter(text: str, days: int) -> None:
    assert parse_recurrence(text) == Recurrence(text, "", easter=days)


@pytest.mark.parametrize(
    "text", ["31st of the month", "29 february", "31 november", "0 days", "easter + 300 days", "30th of february"]
)
def test_days_that_do_not_always_come_are_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_recurrence(text, MONDAY)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("first teusday of the month", "first tuesday of the month"),
        ("frist monday of octobr", "first monday of october"),
        ("17 oktober", "17 october"),
        ("mondey and thursday", "monday and thursday"),
    ],
)
def test_a_misspelt_word_is_put_right(text: str, meant: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_recurrence(text)
    assert refused.value.remedy == f"Did you mean `{meant}`?"


@pytest.mark.parametrize("text", [text for text in EXAMPLES if not text.startswith("easter")])
def test_every_example_comes_back(text: str) -> None:
    days = _days(parse_recurrence(text, MONDAY), MONDAY)
    assert len(days) >= 3


@given(
    st.lists(
        st.sampled_from(
            [
                *WEEKDAYS,
                *MONTHS,
                *PLACES,
                "of",
                "the",
                "month",
                "day",
                "and",
                "15th",
                "2",
                "weeks",
                "easter",
                "+",
                "quarter",
            ]
        ),
        max_size=9,
    ),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_any_words_make_a_rule_or_are_refused(words: list[str], first: date) -> None:
    recurrence = attempt(parse_recurrence, " ".join(words), first)
    if isinstance(recurrence, RefusedError):
        assert recurrence.remedy
    else:
        assert recurrence.easter is not None or _days(recurrence, first)


@given(st.text(max_size=80))
def test_no_text_raises_anything_else(text: str) -> None:
    read = attempt(parse_recurrence, text)
    assert not isinstance(read, RefusedError) or "\n" not in read.message


def _days(recurrence: Recurrence, first: date) -> list[date]:
    """Its first days in ten years."""
    start = datetime.combine(first, datetime.min.time())
    rule = rrulestr(recurrence.rule, dtstart=start)
    return [
        moment.date()
        for moment, _ in zip(rule.xafter(start, inc=True), range(5), strict=False)
        if moment < start + timedelta(days=3660)
    ]


def test_the_first_and_the_last_days_of_a_quarter_are_not_one_rule() -> None:
    with pytest.raises(RefusedError, match="different months") as caught:
        parse_recurrence("first and last friday of the quarter")
    assert "name the months" in caught.value.remedy
