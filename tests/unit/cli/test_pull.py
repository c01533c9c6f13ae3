"""`outreach roster pull`: by hand, and by `run` at its time."""

from __future__ import annotations

import pytest

from tests.unit.roster.test_pulling import listening, said

PEOPLE = [{"person_id": f"P{number}", "status": "active", "email": f"p{number}@staff.example"} for number in range(3)]


@pytest.fixture
def source(workspace):
    """A source that the workspace names, pulled at two in the morning."""
    with listening() as (port, asked, answers):
        answers.append(said({"people": PEOPLE}))
        with (workspace / "outreach.yaml").open("a") as file:
            file.write(
                f"roster:\n  pulls:\n    payroll:\n      url: http://127.0.0.1:{port}/people\n"
                "      items: people\n      allow: 127.0.0.1\n      at: '02:00'\n"
            )
        yield asked, answers


def test_a_pull_shows_what_an_import_shows_and_a_dry_run_changes_nothing(cli, source, monkeypatch):
    monkeypatch.setenv("OUTREACH_PULL_TOKENS", "payroll=s3cret")
    dry = cli("roster", "pull", "payroll", "--dry-run", "--json")
    assert (dry.code, dry.json["added"]) == (0, 3)
    assert "3 added" in cli("roster", "pull", "payroll").out
    assert "3 unchanged" in cli("roster", "pull", "payroll").out
    asked, _ = source
    assert {headers["Authorization"] for _, headers in asked} == {"Bearer s3cret"}


def test_a_source_that_nobody_named_is_refused_with_what_there_is(cli, source):
    answer = cli("roster", "pull", "pay", "--json")
    assert (answer.code, "payroll" in answer.json["error"]["remedy"]) == (1, True)


def test_run_pulls_what_is_due_once_and_plans_although_it_fails(cli, source):
    asked, answers = source
    assert cli("publish", "--at", "2026-11-02T10:00").code == 0
    assert cli("run", "--at", "2026-11-03T01:59").code == 0
    assert len(asked) == 1  # of the evening before, which nobody had pulled
    answers[:] = [said({}, 404)]
    failed = cli("run", "--at", "2026-11-03T02:00")
    assert (failed.code, "answers 404" in failed.err) == (0, True)
    cli("run", "--at", "2026-11-03T02:01")
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("pull", "said"),
    [
        ("{url: 'ftp://hr.example'}", "no address of a source"),
        ("{url: 'https://me:secret@hr.example/'}", "no address of a source"),
        ("{url: 'https://hr.example/', allow: 10.0.0.1/8}", "no network"),
        ("{url: 'https://hr.example/', at: 25}", "roster.pulls.payroll.at"),
        ("{items: people}", "url"),
    ],
)
def test_check_names_what_is_wrong_with_a_pull(cli, workspace, pull, said):
    with (workspace / "outreach.yaml").open("a") as file:
        file.write(f"roster: {{pulls: {{payroll: {pull}}}}}\n")
    answer = cli("check")
    assert answer.code == 1
    assert said in answer.out + answer.err
