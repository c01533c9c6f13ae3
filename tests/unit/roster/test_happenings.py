from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from outreach.errors import OutreachError
from outreach.roster import happenings
from outreach.roster.happenings import Happening, Taken
from outreach.storage.tables import event, event_aside
from tests.properties.product import emptied
from tests.properties.trials import trials
from tests.unit.roster.rosters import NOW, TODAY, happened, people, row, stored, take

DAY = date(2026, 12, 1)


def record(database, *told, again=False):
    with database.writing() as connection:
        return happenings.record(connection, [Happening(*one) for one in told], NOW, "manual", again=again)


def withdraw(database, *told):
    with database.writing() as connection:
        return happenings.withdraw(connection, [Happening(*one) for one in told], NOW, "manual")


def aside(database):
    with database.reading() as connection:
        columns = event_aside.c["person_id", "kind", "effective_on", "withdrawn_at"]
        return sorted((*found[:3], bool(found[3])) for found in connection.execute(select(*columns)))


def test_an_event_is_recorded_once_for_a_person_kind_and_day(database):
    take(database, people(2))
    assert record(database, ("1", "retired", DAY)) == Taken(recorded=1)
    assert record(database, ("1", "retired", DAY), ("1", "retired", DAY)) == Taken(known=1)
    assert record(database, ("2", "retired", DAY), ("1", "retired", DAY + timedelta(1))) == Taken(recorded=2)
    assert len(happened(database)) == 3


@pytest.mark.parametrize(
    ("kind", "on", "complaint"),
    [("married", DAY, "there is no event `married`"), ("died", TODAY + timedelta(1), "recorded beforehand")],
)
def test_an_event_of_no_kind_and_a_death_to_come_are_refused(kind, on, complaint):
    with pytest.raises(OutreachError, match=complaint) as caught:
        happenings.refuse(Happening("1", kind, on), TODAY)
    assert caught.value.remedy


def test_what_was_recorded_before_is_not_made_again_by_an_import(database):
    take(database, people(4, retired_on="2026-12-01"))
    record(database, ("1", "retired", DAY))
    rows = people(4, retired_on="2026-12-01")
    rows[0]["status"] = "retired"
    report = take(database, rows)
    assert (report.changed, report.events) == (1, {})
    assert len(happened(database)) == 1


def test_what_happened_to_somebody_unknown_waits_for_them(database):
    take(database, people(1))
    assert record(database, ("2", "hired", DAY)) == Taken(waiting=1)
    assert record(database, ("2", "hired", DAY)) == Taken(known=1)
    later = NOW + timedelta(days=5)
    take(database, people(2), now=later)
    assert ("2", "hired", DAY) in happened(database)
    assert aside(database) == []
    with database.reading() as connection:
        # Dated by when one could first act on it: its latest time has not begun before.
        assert connection.scalar(select(event.c.recorded_at).where(event.c.effective_on == DAY)) == later


def test_who_died_before_they_were_known_is_dead_when_they_are(database):
    record(database, ("1", "died", TODAY))
    take(database, people(1))
    assert stored(database)["1"]["status"] == "died"


def test_a_file_that_has_not_heard_of_a_death_revives_nobody(database):
    take(database, people(3))
    record(database, ("1", "died", TODAY))
    rows = people(3, entity="other")
    assert (take(database, rows).kept_dead, take(database, rows, dry_run=True).kept_dead) == (1, 1)
    assert (stored(database)["1"]["status"], stored(database)["1"]["entity"]) == ("died", "other")
    withdraw(database, ("1", "died", TODAY))
    assert take(database, rows).kept_dead == 0
    assert stored(database)["1"]["status"] == "active"


def test_a_file_that_corrects_its_own_word_is_believed(database):
    take(database, people(3))
    take(database, [row(1, status="died"), row(2), row(3)])
    assert take(database, people(3)).kept_dead == 0
    assert stored(database)["1"]["status"] == "active"


def test_what_was_withdrawn_stays_so_until_it_is_said_to_have_happened_again(database):
    take(database, people(1))
    told = ("1", "retired", DAY)
    record(database, told)
    assert (withdraw(database, told), withdraw(database, told)) == (1, 0)
    assert record(database, told) == Taken(withdrawn=1)
    assert happened(database) == []
    assert record(database, told, again=True) == Taken(recorded=1)
    assert happened(database) == [told]


def test_an_import_does_not_tell_again_what_was_withdrawn(database):
    take(database, people(1))
    withdraw(database, ("2", "hired", DAY))
    assert take(database, [row(1), row(2, hired_on="2026-12-01")]).events == {}
    assert happened(database) == []


@pytest.mark.parametrize("order", list(permutations(("record", "withdraw", "appear"))))
def test_the_same_is_on_record_in_whatever_order_it_came(database, order):
    told = ("2", "retired", DAY)
    take(database, people(1))
    done = {
        "record": lambda: record(database, told),
        "withdraw": lambda: withdraw(database, told),
        "appear": lambda: take(database, people(2)),
    }
    for what in order:
        done[what]()
    assert told not in happened(database)
    assert aside(database) == [(*told, True)]


@trials(20)
@given(
    st.lists(st.tuples(st.sampled_from("123"), st.sampled_from(("hired", "moved")), st.sampled_from((DAY, TODAY)))),
    st.randoms(use_true_random=False),
)
def test_in_another_order_and_told_twice_it_is_the_same(database, told, chance):
    found = []
    for _ in range(2):
        with emptied(database):
            take(database, people(2))
            for one in told:
                record(database, one)
            found.append((happened(database), aside(database)))
        told = told + told
        chance.shuffle(told)
    assert found[0] == found[1]
