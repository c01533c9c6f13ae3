"""Everything that steers, everything that a person chose and every look at a person leaves a line."""

from __future__ import annotations

import pytest


@pytest.fixture
def office(cli, people):
    """A workspace in use, with ten people; what was put on record so far is left out of account."""
    for words in (("publish",), ("roster", "import", people(10)), ("approve", "--all", "--yes")):
        assert cli(*words).code == 0
    return cli


def _told(cli, *words):
    return [(one["actor"], one["action"], one["subject"]) for one in cli("audit", "--json", *words).json]


def test_what_leads_to_a_running_campaign_is_on_record(office):
    assert _told(office) == [
        ("tester", "approved", "campaign welcome"),
        ("tester", "approved", "campaign news"),
        ("tester", "imported", "source default"),
        ("tester", "published", "release 1"),
    ]


@pytest.mark.parametrize(
    ("words", "action", "subject"),
    [
        (("pause", "news"), "paused", "campaign news"),
        (("resume", "news"), "resumed", "campaign news"),
        (("cancel", "news", "--yes"), "cancelled", "campaign news"),
        (("opt-out", "P3", "news"), "opted out", "person 3"),
        (("opt-in", "P3", "news"), "opted in", "person 3"),
        (("event", "record", "P3", "left"), "recorded an event", "person 3"),
        (("event", "withdraw", "P3", "left", "--on", "2026-11-20"), "withdrew an event", "person 3"),
        (("outcome", "record", "P3", "infosession-registered"), "recorded an outcome", "person 3"),
        (("explain", "P3"), "looked at", "person 3"),
        (("preview", "news", "--as", "P3"), "looked at", "person 3"),
        (("deliveries", "--person", "P3"), "looked at", "person 3"),
    ],
)
def test_a_verb_leaves_a_line(office, words, action, subject):
    before = len(_told(office))
    assert office(*words).code == 0
    assert _told(office)[:-before] == [("tester", action, subject)]


@pytest.mark.parametrize("name", ["events", "outcomes"])
def test_a_file_leaves_one_line_with_its_counts(office, tmp_path, name):
    (tmp_path / "events.csv").write_text("person,event,date\nP1,left,2026-10-01\nP2,left,2026-10-01\n")
    (tmp_path / "outcomes.csv").write_text("person,outcome,date\nP1,infosession-registered,2026-10-01\n")
    assert office(name.removesuffix("s"), "import", str(tmp_path / f"{name}.csv")).code == 0
    (line,) = office("audit", "--json", "--subject", f"{name} file").json
    assert line["after"]["recorded"] == {"events": 2, "outcomes": 1}[name]


def test_what_changed_is_told_before_and_after(office):
    office("pause", "news")
    (line,) = office("audit", "--json", "--action", "paused").json
    assert (line["before"], line["after"]) == ({"state": "running"}, {"state": "paused"})
    assert "state running" in office("audit", "--action", "paused").out


def test_a_person_is_asked_for_by_the_number_of_hr_and_shown_by_ours(office):
    office("explain", "P3")
    office("explain", "P4")
    answer = office("audit", "--json", "--person", "P3")
    assert [one["subject"] for one in answer.json] == ["person 3"]
    assert "P3" not in answer.out


def test_a_look_that_finds_nobody_and_an_import_that_changes_nothing_leave_no_line(office, people):
    before = _told(office)
    assert office("explain", "P99").code == 1
    office("roster", "import", people(10))
    office("roster", "import", people(11), "--dry-run")
    assert _told(office) == before


def test_a_choice_that_fails_leaves_no_line(office):
    before = _told(office)
    assert office("opt-out", "P99", "news").code == 1
    assert office("pause", "nothing").code == 1
    assert _told(office) == before


def test_an_action_that_nobody_did_is_said_so_with_the_one_that_was_meant(office):
    assert office("audit", "--action", "approve").out == (
        "Nothing is on record as `approve`. Did you mean `approved`?\n"
    )
    assert office("audit", "--action", "approved", "--since", "2099-01-01").out == "Nothing is on record.\n"
