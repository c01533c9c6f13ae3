from __future__ import annotations

from datetime import date, timedelta

import pytest

from outreach.definitions.fields import STATUSES
from outreach.roster.changes import arrival, events, is_redating
from tests.unit.roster.rosters import TODAY

HIRED, RETIRED = date(2026, 11, 2), date(2026, 12, 1)
FACTS = {
    "status": "active",
    "hired_on": HIRED,
    "retired_on": RETIRED,
    "contract": "fixed-term",
    "contract_ends_on": date(2027, 1, 31),
    "entity": "Sport",
    "workplace": "Gent",
    "postal_code": "9000",
    "household": "single",
    "children": 0,
    "city": "Gent",
    "email": "a@b.example",
}


def change(before=None, **after):
    was = FACTS | (before or {})
    return list(events(was, was | after, TODAY))


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        ({"contract": "permanent"}, "contract-changed"),
        ({"contract_ends_on": date(2027, 6, 30)}, "contract-changed"),
        ({"entity": "Jeugd"}, "moved"),
        ({"workplace": "Brussel"}, "moved"),
        ({"postal_code": "2000"}, "moved"),
        ({"household": "couple"}, "household-changed"),
        ({"children": 1}, "household-changed"),
        ({"status": "died"}, "died"),
        ({"status": "left"}, "left"),
    ],
)
def test_a_change_of_facts_is_an_event_that_takes_effect_today(after, kind):
    assert change(**after) == [(kind, TODAY)]


def test_two_changes_of_one_kind_are_one_event():
    assert change(household="couple", children=2, entity="Jeugd") == [("moved", TODAY), ("household-changed", TODAY)]


def test_retiring_takes_effect_on_its_day_and_is_no_change_of_contract():
    assert change(status="retired", contract=None, contract_ends_on=None) == [("retired", RETIRED)]
    assert change({"retired_on": None}, status="retired") == [("retired", TODAY)]


@pytest.mark.parametrize("was", ["retired", "survivor", "contact"])
def test_being_active_again_is_being_hired(was):
    assert change({"status": was}, status="active") == [("hired", HIRED)]
    assert change({"status": was, "hired_on": None}, status="active") == [("hired", TODAY)]


@pytest.mark.parametrize(("status", "since"), [("active", "hired_on"), ("retired", "retired_on")])
def test_who_was_missing_for_a_while_comes_back_without_an_event_unless_a_new_day_says_so(status, since):
    assert change({"status": "left"}, status=status) == []
    assert change({"status": "left", since: None}, status=status, **{since: None}) == []
    assert [on for _, on in change({"status": "left"}, status=status, **{since: TODAY})] == [TODAY]


def test_a_death_that_was_a_mistake_is_no_hiring_and_the_dead_do_not_leave():
    assert change({"status": "died"}, status="active") == []
    assert change({"status": "died"}, status="left") == []


@pytest.mark.parametrize(
    "name", ["contract", "contract_ends_on", "entity", "workplace", "postal_code", "household", "children"]
)
def test_a_fact_that_becomes_known_or_unknown_is_nothing_that_happened(name):
    assert change({name: None}, **{name: FACTS[name]}) == []
    assert change(**{name: None}) == []


@pytest.mark.parametrize("name", ["city", "email", "hired_on"])
def test_other_facts_change_silently(name):
    assert change(**{name: None}) == []


@pytest.mark.parametrize("status", ["contact", "left", "died"])
def test_nothing_moves_for_who_is_not_entitled(status):
    assert change({"status": status}, entity="Jeugd", household="couple", contract="permanent") == []


@pytest.mark.parametrize("status", STATUSES)
def test_only_who_arrives_active_is_hired(status):
    expected = [("hired", HIRED)] if status == "active" else []
    assert list(arrival(FACTS | {"status": status}, TODAY)) == expected
    assert list(arrival({"status": "active"}, TODAY)) == [("hired", TODAY)]


def test_a_hire_date_is_corrected_only_while_the_employment_stays_what_it_is():
    later = FACTS | {"hired_on": HIRED + timedelta(days=3)}
    assert is_redating(FACTS, later)
    assert not is_redating(FACTS, FACTS)
    assert not is_redating(FACTS, later | {"status": "retired"})
    assert not is_redating(FACTS | {"status": "left"}, later)
    assert not is_redating(FACTS, FACTS | {"hired_on": None})
