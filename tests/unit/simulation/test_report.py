"""How figures are added up."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from outreach.simulation.report import Busiest, Tally, per_person


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200))
def test_percentiles_are_those_of_the_people_in_a_row(got):
    row, found = sorted(got), per_person(Counter(got))
    assert found.highest == row[-1]
    for share, value in ((50, found.median), (95, found.p95)):
        # Nearest rank: the least number that at least so many in a hundred do not go over.
        assert value == min(n for n in row if 100 * sum(other <= n for other in row) >= share * len(row))


@given(st.lists(st.integers(1, 5), max_size=20), st.integers(0, 20))
def test_who_gets_nothing_counts_too(got, idle):
    tally = Tally(people=len(got) + idle)
    for messages in got:
        others = dict.fromkeys(("letters", "seats", "passed_over", "expired", "not_reachable"), 0)
        tally.add(SimpleNamespace(messages=messages, people=1, **others))
    figures = tally.figures()
    assert (figures.people, figures.reached, figures.messages) == (len(got) + idle, len(got), sum(got))


def test_who_is_over_a_limit_is_counted_above_it():
    busiest = Busiest(30, {1: 100, 4: 10, 5: 2, 7: 1})
    assert (busiest.highest, busiest.over(4), busiest.over(7), Busiest(30, {}).highest) == (7, 3, 0, 0)
