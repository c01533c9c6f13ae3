from __future__ import annotations

from datetime import date

import pytest

from outreach.errors import OutreachError
from outreach.roster.events import record_event
from tests.unit.roster.rosters import NOW, happened, people, take


def record(database, person_id, kind, on=date(2026, 12, 1)):
    with database.writing() as connection:
        return record_event(connection, person_id, kind, on, NOW, "api")


def test_an_event_is_recorded_once_for_a_person_kind_and_day(database):
    take(database, people(2))
    assert record(database, "1", "retired")
    assert not record(database, "1", "retired")
    assert record(database, "2", "retired")
    assert record(database, "1", "retired", date(2026, 12, 2))
    assert len(happened(database)) == 3


def test_an_event_of_nobody_or_of_no_kind_is_refused(database):
    take(database, people(1))
    with pytest.raises(OutreachError, match="nobody in the roster has the id '9'"):
        record(database, "9", "retired")
    with pytest.raises(OutreachError, match="'married' is not a kind of event") as caught:
        record(database, "1", "married")
    assert "household-changed" in caught.value.remedy


def test_what_was_recorded_before_is_not_made_again_by_an_import(database):
    take(database, people(4, retired_on="2026-12-01"))
    record(database, "1", "retired")
    rows = people(4, retired_on="2026-12-01")
    rows[0]["status"] = "retired"
    report = take(database, rows)
    assert (report.changed, report.events) == (1, {})
    assert len(happened(database)) == 1
