from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from outreach.outcomes.small_numbers import cells, shown, tell

LIMIT = 10


def told(groups, filled):
    return {group: s.people for group, s in tell(groups, {frozenset(k): n for k, n in filled.items()}, LIMIT).items()}


def test_a_count_below_the_limit_is_hidden_and_so_is_nought():
    assert [shown(n, LIMIT).people for n in (0, 9, 10, 1204)] == [None, None, 10, 1204]


def test_counts_that_give_nothing_away_are_told():
    assert told(["a", "b"], {("a",): 40, ("b",): 30, ("a", "b"): 20}) == {"a": 60, "b": 50}


def test_what_is_left_of_a_total_is_not_given_away_by_its_parts():
    # 1,000 people, 995 of them in `couples`: the 5 singles would follow.
    assert told(["everyone", "couples", "singles"], {("everyone", "couples"): 995, ("everyone", "singles"): 5}) == {
        "everyone": 1000,
        "couples": None,
        "singles": None,
    }


def test_a_small_difference_is_hidden_also_where_it_has_no_name():
    assert told(["everyone", "with-address"], {("everyone",): 3, ("everyone", "with-address"): 97}) == {
        "everyone": 100,
        "with-address": None,
    }


def test_a_small_part_does_not_follow_from_a_sum_of_others():
    filled = {("all", "a"): 40, ("all", "b"): 50, ("all", "c"): 4}
    assert told(["all", "a", "b", "c"], filled) == {"all": 94, "a": None, "b": 50, "c": None}


def test_cells_are_read_from_masks_over_several_columns():
    assert cells(["a", "b", "c"], [((0b01, 0b1), 7), ((0b10, 0b0), 3)], 2) == {
        frozenset({"a", "c"}): 7,
        frozenset({"b"}): 3,
    }


GROUPS = ["a", "b", "c", "d"]
CELLS = st.dictionaries(
    st.frozensets(st.sampled_from(GROUPS), min_size=1).map(lambda cell: cell | {"everyone"}),
    st.integers(1, 40),
    min_size=1,
    max_size=8,
)


@given(CELLS)
def test_no_small_group_is_a_combination_of_what_is_told(filled):
    groups = ["everyone", *GROUPS]
    answer = tell(groups, filled, LIMIT)
    counts = {g: sum(n for cell, n in filled.items() if g in cell) for g in groups}
    rows = {g: [Fraction(int(g in cell)) for cell in filled] for g in groups}
    seen = [g for g in groups if answer[g].people is not None]
    assert all(answer[g].people == counts[g] >= LIMIT for g in seen)
    for group in groups:
        if group not in seen and any(rows[group]):
            assert rank([rows[g] for g in seen]) < rank([rows[g] for g in (*seen, group)])
    for one, other in combinations(seen, 2):
        if all(x >= y for x, y in zip(rows[one], rows[other], strict=True)):
            assert not 0 < counts[one] - counts[other] < LIMIT


def rank(rows):
    rows = [list(row) for row in rows]
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        lead = next((i for i in range(done, len(rows)) if rows[i][column]), None)
        if lead is None:
            continue
        rows[done], rows[lead] = rows[lead], rows[done]
        for i in range(done + 1, len(rows)):
            factor = rows[i][column] / rows[done][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[done], strict=True)]
        done += 1
    return done
