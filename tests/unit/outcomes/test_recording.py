from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from outreach.errors import OutreachError
from outreach.outcomes.recording import Sighting, import_file, record
from outreach.storage.tables import outcome, person

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
KNOWN = ("infosession-registered", "infosession-attended")


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
