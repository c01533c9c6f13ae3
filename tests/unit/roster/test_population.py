"""A population that lives on: believable weeks, the same ones at every telling."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from outreach.definitions.model import EVENT_KINDS
from outreach.roster.making import make_roster
from outreach.roster.population import Population
from tests.unit.roster.rosters import take, workspace

START = date(2026, 11, 2)


def test_it_starts_as_the_made_roster():
    assert list(Population(300, 7, START).rows()) == list(make_roster(300, 7, START))


def test_the_same_weeks_are_told_twice():
    one, two = Population(2000, 7, START), Population(2000, 7, START)
    for week in range(1, 5):
        one.advance(START + timedelta(weeks=week))
        two.advance(START + timedelta(weeks=week))
        assert list(one.rows()) == list(two.rows())
    assert list(one.rows()) != list(Population(2000, 7, START).rows())


def test_time_does_not_go_back_and_may_stand_still():
    population = Population(100, 7, START)
    before = list(population.rows())
    population.advance(START)
    assert list(population.rows()) == before
    with pytest.raises(ValueError, match="time does not go back"):
        population.advance(START - timedelta(days=1))


def test_people_keep_their_ids_and_newcomers_get_new_ones():
    population = Population(3000, 7, START)
    before = {row["person_id"]: row["born_on"] for row in population.rows()}
    for week in range(1, 9):
        population.advance(START + timedelta(weeks=week))
    rows = list(population.rows())
    assert len({row["person_id"] for row in rows}) == len(rows) == len(population)
    assert all(row["born_on"] == before[row["person_id"]] for row in rows if row["person_id"] in before)
    arrived = [row for row in rows if row["person_id"] not in before]
    assert {row["status"] for row in arrived} == {"active", "survivor"}
    assert all(
        START < date.fromisoformat(row["hired_on"]) <= population.today for row in arrived if row["status"] == "active"
    )


def test_eight_weeks_bring_every_kind_of_event_at_a_believable_rate_and_no_fault(database):
    population = Population(5_000, 7, START)
    take(database, population.rows(), workspace=workspace(leavers_limit=0.1), today=START)
    happened = dict.fromkeys(EVENT_KINDS, 0)
    for week in range(1, 9):
        day = START + timedelta(weeks=week)
        population.advance(day)
        report = take(database, population.rows(), workspace=workspace(leavers_limit=0.02), today=day)
        assert report.rejected == ()
        for kind, count in report.events.items():
            happened[kind] += count
    assert all(happened.values())
    # Some 3,400 at work: 7.5 % of them hired in a year, 1.2 % in eight weeks.
    assert 20 < happened["hired"] < 60
    assert 2 < happened["died"] < 25
    assert 4 < happened["retired"] < 35
