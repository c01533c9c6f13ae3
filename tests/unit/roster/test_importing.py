"""A roster comes in: what is stored, what happened, what was refused, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from outreach.definitions.fields import FIELDS
from outreach.definitions.model import Mapping
from outreach.errors import OutreachError
from outreach.roster.applying import current_version, lot_of
from outreach.roster.report import ImportReport
from outreach.storage.tables import enrolment, event, person, release, roster_import
from tests.unit.roster.rosters import NOW, TODAY, happened, people, row, stored, take, workspace


def version(database):
    with database.reading() as connection:
        return current_version(connection)


# --- what is stored --------------------------------------------------------------------------------------


def test_every_field_of_a_file_is_stored_as_what_it_is(database, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        ",".join(FIELDS) + ",works_shifts,team,badge_until,floor,part_time,motto\n"
        '0042,active,,Zoë,"D\'Hondt <b>{{ x }}",Zoe@X.Example,z@thuis.example,Kerkstraat 1,0901,Gent,nl-BE,F,'
        "01/02/1980,2026-11-02,,Fixed term,31.01.2027,single,2,b,Sport,Cultuur,Brussel,asia/tokyo,"
        'ja,North,20270101,3,"0,8",👋 مرحبا\n',
        encoding="utf-8",
    )
    take(database, path)
    assert stored(database)["0042"] == {
        "person_id": "0042",
        "source": "payroll",
        "status": "active",
        "role": None,
        "first_name": "Zoë",
        "last_name": "D'Hondt <b>{{ x }}",
        "email": "Zoe@x.example",
        "private_email": "z@thuis.example",
        "street": "Kerkstraat 1",
        "postal_code": "0901",
        "city": "Gent",
        "language": "nl",
        "gender": "f",
        "born_on": date(1980, 2, 1),
        "hired_on": date(2026, 11, 2),
        "retired_on": None,
        "contract": "fixed-term",
        "contract_ends_on": date(2027, 1, 31),
        "household": "single",
        "children": 2,
        "grade": "B",
        "entity": "Sport",
        "domain": "Cultuur",
        "workplace": "Brussel",
        "time_zone": "Asia/Tokyo",
        "lot": lot_of("0042"),
        "attributes": {
            "works_shifts": True,
            "team": "north",
            "badge_until": "2027-01-01",
            "floor": 3,
            "part_time": 0.8,
            "motto": "👋 مرحبا",
        },
    }


def test_a_lot_fits_its_column_and_depends_on_the_id_alone():
    assert lot_of("1") == lot_of("1") != lot_of("2")
    assert all(0 <= lot_of(str(number)) < 2**31 for number in range(2000))


def test_a_file_of_an_hr_system_is_read_by_its_mapping(database, tmp_path):
    path = tmp_path / "hr.csv"
    path.write_bytes("Stamnummer;Statuut;Naam;Kleur\r\n7;A;Coëme;rood\r\n8;P;Maes;\r\n".encode("cp1252"))
    mapping = Mapping(
        {"Stamnummer": "person_id", "Statuut": "status", "Naam": "last_name"},
        {"status": {"A": "active", "P": "retired"}},
    )
    report = take(database, path, workspace=workspace(mappings={"payroll": mapping}))
    assert (report.added, report.ignored_columns) == (2, ("Kleur",))
    found = stored(database)
    assert (found["7"]["status"], found["7"]["last_name"], found["8"]["status"]) == ("active", "Coëme", "retired")


def test_a_workbook_is_imported_like_a_text_file(database, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["person_id", "status", "hired_on", "born_on", "works_shifts"])
    book.active.append([1000, "active", date(2026, 11, 2), 29221, True])
    book.active.append([1001, "actief", None, None, None])
    book.save(tmp_path / "roster.xlsx")
    report = take(database, tmp_path / "roster.xlsx")
    assert [(found.line, found.column) for found in report.rejected] == [(3, 2)]
    found = stored(database)["1000"]
    assert (found["hired_on"], found["born_on"]) == (date(2026, 11, 2), date(1980, 1, 1))
    assert found["attributes"] == {"works_shifts": True}


def test_columns_that_are_absent_leave_what_is_stored_alone_and_empty_cells_clear_it(database):
    take(database, [row(1, city="Gent", household="single", floor="3", motto="x")])
    report = take(database, [row(1, city="", floor="")])
    found = stored(database)["1"]
    assert (found["city"], found["household"], found["attributes"]) == (None, "single", {"motto": "x"})
    assert report.changes == {"city": 1, "floor": 1}


def test_without_a_column_of_statuses_new_people_are_active_and_others_stay_what_they_are(database):
    take(database, [row(1, status="retired"), *people(5)[1:]])
    take(database, [{"person_id": number} for number in (1, 2, 3, 4, 6)])
    take(database, [{"person_id": number} for number in range(1, 7)])
    assert {key: found["status"] for key, found in stored(database).items()} == {
        "1": "retired",
        "2": "active",
        "3": "active",
        "4": "active",
        "5": "active",
        "6": "active",
    }


# --- what is reported ------------------------------------------------------------------------------------


def test_a_first_import_adds_everybody_and_makes_no_events(database):
    report = take(database, people(5, hired_on="2026-11-02"))
    assert report == ImportReport(added=5, changed=0, left=0, unchanged=0, version=1)
    assert happened(database) == []


def test_the_same_file_twice_changes_nothing_and_makes_no_version(database):
    rows = people(5, hired_on="2026-11-02", works_shifts="ja", badge_until="2027-01-01", part_time="0,5")
    take(database, rows)
    before = stored(database)
    report = take(database, rows)
    assert report == ImportReport(added=0, changed=0, left=0, unchanged=5, version=1)
    assert stored(database) == before
    assert version(database) == 1


def test_a_report_tells_what_changed_and_what_happened(database):
    take(database, people(10, children="0", city="Gent"))
    rows = people(9, children="0", city="Gent")
    rows[0] |= {"children": "1"}
    rows[1] |= {"children": "2", "city": "Aalst"}
    rows[2] |= {"status": "died"}
    report = take(database, [*rows, row(11, children="")])
    assert report == ImportReport(
        added=1,
        changed=3,
        left=1,
        unchanged=6,
        version=2,
        events={"died": 1, "hired": 1, "household-changed": 2, "left": 1},
        changes={"children": 2, "city": 1, "status": 1},
    )
    assert happened(database) == [
        ("1", "household-changed", TODAY),
        ("10", "left", TODAY),
        ("11", "hired", TODAY),
        ("2", "household-changed", TODAY),
        ("3", "died", TODAY),
    ]


def test_the_journal_of_imports_keeps_the_counts(database):
    take(database, people(10))
    take(database, [*people(8), row(11), row(12, status="?")])
    with database.reading() as connection:
        found = connection.execute(select(roster_import).order_by(roster_import.c.version)).all()
    assert [(r.version, r.source, r.added, r.changed, r.left, r.unchanged, r.rejected) for r in found] == [
        (1, "payroll", 10, 0, 0, 0, 0),
        (2, "payroll", 1, 0, 2, 8, 1),
    ]
    assert len({found[0].digest, found[1].digest}) == 2


def test_only_people_who_changed_get_the_new_version(database):
    take(database, people(3))
    take(database, [row(1, city="Gent"), row(2, city=""), row(3, city="")], now=NOW + timedelta(days=1))
    with database.reading() as connection:
        found = connection.execute(select(person.c.person_id, person.c.version).order_by(person.c.person_id)).all()
    assert [tuple(one) for one in found] == [("1", 2), ("2", 1), ("3", 1)]


def test_a_dry_run_says_the_same_and_changes_nothing(database):
    take(database, people(10, children="0"))
    rows = [*people(8, children="1"), row(11, children="9x")]
    before = stored(database)
    rehearsed = take(database, rows, dry_run=True)
    assert (stored(database), happened(database), version(database)) == (before, [], 1)
    carried_out = take(database, rows)
    assert (rehearsed.version, carried_out.version) == (1, 2)
    assert rehearsed.events == carried_out.events == {"household-changed": 8, "left": 2}
    assert rehearsed.rejected == carried_out.rejected
    assert rehearsed.changed == carried_out.changed == 8


def test_progress_is_told_as_rows_are_read(database):
    told = []
    take(database, people(2500), progress=told.append)
    assert told == [1000, 1000, 500]


# --- what is refused -------------------------------------------------------------------------------------


def test_bad_rows_are_rejected_by_line_and_column_and_the_good_ones_go_in(database, tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text(
        "person_id,status,born_on,email\n"
        "1,active,1980-01-01,a@x.example\n"
        ",active,,\n"
        "3,actief,31/02/1980,x\n"
        "1,retired,,\n"
        "5,active\n"
        '6,active,,"a\rb"\n'
        "7,active,,\n",
        encoding="utf-8",
        newline="",
    )
    report = take(database, path)
    assert [(r.line, r.column, r.field) for r in report.rejected] == [
        (3, 1, "person_id"),
        (4, 2, "status"),
        (4, 3, "born_on"),
        (4, 4, "email"),
        (5, 1, "person_id"),
        (6, 0, ""),
        (7, 4, "email"),
    ]
    assert "line 2" in report.rejected[4].message
    assert report.rejected_rows == 5
    assert sorted(stored(database)) == ["1", "7"]


def test_the_second_of_two_rows_with_one_id_is_rejected_even_far_apart(database):
    report = take(database, [*people(2500), row(3)])
    (rejection,) = report.rejected
    assert (rejection.line, rejection.message) == (2502, "the person stands on line 4 already")
    assert len(stored(database)) == 2500


def test_who_stands_on_a_rejected_row_has_not_left(database):
    take(database, people(10))
    rows = people(10)
    rows[4] |= {"status": "?"}
    report = take(database, rows)
    assert (report.left, report.rejected_rows, report.unchanged) == (0, 1, 9)


def test_a_file_of_bad_rows_alone_makes_nobody_leave(database):
    take(database, people(10))
    report = take(database, [row("", status="?")] * 3, accept_leavers=True)
    assert (report.rejected_rows, report.left, version(database)) == (3, 0, 1)


def test_an_empty_file_is_refused(database, tmp_path):
    path = tmp_path / "roster.csv"
    for text in ("", "person_id,status\n", "person_id,status\n\n,\n"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(OutreachError):
            take(database, path, accept_leavers=True)
    with pytest.raises(OutreachError, match="no rows"):
        take(database, [])


def test_a_file_in_which_too_many_vanish_is_refused_and_says_how_many(database):
    take(database, people(40))
    before = stored(database)
    with pytest.raises(OutreachError, match="5 of the 40 people") as caught:
        take(database, [*people(35), row(99)], workspace=workspace(leavers_limit=0.1))
    assert "--accept-leavers" in caught.value.remedy
    assert (stored(database), version(database)) == (before, 1)


def test_as_many_as_the_limit_may_vanish(database):
    take(database, people(40))
    assert take(database, people(36), workspace=workspace(leavers_limit=0.1)).left == 4


def test_too_many_may_vanish_when_that_is_accepted(database):
    take(database, people(40))
    report = take(database, people(1), workspace=workspace(leavers_limit=0.1), accept_leavers=True)
    assert (report.left, report.events) == (39, {"left": 39})


def test_a_source_without_a_name_is_refused(database):
    for name in ("", " ", "x" * 51):
        with pytest.raises(OutreachError, match="name of the source"):
            take(database, people(1), source=name)


def test_a_report_lists_no_more_faults_than_anybody_reads_and_counts_them_all(database):
    report = take(database, people(11_000, status="?"))
    assert (len(report.rejected), report.rejected_rows) == (10_000, 11_000)


# --- who vanished, who came back -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pay roll", "loon_", "-x", "pay/roll", "x" * 51])
def test_a_source_has_a_name_of_letters_digits_and_hyphens(database, name):
    with pytest.raises(OutreachError, match="letters, digits and hyphens"):
        take(database, people(1), source=name)


def test_a_source_that_nobody_has_is_refused_once_where_all_belong_to_another(database):
    take(database, people(4), source="payroll")
    with pytest.raises(OutreachError, match="all 4 people of this file belong to source `payroll`") as refused:
        take(database, people(4), source="payrol")
    assert "Did you mean `--source payroll`?" in refused.value.remedy
    assert {row["source"] for row in stored(database).values()} == {"payroll"}


def test_only_people_of_the_source_can_vanish(database):
    take(database, people(4), source="schools")
    take(database, [row("p1"), row("p2")], source="payroll")
    report = take(database, [row("p1")], source="payroll")
    assert report.left == 1
    assert {key for key, found in stored(database).items() if found["status"] == "left"} == {"p2"}


def test_the_first_import_of_each_source_makes_no_events(database):
    take(database, people(4), source="schools")
    assert take(database, [row("p1")], source="payroll").events == {}
    assert take(database, [row("p1"), row("p2")], source="payroll").events == {"hired": 1}


def test_somebody_of_another_source_is_rejected_until_they_have_left_there(database):
    take(database, people(4), source="schools")
    report = take(database, [row(1, city="Gent"), row("p1", city="Gent")], source="payroll")
    (rejection,) = report.rejected
    assert (rejection.line, rejection.field) == (2, "person_id")
    assert "'schools' speaks for this person" in rejection.message
    assert stored(database)["1"]["source"] == "schools"
    take(database, people(4)[1:], source="schools")
    report = take(database, [row(1, city="Gent"), row("p1", city="Gent")], source="payroll")
    assert (report.rejected, report.changed, report.events) == ((), 1, {})
    assert (stored(database)["1"]["source"], stored(database)["1"]["status"]) == ("payroll", "active")


def test_who_has_left_or_died_does_not_vanish_again(database):
    take(database, [row(1, status="died"), row(2, status="left"), *people(6)[2:]])
    report = take(database, people(6)[2:])
    assert (report.left, report.unchanged) == (0, 4)


def test_who_comes_back_is_hired_again_on_the_day_that_the_file_says(database):
    take(database, people(4, hired_on="2020-01-01"))
    take(database, people(4, hired_on="2020-01-01")[1:])
    report = take(database, [row(1, hired_on="2026-11-16"), *people(4, hired_on="2020-01-01")[1:]])
    assert report.events == {"hired": 1}
    assert happened(database) == [("1", "hired", date(2026, 11, 16)), ("1", "left", TODAY)]


def test_who_was_missing_for_one_night_is_not_welcomed_twice(database):
    old = people(4, hired_on="2020-01-01")
    take(database, old)
    take(database, [*old, row(5, hired_on="2026-11-02")])
    take(database, old, today=TODAY + timedelta(days=1))
    report = take(database, [*old, row(5, hired_on="2026-11-02")], today=TODAY + timedelta(days=2))
    assert report.events == {}
    assert stored(database)["5"]["status"] == "active"


def test_who_leaves_twice_on_one_day_is_on_record_once(database):
    for rows in (people(4), people(3), people(4), people(3)):
        report = take(database, rows)
    assert (report.left, report.events) == (1, {})
    assert [kind for _, kind, _ in happened(database)].count("left") == 1


# --- the day of a hiring, corrected ----------------------------------------------------------------------


def enrol(database, **changes):
    """A journey that the only event on record has started."""
    values = {
        "campaign": "welcome",
        "occurrence": "entry-1",
        "state": "active",
        "started_on": date(2026, 11, 16),
        "entered_at": NOW,
        "next_step": 1,
        "next_on": date(2026, 11, 25),
        "ends_on": date(2027, 2, 14),
    }
    with database.writing() as connection:
        connection.execute(release.insert().values(id=1, digest="x", published_at=NOW, published_by="x", manifest="{}"))
        happening = connection.execute(select(event)).one()
        connection.execute(
            enrolment.insert().values(
                **values | {"release_id": 1, "event": happening.id, "person": happening.person} | changes
            )
        )


def days_of_the_journey(database):
    with database.reading() as connection:
        found = connection.execute(select(enrolment)).one()
    return found.started_on, found.next_on, found.ends_on


@pytest.fixture
def hired(database):
    """Somebody hired on 16 November, with the event on record."""
    take(database, people(4, hired_on="2020-01-01"))
    take(database, [*people(4, hired_on="2020-01-01"), row(5, hired_on="2026-11-16")])
    assert happened(database) == [("5", "hired", date(2026, 11, 16))]
    return database


def corrected(database, day, **facts):
    return take(database, [*people(4, hired_on="2020-01-01"), row(5, hired_on=day, **facts)])


def test_a_corrected_hire_date_dates_the_event_anew_and_moves_the_journey_with_it(hired):
    enrol(hired)
    report = corrected(hired, "2026-11-19")
    assert (report.events, report.redated, report.changes) == ({}, 1, {"hired_on": 1})
    assert happened(hired) == [("5", "hired", date(2026, 11, 19))]
    assert days_of_the_journey(hired) == (date(2026, 11, 19), date(2026, 11, 28), date(2027, 2, 17))


def test_a_journey_without_a_next_step_is_moved_as_well(hired):
    enrol(hired, next_step=None, next_on=None)
    corrected(hired, "2026-11-09")
    assert days_of_the_journey(hired) == (date(2026, 11, 9), None, date(2027, 2, 7))


def test_a_journey_that_is_over_stays_where_it_was(hired):
    enrol(hired, state="exited")
    corrected(hired, "2026-11-19")
    assert days_of_the_journey(hired) == (date(2026, 11, 16), date(2026, 11, 25), date(2027, 2, 14))


def test_a_hire_date_that_no_event_was_made_of_is_only_stored(hired):
    rows = people(4, hired_on="2020-01-01")
    rows[0]["hired_on"] = "2020-02-01"
    report = take(hired, [*rows, row(5, hired_on="2026-11-16")])
    assert (report.redated, report.events) == (0, {})
    assert happened(hired) == [("5", "hired", date(2026, 11, 16))]


def test_two_corrections_end_where_the_last_one_says(hired):
    enrol(hired)
    corrected(hired, "2026-11-19")
    corrected(hired, "2026-11-16")
    assert happened(hired) == [("5", "hired", date(2026, 11, 16))]
    assert days_of_the_journey(hired) == (date(2026, 11, 16), date(2026, 11, 25), date(2027, 2, 14))


def test_a_hire_date_on_which_there_is_a_hiring_already_is_left_alone(hired):
    with hired.writing() as connection:
        number = connection.scalar(select(person.c.id).where(person.c.person_id == "5"))
        connection.execute(
            event.insert().values(
                person=number, kind="hired", effective_on=date(2026, 11, 2), recorded_at=NOW, source="api"
            )
        )
    assert corrected(hired, "2026-11-02").redated == 0
    assert len(happened(hired)) == 2


# --- all or nothing --------------------------------------------------------------------------------------


def test_a_crash_while_applying_leaves_nothing_behind(database, monkeypatch):
    take(database, people(10))
    before = stored(database)

    def crash(*_):
        raise MemoryError

    monkeypatch.setattr("outreach.roster.applying._record", crash)
    with pytest.raises(MemoryError):
        take(database, [*people(8, city="Gent"), row(11, city="Gent")])
    assert (stored(database), happened(database), version(database)) == (before, [], 1)


def test_an_import_that_came_between_is_compared_with(database, monkeypatch):
    take(database, people(4))
    from outreach.roster import importing

    plain = importing._Import.try_out

    def interrupted(self, place):
        found = plain(self, place)
        monkeypatch.setattr(importing._Import, "try_out", plain)
        take(database, [*people(4), row(5)])
        return found

    monkeypatch.setattr(importing._Import, "try_out", interrupted)
    report = take(database, [*people(4), row(5), row(6)])
    assert (report.added, report.unchanged, report.version) == (1, 5, 3)


def test_readers_see_the_old_roster_while_a_new_one_is_applied(database, monkeypatch):
    take(database, people(4))
    from outreach.roster import importing

    plain, seen = importing.apply, []

    def watched(*arguments):
        plain(*arguments)
        with database.reading() as connection:
            seen.append(connection.scalar(select(func.count()).select_from(person)))

    monkeypatch.setattr(importing, "apply", watched)
    take(database, people(6))
    assert seen == [4]
