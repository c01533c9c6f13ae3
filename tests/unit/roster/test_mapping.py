from __future__ import annotations

import pytest

from outreach.definitions.model import Mapping
from outreach.errors import OutreachError
from outreach.roster.mapping import match
from outreach.roster.sources.sheet import Sheet
from tests.unit.roster.rosters import workspace


def columns(header, source="payroll", **mappings):
    sheet = Sheet(tuple(header), iter(()))
    return match(sheet, workspace(mappings=mappings), source, "roster.csv")


def used(*arguments, **mappings):
    return {column.field.name: column.index for column in columns(*arguments, **mappings).used}


def test_our_own_names_are_accepted_in_any_case_and_with_spaces_or_hyphens():
    assert used(["Person-ID", "FIRST NAME", "hired_on", "Works Shifts"]) == {
        "person_id": 0,
        "first_name": 1,
        "hired_on": 2,
        "works_shifts": 3,
    }


def test_a_source_is_read_by_its_own_mapping_and_others_by_the_default_one():
    payroll = Mapping({"Stamnummer": "person_id"}, {})
    default = Mapping({"Nr": "person_id"}, {})
    assert used(["Stamnummer"], "payroll", payroll=payroll, default=default) == {"person_id": 0}
    assert used(["Nr"], "schools", payroll=payroll, default=default) == {"person_id": 0}


def test_names_of_a_mapping_are_compared_as_loosely_as_our_own():
    mapping = Mapping({"E-mail privé": "private_email", "Stam nummer": "person_id"}, {})
    assert used(["stam_nummer", "E-MAIL PRIVE\u0301"], default=mapping) == {"person_id": 0, "private_email": 1}


def test_a_mapping_wins_over_a_column_of_ours_with_that_name():
    mapping = Mapping({"status": "role", "Stand": "status"}, {})
    assert used(["person_id", "status", "stand"], default=mapping) == {"person_id": 0, "role": 1, "status": 2}


def test_columns_that_are_not_read_are_listed_once_and_those_without_a_name_by_number():
    found = columns(["person_id", "Kleur", "", "Kleur"])
    assert found.ignored == ("Kleur", "column 3", "Kleur")


def test_codes_are_compared_without_case():
    mapping = Mapping({}, {"status": {"A": "active", " p ": "retired"}})
    (column,) = (column for column in columns(["person_id", "status"], default=mapping).used if column.codes)
    assert column.codes == {"a": "active", "p": "retired"}


def test_without_a_column_for_the_id_the_file_is_refused_without_showing_its_first_line():
    with pytest.raises(OutreachError, match="none of the 2 columns holds person_id") as caught:
        columns(["Jan", "Peeters"])
    assert "Peeters" not in str(caught.value)
    assert "roster.mappings" in caught.value.remedy


def test_two_columns_for_one_field_are_refused():
    with pytest.raises(OutreachError, match="2 columns hold status"):
        columns(["person_id", "Status", "status"])


def test_a_mapping_to_something_that_is_no_field_is_refused():
    with pytest.raises(OutreachError, match="'stat_us', which is not a field"):
        columns(["person_id"], default=Mapping({"Stand": "stat_us"}, {}))
