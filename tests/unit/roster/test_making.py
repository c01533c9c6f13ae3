"""The made roster: as many as asked, the same each time, in the shares of the table."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from outreach.roster.making import Maker, make_roster, write_csv
from outreach.roster.shares import ACTIVE, SHARES
from tests.unit.roster.rosters import take, workspace

TODAY = date(2026, 11, 2)
PEOPLE = 8_000


@pytest.fixture(scope="module")
def rows():
    return list(make_roster(PEOPLE, 7, TODAY))


@pytest.fixture(scope="module")
def active(rows):
    return [row for row in rows if row["status"] == "active"]


@pytest.fixture(scope="module")
def retired(rows):
    return [row for row in rows if row["status"] == "retired"]


def shares(rows, column):
    counts = Counter(row[column] or None for row in rows)
    return {value: count / len(rows) for value, count in counts.items()}


def about(found, share, slack=0.02):
    expected = SHARES[share].of
    assert found.keys() <= expected.keys()
    for value, part in expected.items():
        assert found.get(value, 0.0) == pytest.approx(part, abs=slack), value


def years(row, column):
    return (TODAY - date.fromisoformat(row[column])).days / 365.2425


def test_exactly_as_many_people_are_made_as_asked_and_contacts_beside_them(rows, active, retired):
    contacts = [row for row in rows if row["status"] == "contact"]
    assert (len(active) + len(retired), len(contacts)) == (PEOPLE, 80)
    assert len(active) == round(PEOPLE * ACTIVE)
    assert {row["role"] for row in contacts} == {"manager", "hr", "communication"}


def test_a_large_roster_has_two_contacts_for_every_entity_of_other_roles():
    contacts = [Maker(1, TODAY).contact(index) for index in range(120)]
    assert len({contact.entity for contact in contacts}) == 60
    assert len({(contact.entity, contact.role) for contact in contacts}) == 120


@pytest.mark.parametrize("people", [1, 10, 250])
def test_small_rosters_have_few_contacts(people):
    statuses = Counter(row["status"] for row in make_roster(people, 1, TODAY))
    assert statuses["active"] + statuses["retired"] == people
    assert statuses["contact"] == -(-people // 100)


def test_the_model_case_has_its_30523_active_and_14459_retired():
    statuses = Counter(int((i + 1) * ACTIVE + 0.5) > int(i * ACTIVE + 0.5) for i in range(44_982))
    assert (statuses[True], statuses[False]) == (30_523, 14_459)


def test_the_same_seed_and_day_give_the_same_file_to_the_byte(tmp_path):
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        write_csv(make_roster(500, seed, TODAY), tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "three").read_bytes()


def test_a_larger_roster_starts_with_the_same_people(rows):
    smaller = list(make_roster(300, 7, TODAY))[:300]
    assert smaller == rows[:300]


def test_grades_genders_languages_and_domains_are_as_the_table_says(rows, active, retired):
    about(shares(active, "grade"), "grade")
    about(shares(active, "gender"), "gender")
    about(shares(retired, "grade"), "grade of retired")
    about(shares(active, "workplace"), "workplace")
    about(shares(active, "works_shifts"), "shifts")
    about(shares([row for row in rows if row["status"] != "contact"], "language"), "language")
    about(shares(active, "domain"), "domain")
    assert sum(sorted(shares(active, "domain").values())[-5:]) > 0.8


def test_ages_are_as_the_table_says(active, retired):
    ages = [years(row, "born_on") for row in active]
    for low, high, share in ((0, 35, 0.19), (35, 45, 0.28), (45, 99, 0.53)):
        assert sum(low <= age < high for age in ages) / len(ages) == pytest.approx(share, abs=0.02)
    assert 20 < min(ages) < max(ages) < 67
    assert min(years(row, "born_on") for row in retired) > 60


def test_terms_of_employment_are_as_published(active):
    found = shares(active, "contract")
    assert found["statutory"] == pytest.approx(0.694, abs=0.02)
    assert found["permanent"] + found["fixed-term"] == pytest.approx(0.306, abs=0.02)
    ends = [row["contract_ends_on"] for row in active if row["contract"] == "fixed-term"]
    within_two_years = (TODAY + timedelta(days=731)).isoformat()
    assert all(not end or end > TODAY.isoformat() for end in ends)
    assert sum("" < end <= within_two_years for end in ends) / len(ends) > 0.85
    assert not any(row["contract_ends_on"] for row in active if row["contract"] != "fixed-term")


def test_a_believable_share_was_hired_in_the_last_90_days(active):
    recent = sum(years(row, "hired_on") < 90 / 365 for row in active) / len(active)
    assert 0.01 < recent < 0.04
    newcomers = [row for row in active if years(row, "hired_on") < 1]
    assert shares(newcomers, "contract")["statutory"] < 0.3


def test_a_fifth_of_the_retired_have_no_address_and_a_few_of_the_active(active, retired):
    assert sum(not row["email"] and not row["private_email"] for row in retired) / len(retired) == pytest.approx(
        0.2, abs=0.02
    )
    assert not any(row["email"] for row in retired)
    assert 0.005 < sum(not row["email"] for row in active) / len(active) < 0.04


def test_some_facts_are_missing_so_that_some_questions_cannot_be_decided(active):
    for column in ("household", "language"):
        assert 0.001 < shares(active, column)[None] < 0.1
    assert all(bool(row["household"]) == bool(row["children"]) for row in active)


def test_children_and_households_agree(active):
    for row in active:
        if row["household"]:
            assert ("children" in row["household"]) == (int(row["children"]) > 0)


def test_ids_and_addresses_are_unique_and_every_domain_is_for_examples(rows):
    assert len({row["person_id"] for row in rows}) == len(rows)
    for column in ("email", "private_email"):
        found = [row[column] for row in rows if row[column]]
        assert len(set(found)) == len(found)
        assert all(address.endswith(".example") for address in found)


def test_what_is_written_is_imported_without_a_mapping_and_without_a_fault(database, tmp_path, rows):
    assert write_csv(iter(rows), tmp_path / "roster.csv") == len(rows)
    report = take(database, tmp_path / "roster.csv", workspace=workspace(), today=TODAY)
    assert (report.added, report.rejected, report.ignored_columns) == (len(rows), (), ())


def test_a_dash_means_standard_output(capsys):
    write_csv(make_roster(3, 1, TODAY), "-")
    assert capsys.readouterr().out.splitlines()[0].startswith("person_id,status,")
