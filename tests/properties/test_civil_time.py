"""Days and moments: the product's arithmetic agrees with counting day by day and minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.civil import earlier, later
from outreach.definitions.model import Span
from outreach.definitions.recurrences import parse_recurrence
from outreach.definitions.recurring import days
from outreach.planning import calendar
from tests.properties.strategies import RECURRENCES
from tests.properties.trials import trials
from tests.reference import civil

BRUSSELS = ZoneInfo("Europe/Brussels")
_DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
#: The days on which Brussels changes its clocks, and their neighbours.
_CHANGES = st.sampled_from(
    [
        datetime(year, month, 31, tzinfo=UTC).date() - timedelta(days=offset)
        for year in range(2024, 2032)
        for month in (3, 10)
        for offset in range(8)
    ]
)
_TIMES = st.times(time(0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
_NIGHT = st.times(time(1, 30), time(3, 30)).map(lambda at: at.replace(second=0, microsecond=0))
_SPANS = st.builds(Span, months=st.integers(0, 30), days=st.integers(0, 400))


@trials(120)
@given(_DAYS | _CHANGES, _TIMES | _NIGHT)
def test_a_local_time_has_one_moment_also_where_clocks_change(day: date, at: time) -> None:
    assert calendar.moment(day, at, BRUSSELS) == civil.moment(day, at, BRUSSELS)


@trials(120)
@given(st.integers(0, 8 * 365 * 24 * 60).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=n)))
def test_every_moment_falls_on_one_civil_day(now: datetime) -> None:
    day = calendar.civil_day(now, BRUSSELS)
    start, end = (calendar.moment(day + timedelta(days=n), time(0), BRUSSELS) for n in (0, 1))
    assert start <= now < end
    assert end - start in (timedelta(hours=23), timedelta(hours=24), timedelta(hours=25))


@trials(120)
@given(_DAYS | _CHANGES, _SPANS)
def test_spans_are_counted_in_months_and_then_days(day: date, span: Span) -> None:
    assert later(day, span) == civil.plus(day, span)
    assert earlier(day, span) == civil.minus(day, span)


@trials(120)
@given(st.sampled_from(RECURRENCES), _DAYS, st.integers(0, 500), st.integers(0, 60))
def test_recurrences_fall_on_the_days_that_their_words_say(text: str, first: date, length: int, ago: int) -> None:
    last, anchor = first + timedelta(days=length), first - timedelta(days=ago)
    recurrence = parse_recurrence(text, anchor)
    assert list(days(recurrence, first, last, anchor)) == list(civil.days(recurrence, first, last, anchor))
