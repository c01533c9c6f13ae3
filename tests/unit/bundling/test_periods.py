"""Of which days a bundle tells: of each day one does, and none too late."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from outreach.bundling.periods import period
from outreach.definitions.model import Bundles, Span
from outreach.definitions.recurrences import parse_undated
from outreach.definitions.recurring import days

OFTEN = ("first monday of the month", "Tuesday", "15 march", "last friday of march and october", "easter + 39 days")
FROM = date(2026, 1, 1)


@given(
    often=st.sampled_from(OFTEN), ahead=st.integers(0, 60), asked=st.dates(FROM + timedelta(days=800), date(2031, 1, 1))
)
def test_every_day_is_told_of_in_one_bundle_and_at_least_so_long_before(often: str, ahead: int, asked: date) -> None:
    bundles = Bundles(parse_undated(often), Span(days=ahead))
    told = {day: period(bundles, day, is_first=False) for day in days(bundles.every, FROM, date(2032, 1, 1))}
    (day,) = [day for day, one in told.items() if one.first <= asked <= one.last]
    assert asked - day >= timedelta(days=ahead)


def test_the_first_bundle_of_all_tells_from_its_own_day_on() -> None:
    bundles = Bundles(parse_undated("first monday of the month"), Span(days=7))
    first = period(bundles, date(2026, 10, 5), is_first=True)
    assert (first.first, first.last) == (date(2026, 10, 5), date(2026, 11, 8))
    assert period(bundles, date(2026, 11, 2), is_first=False).first == date(2026, 11, 9)
