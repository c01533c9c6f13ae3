from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from outreach.errors import OutreachError
from outreach.outcomes.recording import Known, Sighting, import_file, record
from outreach.planning.seats import taken
from outreach.storage.tables import outcome, person

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
KNOWN = Known(("infosession-registered", "infosession-attended"), ("january", "february"))


@pytest.fixture
def roster(database):
    rows = [
        {
            "person_id": f"P{n}",
            "source": "hr",
            "status": "active",
            "lot": n,
            "version": 1,
            "imported_at": NOW,
            "attributes": {},
        }
        for n in range(1, 8)
    ]
    with database.writing() as connection:
        connection.execute(insert(person), rows)
    return database


def on_record(database):
    with database.reading() as connection:
        query = select(person.c.person_id, outcome.c.outcome, outcome.c.occurred_on).join(person).order_by(outcome.c.id)
        return [tuple(row) for row in connection.execute(query)]


def test_what_somebody_did_goes_on_record_once(roster):
    seen = Sighting("P1", "infosession-registered", TODAY)
    with roster.writing() as connection:
        assert record(connection, seen, KNOWN, NOW, TODAY)
        assert not record(connection, seen, KNOWN, NOW, TODAY)
    assert on_record(roster) == [("P1", "infosession-registered", TODAY)]


@pytest.mark.parametrize(
    ("sighting", "complaint"),
    [
        (Sighting("P99", "infosession-registered", TODAY), "nobody in the roster"),
        (Sighting("P1", "infosession-registred", TODAY), "Did you mean `infosession-registered`"),
        (Sighting("P1", "infosession-registered", date(2026, 11, 21)), "still to come"),
        (Sighting("P1", "infosession-registered", TODAY, "januari"), "Did you mean `january`"),
    ],
)
def test_what_cannot_be_is_refused(roster, sighting, complaint):
    with roster.writing() as connection, pytest.raises(OutreachError, match=complaint):
        record(connection, sighting, KNOWN, NOW, TODAY)
    assert on_record(roster) == []


def test_a_file_goes_in_but_for_its_bad_rows_which_are_named_without_quoting_anybody(roster, tmp_path):
    path = tmp_path / "did.csv"
    path.write_text(
        "Date;Person;Outcome;remark\n2026-11-19;P1;infosession-registered;x\n;P2;infosession-registered;x\n"
        "2026-11-19;Peeters An;infosession-registered;x\n19/11/2026;P3;infosession-registered;x\n"
        "2026-11-19;P4;infosession-attended;x\n2026-11-19;P4;infosession-attended;x\n",
        encoding="utf-8",
    )
    with roster.writing() as connection:
        report = import_file(connection, path, KNOWN, NOW, TODAY)
    assert [(r.line, r.column) for r in report.rejected] == [(3, 1), (4, 2), (5, 1)]
    assert not any("Peeters" in r.message for r in report.rejected)
    # Said twice in one file, it is written once.
    assert (report.recorded, report.known) == (2, 1)
    with roster.writing() as connection:
        again = import_file(connection, path, KNOWN, NOW, TODAY)
    assert (again.recorded, again.known) == (0, 3)
    assert len(on_record(roster)) == 2


def test_a_file_without_the_columns_says_which(roster, tmp_path):
    path = tmp_path / "did.csv"
    path.write_text("person,what\nP1,x\n")
    with roster.writing() as connection, pytest.raises(OutreachError, match="no column outcome and no column date"):
        import_file(connection, path, KNOWN, NOW, TODAY)


def seats(database):
    with database.reading() as connection:
        return taken(connection)


def test_who_did_anything_about_a_session_has_one_seat_there(roster):
    with roster.writing() as connection:
        for who, what, on, about in [
            ("P1", "infosession-registered", TODAY, "january"),
            ("P1", "infosession-attended", TODAY, "january"),
            ("P2", "infosession-registered", TODAY, "january"),
            ("P3", "infosession-registered", TODAY, ""),
        ]:
            assert record(connection, Sighting(who, what, on, about), KNOWN, NOW, TODAY)
    assert seats(roster) == {"january": 2}


def test_which_session_it_was_may_be_said_later_and_twice(roster):
    bare = Sighting("P1", "infosession-registered", TODAY)
    told = Sighting("P1", "infosession-registered", TODAY, "january")
    other = Sighting("P1", "infosession-registered", TODAY, "february")
    with roster.writing() as connection:
        assert [record(connection, one, KNOWN, NOW, TODAY) for one in (bare, told, told, bare, other)] == [
            True,
            True,
            False,
            False,
            True,
        ]
    assert seats(roster) == {"january": 1, "february": 1}
    assert len(on_record(roster)) == 1


def test_a_file_may_name_sessions_and_its_bad_ones_are_named(roster, tmp_path):
    path = tmp_path / "did.csv"
    path.write_text(
        "person,outcome,date,session\nP1,infosession-registered,2026-11-19,january\n"
        "P2,infosession-registered,2026-11-19,\nP3,infosession-registered,2026-11-19,march\n"
        "P4,infosession-registered,2026-11-19,january\nP1,infosession-registered,2026-11-19,january\n",
        encoding="utf-8",
    )
    with roster.writing() as connection:
        report = import_file(connection, path, KNOWN, NOW, TODAY)
    assert [(r.line, r.column) for r in report.rejected] == [(4, 4)]
    assert (report.recorded, report.known) == (3, 1)
    assert seats(roster) == {"january": 2}
    with roster.writing() as connection:
        assert import_file(connection, path, KNOWN, NOW, TODAY).recorded == 0
    assert seats(roster) == {"january": 2}
