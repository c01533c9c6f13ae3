"""`outreach simulate`: what it answers, and that nothing real is touched."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from html.parser import HTMLParser

import pytest

AT = "2026-11-02T10:00"
DAYS = ("--days", "40", "--at", AT)
#: Days pass in a scratch file of SQLite, whatever the workspace has: what is true in it is tried on one of both.
in_the_scratch_file = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@pytest.fixture
def ready(cli, people):
    """Twelve people in the roster; nothing is published."""
    assert cli("roster", "import", people(12), "--at", AT).code == 0
    return cli


def test_it_tells_of_weeks_segments_and_campaigns(ready):
    answer = ready("simulate", *DAYS, "--json")
    assert answer.code == 0
    assert (answer.json["roster"], answer.json["total"]["people"]) == ("imported", 12)
    assert {week["monday"]: week["total"]["messages"] for week in answer.json["weeks"] if week["campaigns"]} == {
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


@in_the_scratch_file
def test_made_people_need_no_database_and_leave_none_behind(cli, workspace, monkeypatch):
    monkeypatch.delenv("OUTREACH_DATABASE_URL")
    answer = cli("simulate", *DAYS, "--people", "300", "--json")
    assert (answer.code, answer.json["roster"]) == (0, "made")
    assert answer.json["total"]["people"] >= 300
    assert not (workspace / "var" / "outreach.db").exists()
    assert cli("simulate", *DAYS, "--people", "300", "--json").json == answer.json
    assert cli("simulate", *DAYS, "--people", "300", "--seed", "2", "--json").json != answer.json


@in_the_scratch_file
def test_who_responds_is_not_reminded(cli, workspace, tmp_path):
    def reminded(share):
        model = tmp_path / "responses.yaml"
        model.write_text(f"campaigns:\n  welcome: {{registers: {share} %, within: 1 day}}\n")
        answer = cli("simulate", "--days", "60", "--people", "500", "--at", AT, "--responses", str(model), "--json")
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


@in_the_scratch_file
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


@in_the_scratch_file
def test_a_budget_that_is_kept_ends_with_0(ready, workspace):
    path = workspace / "outreach.yaml"
    path.write_text(
        path.read_text() + "budget: {per_person: {messages: 2, per: 30 days}, per_week: 12, expired: 0 %}\n"
    )
    answer = ready("simulate", *DAYS, "--json")
    assert (answer.code, answer.json["broken"]) == (0, [])


# --- the page --------------------------------------------------------------------------------------------


class Looked(HTMLParser):
    """What stands in a page, and what it would fetch."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.fetched, self.cells = Counter(), [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.fetched += [value for name, value in attrs if name in ("src", "href", "srcset", "data", "action")]

    def handle_data(self, data):
        self.cells.append(data)


@in_the_scratch_file
def test_the_page_has_a_table_for_each_chart_and_fetches_nothing(ready, workspace, tmp_path):
    path = workspace / "outreach.yaml"
    path.write_text(path.read_text().replace("organisation: Sociale Dienst", "organisation: Dienst <b>&</b> co")
                    + "budget: {per_week: 11}\n")  # fmt: skip
    assert ready("simulate", *DAYS, "--html", str(tmp_path / "year.html")).code == 1
    text = (tmp_path / "year.html").read_text(encoding="utf-8")
    page = Looked(text)
    assert page.tags["svg"] == page.tags["table"] == page.tags["section"] > 5
    assert (page.fetched, page.tags["script"], page.tags["link"]) == ([], 0, 0)
    assert "url(" not in text
    assert "Dienst <b>&</b> co: a look ahead" in page.cells
    assert "prefers-color-scheme: dark" in text
    assert any("12 messages would leave" in cell for cell in page.cells)


@in_the_scratch_file
def test_a_page_that_cannot_be_written_is_an_error_of_its_own(ready, tmp_path):
    answer = ready("simulate", *DAYS, "--html", str(tmp_path / "none" / "year.html"))
    assert (answer.code, "the page cannot be written" in answer.err) == (1, True)


# --- against a revision ----------------------------------------------------------------------------------


def git(folder, *words):
    who = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


@pytest.fixture
def kept(ready, workspace):
    """The workspace in a repository, in a folder of it; a commit before which there was none, and one after."""
    git(workspace.parent, "init", "--quiet", "--initial-branch", "main")
    git(workspace.parent, "commit", "--quiet", "--allow-empty", "-m", "empty")
    git(workspace.parent, "tag", "empty")
    git(workspace.parent, "add", *(f"workspace/{part}" for part in ("outreach.yaml", "campaigns", "templates")))
    git(workspace.parent, "commit", "--quiet", "-m", "first")
    return ready


def test_a_change_is_told_in_messages_and_people(kept, workspace):
    same = kept("simulate", *DAYS, "--against", "main", "--json")
    assert (same.code, same.json["against"]["campaigns"], same.json["against"]["taken_over"]) == (0, {}, 0)
    news = (workspace / "campaigns" / "news.yaml").read_text()
    (workspace / "campaigns" / "more.yaml").write_text(news.replace("first tuesday of the month", "monday"))
    answer = kept("simulate", *DAYS, "--against", "main", "--json")
    assert answer.json["against"]["campaigns"] == {"more": {"before": 0, "after": 72}}
    assert answer.json["against"]["total"]["messages"] == {"before": 24, "after": 96}
    assert answer.json["against"]["taken_over"] == 12
    text = kept("simulate", *DAYS, "--against", "main")
    assert "Against main: this change adds 72 messages and takes 12 people over 4 in 30 days." in text.out
    (workspace / "campaigns" / "more.yaml").rename(workspace / "campaigns" / "news.yaml")
    assert "this change adds 48 messages" in kept("simulate", *DAYS, "--against", "HEAD").out


@in_the_scratch_file
@pytest.mark.parametrize("revision", ["no-such", "--output=/tmp/x", "main:workspace", ""])
def test_an_unknown_revision_is_named(kept, revision):
    answer = kept("simulate", *DAYS, f"--against={revision}")
    assert (answer.code, f"git knows no revision {revision!r}" in answer.err) == (1, True)


@in_the_scratch_file
def test_a_revision_without_a_sound_workspace_is_refused(kept, workspace):
    assert "there is no outreach.yaml at revision 'empty'" in kept("simulate", *DAYS, "--against", "empty").err
    good = (workspace / "campaigns" / "news.yaml").read_text()
    (workspace / "campaigns" / "news.yaml").write_text("title: x\n")
    git(workspace, "commit", "--quiet", "-am", "broken")
    (workspace / "campaigns" / "news.yaml").write_text(good)
    answer = kept("simulate", *DAYS, "--against", "HEAD")
    assert answer.code == 1
    assert "problems in the definitions, the first: campaigns/news.yaml:1:1" in answer.err


@in_the_scratch_file
def test_a_folder_without_version_control_is_told_so(ready):
    answer = ready("simulate", *DAYS, "--against", "HEAD")
    assert (answer.code, "is in no git repository" in answer.err) == (1, True)
