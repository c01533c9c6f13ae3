"""`outreach simulate`: what it answers, and that nothing real is touched."""

from __future__ import annotations

import json

import pytest

AT = "2026-11-02T10:00"
DAYS = ("--days", "40", "--at", AT)


@pytest.fixture
def ready(cli, people):
    """Twelve people in the roster; nothing is published."""
    assert cli("roster", "import", people(12), "--at", AT).code == 0
    return cli


def test_it_tells_of_weeks_segments_and_campaigns(ready):
    answer = ready("simulate", *DAYS, "--json")
    assert answer.code == 0
    assert (answer.json["roster"], answer.json["total"]["people"]) == ("imported", 12)
    assert {week["monday"]: week["total"]["messages"] for week in answer.json["weeks"]} == {
        "2026-11-02": 12,
        "2026-11-30": 12,
    }
    assert answer.json["segments"]["everyone"]["per_person"] == {"median": 2, "p95": 2, "highest": 2}
    assert [one["campaign"] for one in answer.json["campaigns"]] == ["news", "welcome"]
    text = ready("simulate", *DAYS)
    assert "24 messages to 12 people" in text.out
    assert ["2026-11-30", "12", "12", "12"] in [line.split()[:4] for line in text.out.splitlines()]


def test_nothing_is_sent_published_or_planned(ready, workspace):
    assert ready("simulate", *DAYS).code == 0
    assert ready("deliveries", "--json").json == []
    assert "nothing is published yet" in ready("plan").err
    assert not (workspace / "var" / "outbox").exists()


def test_made_people_need_no_database_and_leave_none_behind(cli, workspace, monkeypatch):
    monkeypatch.delenv("OUTREACH_DATABASE_URL")
    answer = cli("simulate", *DAYS, "--people", "300", "--json")
    assert (answer.code, answer.json["roster"]) == (0, "made")
    assert answer.json["total"]["people"] >= 300
    assert not (workspace / "var" / "outreach.db").exists()
    assert cli("simulate", *DAYS, "--people", "300", "--json").json == answer.json
    assert cli("simulate", *DAYS, "--people", "300", "--seed", "2", "--json").json != answer.json


def test_who_responds_is_not_reminded(cli, workspace, tmp_path):
    def reminded(share):
        model = tmp_path / "responses.yaml"
        model.write_text(f"campaigns:\n  welcome: {{registers: {share} %, within: 1 day}}\n")
        answer = cli("simulate", "--days", "100", "--people", "2000", "--at", AT, "--responses", str(model), "--json")
        assert answer.code == 0, answer.err
        (welcome,) = (one for one in answer.json["campaigns"] if one["campaign"] == "welcome")
        return welcome["messages"], answer.json["outcomes"].get("infosession-registered", 0)

    nobody, everybody = reminded(0), reminded(100)
    assert nobody[1] == 0 < everybody[1]
    assert everybody[0] < nobody[0]


@pytest.mark.parametrize(
    ("text", "spot", "says"),
    [
        ("campaigns: {welcom: {registers: 3 %}}", ":1:13", "there is no campaign `welcom`"),
        ("default: {registers: 30}", ":1:22", "expected a percentage, found `30`"),
        ("seed: [", ":", "not closed"),
    ],
)
def test_a_mistake_in_the_response_model_has_its_place(cli, tmp_path, text, spot, says):
    model = tmp_path / "responses.yaml"
    model.write_text(text)
    answer = cli("simulate", *DAYS, "--people", "10", "--responses", str(model), "--json")
    assert answer.code == 1
    assert f"{model}{spot}" in answer.json["error"]["where"]
    assert says in answer.json["error"]["what"]
    missing = cli("simulate", "--people", "10", "--responses", str(tmp_path / "none.yaml"))
    assert (missing.code, "the response model cannot be read" in missing.err) == (1, True)


def test_a_workspace_with_mistakes_is_refused(cli, workspace):
    (workspace / "campaigns" / "news.yaml").write_text("title: x\n")
    answer = cli("simulate", "--people", "10", "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["problems"]


@pytest.mark.parametrize(
    ("budget", "where", "says"),
    [
        (
            "per_person: {messages: 1, per: 30 days}",
            "per_person",
            "12 people would get more than 1 messages in 30 days",
        ),
        (
            "per_week: 11",
            "per_week",
            "12 messages would leave in the week from 2026-11-02; the budget is 11, and 1 week",
        ),
        (
            "expired: 0 %",
            "expired",
            "12 of 24 messages would expire before they could leave (50.0 %); the budget is 0 %",
        ),
    ],
)
def test_a_broken_budget_ends_with_1_and_says_what_to_do(ready, workspace, budget, where, says):
    path = workspace / "outreach.yaml"
    cap = "frequency_cap: {messages: 1, per: 60 days}\nexpires_after: 3 days\n" if where == "expired" else ""
    path.write_text(f"{path.read_text()}{cap}budget: {{{budget}}}\n")
    answer = ready("simulate", *DAYS, "--json")
    (broken,) = answer.json["broken"]
    assert (answer.code, broken["where"]) == (1, f"outreach.yaml: budget.{where}")
    assert says in broken["what"]
    assert "news (" in broken["remedy"]
    shown = ready("simulate", *DAYS)
    assert (shown.code, f"Budget: outreach.yaml: budget.{where}: {says}" in shown.err) == (1, True)
    assert "12 people" in shown.out


def test_a_budget_that_is_kept_ends_with_0(ready, workspace):
    path = workspace / "outreach.yaml"
    path.write_text(
        path.read_text() + "budget: {per_person: {messages: 2, per: 30 days}, per_week: 12, expired: 0 %}\n"
    )
    answer = ready("simulate", *DAYS, "--json")
    assert (answer.code, answer.json["broken"]) == (0, [])
