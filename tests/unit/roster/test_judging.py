from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions.fields import FIELDS
from outreach.definitions.model import Mapping
from outreach.roster.judging import Judge, Rejection
from outreach.roster.mapping import match
from outreach.roster.sources.sheet import Row, Sheet
from tests.unit.roster.rosters import OWN, TODAY, workspace


def judge(header, cells, *, serials=False, first_column=1, **mappings):
    sheet = Sheet(tuple(header), iter(()), first_column, serials)
    space = workspace(mappings=mappings)
    return Judge(sheet, match(sheet, space, "payroll", "x.csv"), space, TODAY).judge(Row(7, list(cells)))


def one(name, text, **options):
    """The value of one cell, or the reason why it is refused."""
    judged = judge(["person_id", name], ["1", text], **options)
    if judged.rejections:
        (rejection,) = judged.rejections
        assert (rejection.line, rejection.column, rejection.field) == (7, 2, name)
        assert not judged.values
        return rejection.message
    return judged.values[1]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("first_name", "  Zoe\u0308 ", "Zoë"),
        ("first_name", "", None),
        ("first_name", " \u00a0 ", None),
        ("status", "ACTIVE", "active"),
        ("born_on", "31/01/1980", date(1980, 1, 31)),
        ("children", "02", 2),
        ("email", "A@X.EXAMPLE", "A@x.example"),
        ("language", "nl-BE", "nl"),
        ("time_zone", "america/new_york", "America/New_York"),
        ("works_shifts", "nee", False),
        ("floor", "0", 0),
        ("part_time", "0,5", 0.5),
        ("team", "North", "north"),
        ("badge_until", "20270131", date(2027, 1, 31)),
    ],
)
def test_a_good_cell_becomes_its_value(name, text, value):
    assert one(name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("status", "", "no status"),
        ("time_zone", "Europe/Brusels", "did you mean Europe/Brussels"),
        ("born_on", "31/02/1980", "no such day"),
        ("born_on", "01/01/1899", "before 1900"),
        ("contract_ends_on", "2127-01-01", "100 years ahead"),
        ("born_on", "2026-11-23", "in the future"),
        ("children", "-1", "between 0 and 30"),
        ("children", "veel", "whole number"),
        ("first_name", "x" * 201, "longer than 200"),
        ("motto", "x" * 1001, "longer than 1000"),
        ("first_name", "Jan\nBcc: all@x.example", "a line break"),
        ("first_name", "Jan\0", "a NUL"),
        ("city", "\u202eneG", "U\\+202E"),
        ("email", "jan", "no @"),
        ("team", "nroth", "did you mean north"),
    ],
)
def test_a_bad_cell_is_refused_with_its_reason(name, text, reason):
    import re

    assert re.search(reason, str(one(name, text)))


@pytest.mark.parametrize("text", ["#N/A", "#N/B", "#VERW!", "#NAME?", "#DEEL/0!"])
def test_a_cell_whose_formula_failed_is_nobodys_name(text):
    assert one("first_name", text).startswith("a formula failed here in the spreadsheet")


def test_a_code_of_the_mapping_may_look_like_a_failed_formula():
    mapping = Mapping({}, {"status": {"#n/b": "active"}})
    assert one("status", "#N/B", payroll=mapping) == "active"


@pytest.mark.parametrize("text", ["1.04733E+05", "1,04733E+05", "1E+12", "1.04733123456789e+17"])
def test_a_number_that_a_spreadsheet_has_shortened_is_nobodys(text):
    (rejection,) = judge(["person_id"], [text]).rejections
    assert rejection.message.startswith("a spreadsheet has shortened this number")


@pytest.mark.parametrize("text", ["1E5", "12E-7", "E+05", "#12", "A#N/A"])
def test_a_number_that_only_looks_shortened_is_taken(text):
    assert judge(["person_id"], [text]).person_id == text


def test_what_nobody_sees_in_a_number_makes_no_other_person():
    judged = judge(["person_id", "status", "first_name"], ["\u200e10\u200b4\ufeff", "active", "Ann\u200d"])
    assert judged.person_id == "104"
    assert judge(["person_id"], ["\u200b"]).rejections[0].message == "there is no person_id"


def test_today_is_not_yet_the_future():
    assert one("born_on", "2026-11-22") == TODAY


def test_who_was_hired_before_being_born_is_rejected_at_the_hire_date():
    judged = judge(["hired_on", "born_on", "person_id"], ["1980-01-01", "1980-01-02", "9"])
    assert [(found.column, found.field) for found in judged.rejections] == [(1, "hired_on")]
    assert judged.person_id == "9"


def test_every_bad_cell_of_a_row_is_told_and_not_only_the_first():
    judged = judge(["status", "person_id", "email"], ["x", "", "y"])
    assert [(found.column, found.field) for found in judged.rejections] == [
        (1, "status"),
        (2, "person_id"),
        (3, "email"),
    ]


def test_a_rejected_row_still_says_whom_it_is_about():
    assert judge(["person_id", "status"], ["0042", "actief"]).person_id == "0042"


def test_codes_of_the_mapping_come_before_our_own_values():
    mapping = Mapping({}, {"status": {"A": "active", "active": "retired"}, "works_shifts": {"J/N": "yes"}})
    assert one("status", "a", default=mapping) == "active"
    assert one("status", "Active", default=mapping) == "retired"
    assert one("works_shifts", "j/n", default=mapping) is True


def test_columns_are_numbered_as_in_a_workbook_that_starts_further_right():
    judged = judge(["person_id", "status"], ["1", "?"], first_column=3)
    assert judged.rejections[0].column == 4


def test_serial_numbers_are_days_in_workbooks_alone():
    assert one("hired_on", "45000", serials=True) == date(2023, 3, 15)
    assert "not a date" in str(one("hired_on", "45000"))


def test_what_stands_in_columns_that_are_not_read_rejects_nobody():
    assert not judge(["person_id", "opmerking"], ["1", "a\nb\0"]).rejections


def test_a_row_with_a_fault_is_rejected_as_a_whole_and_keeps_its_id():
    sheet = Sheet(("person_id", "status"), iter(()))
    space = workspace()
    judged = Judge(sheet, match(sheet, space, "p", "x"), space, TODAY).judge(Row(3, ["5"], "too short"))
    assert judged == (3, "5", (), (Rejection(3, 0, "", "too short"),))


HEADER = [name for name in (*FIELDS, *OWN) if name != "person_id"]
cells = st.one_of(st.text(max_size=40), st.sampled_from(["active", "1980-01-01", "nl", "2", "a@b.example", "ja"]))


@given(st.lists(cells, min_size=len(HEADER), max_size=len(HEADER)), st.booleans())
def test_any_cells_are_taken_or_rejected_and_a_reason_never_repeats_what_they_say(row, serials):
    judged = judge(["person_id", *HEADER], ["1", *row], serials=serials)
    assert bool(judged.values) != bool(judged.rejections)
    for rejection in judged.rejections:
        field = (FIELDS | OWN)[rejection.field]
        text = row[rejection.column - 2].strip()
        if field.type != "choice" and len(text) > 12:
            assert text not in rejection.message
