"""Which days are closed, and where what lands on one of them goes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions import codec
from outreach.definitions.closed_days import edge, is_closed, landing, nearest_open
from outreach.definitions.model import Closed, OnClosed
from outreach.definitions.public_holidays import parse_country, public_holidays
from outreach.definitions.recurrences import parse_recurrence
from outreach.definitions.refusal import RefusedError
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import OUTREACH

WEEKENDS = parse_recurrence("saturday and sunday")
#: Christmas 2026 is a Friday.
CHRISTMAS = Closed(days=(date(2026, 12, 24), date(2026, 12, 25)), rules=(WEEKENDS,))


@pytest.mark.parametrize(
    ("rule", "day", "lands"),
    [
        ("after", 25, 28), ("before", 25, 23), ("skip", 25, None), ("send", 25, 25),
        ("after", 27, 28), ("before", 27, 23), ("after", 23, 23), ("before", 28, 28), ("skip", 28, 28),
    ],
)  # fmt: skip
def test_a_closed_day_moves_as_the_rule_says(rule: OnClosed, day: int, lands: int | None) -> None:
    assert landing(CHRISTMAS, date(2026, 12, day), rule) == (lands and date(2026, 12, lands))


def test_where_no_day_is_open_nothing_lands() -> None:
    shut = Closed(rules=(parse_recurrence("day"),))
    assert nearest_open(shut, date(2026, 1, 1), 1) is None
    assert landing(shut, date(2026, 1, 1), "before") is None
    assert edge(shut, date(2026, 1, 1), -1) == date(2026, 1, 1)


@given(st.sets(st.dates(date(2027, 12, 20), date(2028, 3, 10))), st.dates(date(2028, 1, 1), date(2028, 3, 1)))
def test_between_a_day_and_the_edge_all_are_closed_and_beyond_it_none(closed: set[date], day: date) -> None:
    shut = Closed(days=tuple(sorted(closed)))
    for step in (-1, 1):
        last = edge(shut, day, step)
        row = [date.fromordinal(number) for number in range(day.toordinal(), last.toordinal(), step)][1:]
        assert all(is_closed(shut, other) for other in (*row, last) if other != day)
        assert not is_closed(shut, date.fromordinal(last.toordinal() + step))


def test_the_public_holidays_of_belgium_are_known_without_the_flemish_ones() -> None:
    days = public_holidays("BE")
    assert {date(2026, 4, 6), date(2026, 5, 14), date(2026, 7, 21), date(2026, 12, 25)} <= set(days)
    assert not {date(2026, 7, 11), date(2026, 11, 2), date(2026, 11, 15)} & set(days)
    assert (days[0], days[-1]) == (date(2020, 1, 1), date(2060, 12, 25))


@pytest.mark.parametrize(
    ("text", "country"), [("BE", "BE"), ("be", "BE"), (" de-by ", "DE-BY"), ("de-augsburg", "DE-Augsburg")]
)
def test_a_country_is_known_however_it_is_written(text: str, country: str) -> None:
    assert parse_country(text) == country
    assert public_holidays(country)


def test_a_part_of_a_country_has_days_of_its_own() -> None:
    assert set(public_holidays("DE-BY")) - set(public_holidays("DE"))


@pytest.mark.parametrize("text", ["", "Belgium", "XX", "BE-", "BE-XX", "UK"])
def test_a_country_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(RefusedError):
        parse_country(text)


def test_what_is_written_becomes_days_and_rules_and_survives_a_release(judge: Judge) -> None:
    written = OUTREACH + "closed: {holidays: BE, also: [2026-12-24, 11 july, saturday and sunday]}\n"
    loaded = judge({"outreach.yaml": written})
    assert loaded.definitions
    workspace = loaded.definitions.workspace
    assert codec.loads(type(workspace), codec.dumps(workspace)) == workspace
    assert workspace.closed.holidays == "BE"
    assert set(workspace.closed.days) == {*public_holidays("BE"), date(2026, 12, 24)}
    assert [rule.text for rule in workspace.closed.rules] == ["11 july", "saturday and sunday"]
    assert is_closed(workspace.closed, date(2033, 7, 11))


def test_a_workspace_that_closes_on_no_day_says_nothing_of_it_in_a_release(judge: Judge) -> None:
    loaded = judge({})
    assert loaded.definitions
    assert loaded.definitions.workspace.closed == Closed()
    assert "closed" not in codec.dumps(loaded.definitions.workspace)
