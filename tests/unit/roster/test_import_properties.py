"""What must hold for any roster: imports are idempotent, blind to order, reversible, and never break."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from outreach.definitions.fields import CONTRACTS, FIELDS, HOUSEHOLDS, STATUSES
from outreach.errors import OutreachError
from outreach.roster.judging import Rejection
from outreach.storage.tables import event, person, roster_import
from tests.unit.roster.rosters import OWN, TODAY, happened, stored, take, workspace

DAYS = st.dates(date(1950, 1, 1), date(2030, 1, 1)).map(date.isoformat)
FACTS = {
    "status": st.sampled_from(STATUSES),
    "first_name": st.one_of(st.just(""), st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8)),
    "hired_on": st.one_of(st.just(""), DAYS),
    "retired_on": st.one_of(st.just(""), DAYS),
    "contract": st.sampled_from(["", *CONTRACTS]),
    "household": st.sampled_from(["", *HOUSEHOLDS]),
    "children": st.sampled_from(["", "0", "1", "2"]),
    "entity": st.sampled_from(["", "Sport", "Jeugd"]),
    "works_shifts": st.sampled_from(["", "ja", "nee"]),
    "badge_until": st.one_of(st.just(""), DAYS),
    "part_time": st.sampled_from(["", "0,5", "1"]),
}
PERSON = st.fixed_dictionaries({"person_id": st.integers(1, 30).map(str), **FACTS})
ROSTER = st.lists(PERSON, min_size=1, max_size=12, unique_by=lambda found: found["person_id"])
#: Anybody may vanish: the limit is another matter.
ANYBODY = workspace(leavers_limit=1.0)

#: Each case imports up to four times; OUTREACH_TRIALS widens the search.
TRIALS = int(os.environ.get("OUTREACH_TRIALS", "15"))
on_a_database = settings(max_examples=TRIALS, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def cleared(database):
    """Gives the database, empty again each time."""

    def clear():
        with database.writing() as connection:
            for table in (event, person, roster_import):
                connection.execute(delete(table))
        return database

    return clear


def said(report):
    """A report without its version and its faults."""
    return report.added, report.changed, report.left, report.events, report.redated, report.changes


NOTHING = (0, 0, 0, {}, 0, {})


@given(roster=ROSTER)
@on_a_database
def test_the_same_roster_again_changes_nothing(cleared, roster):
    database = cleared()
    first = take(database, roster, workspace=ANYBODY)
    before = stored(database)
    assert (first.added, first.rejected, first.events) == (len(roster), (), {})
    assert said(take(database, roster, workspace=ANYBODY)) == NOTHING
    assert stored(database) == before


@given(old=ROSTER, new=ROSTER, data=st.data())
@on_a_database
def test_the_order_of_the_rows_makes_no_difference(cleared, old, new, data):
    database = cleared()
    shuffled = [data.draw(st.permutations(roster)) for roster in (old, new)]
    results = []
    for rosters in ((old, new), shuffled):
        cleared()
        reports = [said(take(database, roster, workspace=ANYBODY)) for roster in rosters]
        results.append((reports, stored(database), happened(database)))
    assert results[0] == results[1]


@given(old=ROSTER, new=ROSTER)
@on_a_database
def test_going_from_one_roster_to_another_and_back_returns_to_the_first(cleared, old, new):
    database = cleared()
    take(database, old, workspace=ANYBODY)
    before = stored(database)
    take(database, new, workspace=ANYBODY, today=TODAY + timedelta(days=1))
    take(database, old, workspace=ANYBODY, today=TODAY + timedelta(days=2))
    after = stored(database)
    # Who was in the other roster alone has left; nobody is ever deleted by an import.
    assert {key: after[key] for key in before} == before
    assert {after[key]["status"] for key in after.keys() - before.keys()} <= {"left", "died"}


@given(old=ROSTER, new=ROSTER)
@on_a_database
def test_a_dry_run_foretells_the_import(cleared, old, new):
    database = cleared()
    take(database, old, workspace=ANYBODY)
    before = stored(database), happened(database)
    foretold = take(database, new, workspace=ANYBODY, dry_run=True)
    assert (stored(database), happened(database)) == before
    assert said(take(database, new, workspace=ANYBODY)) == said(foretold)
    assert sum(foretold.events.values()) == len(happened(database))


@given(old=ROSTER, new=ROSTER)
@on_a_database
def test_what_a_file_says_of_a_person_is_what_is_stored(cleared, old, new):
    database = cleared()
    take(database, old, workspace=ANYBODY)
    take(database, new, workspace=ANYBODY)
    found = stored(database)
    for said_of in new:
        person_ = found[said_of["person_id"]]
        assert person_["status"] == said_of["status"]
        for name in ("hired_on", "retired_on"):
            assert person_[name] == (date.fromisoformat(said_of[name]) if said_of[name] else None)
        assert person_["attributes"].get("badge_until", "") == said_of["badge_until"]
        assert ("works_shifts" in person_["attributes"]) == bool(said_of["works_shifts"])


HEADER = ["person_id", *(name for name in (*FIELDS, *OWN) if name != "person_id")]
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "active", "left", "1", "\0", "a\nb", "31/02/1980", "99999999999999", "x" * 2000, "=1+1", "{{ x }}"]
    ),
    st.sampled_from(
        ["'; DROP TABLE person; --", "\ud800", "\u202e", "1e400", "NaN", "²", "٣", "a@b.example", "9" * 400]
    ),
)
STRANGE = st.lists(st.lists(HOSTILE, min_size=len(HEADER), max_size=len(HEADER)), min_size=1, max_size=8)


@given(rows=STRANGE)
@on_a_database
def test_any_cells_at_all_are_stored_or_rejected_and_break_nothing(cleared, rows):
    database = cleared()
    roster = [dict(zip(HEADER, cells, strict=True)) for cells in rows]
    filled = [row for row in roster if any(row.values())]
    # A file of blank rows alone is an empty one, which is refused.
    report = take(database, [*roster, {"person_id": "last", "status": "active"}], workspace=ANYBODY)
    assert report.added + report.rejected_rows == len(filled) + 1
    assert all(isinstance(found, Rejection) for found in report.rejected)
    assert len(stored(database)) == report.added


@given(
    content=st.lists(st.sampled_from([b"person_id", b"status", b",", b";", b'"', b"\n", b"\r\n", b"\xff", b"1", b"A"]))
)
@on_a_database
def test_any_file_at_all_is_imported_or_refused_with_a_remedy(cleared, tmp_path_factory, content):
    path = tmp_path_factory.mktemp("rosters") / "roster.csv"
    path.write_bytes(b"person_id,status\n" + b"".join(content))
    database = cleared()
    with suppress(OutreachError):
        assert take(database, path).added == len(stored(database))
