"""What each verb answers a program: keys, exit codes and that nothing leaves unasked. On both databases."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select

from outreach.cli.app import outreach
from outreach.cli.session import Session
from outreach.service import crew
from outreach.storage.database import connect
from outreach.storage.tables import audit, metadata

AT = "2026-11-02T10:00"  # the day before the first Tuesday of November
TUESDAY = "2026-11-03T09:30"


@pytest.fixture
def ready(cli, people):
    """Twelve people, a release, and everything approved."""
    assert cli("roster", "import", people(12), "--at", AT).code == 0
    assert cli("publish", "--at", AT).code == 0
    assert cli("approve", "--all", "--yes", "--at", AT).code == 0
    return cli


def test_init_makes_a_workspace_and_overwrites_nothing(cli, tmp_path):
    target = tmp_path / "mine"
    made = cli("init", str(target), "--json")
    assert made.code == 0
    assert "outreach.yaml" in made.json["files"]
    assert (target / "outreach.yaml").is_file()
    assert cli("init", str(target)).code == 1
    here = cli("init", "--", str(target / "."))
    assert f"the folder {target} is not empty" in here.err
    again = cli("init", str(target), "--force")
    assert (again.code, "nothing is ever overwritten" in again.err) == (1, True)


def test_check_of_a_good_workspace_has_no_problems(cli):
    answer = cli("check", "--json")
    assert (answer.code, answer.json["problems"]) == (0, [])


def test_check_names_each_problem_with_its_place_and_remedy(cli, workspace):
    path = workspace / "campaigns" / "news.yaml"
    path.write_text(path.read_text().replace("audience: everyone", "audience: everybody").replace("topic:", "topci:"))
    answer = cli("check", "--json")
    assert answer.code == 1
    assert set(answer.json["problems"][0]) == {"file", "line", "column", "path", "message", "remedy"}
    assert {(p["file"], p["line"]) for p in answer.json["problems"]} >= {("campaigns/news.yaml", 5)}
    assert cli("check").code == 1


def test_check_makes_no_database(workspace, monkeypatch):
    assert CliRunner().invoke(outreach, ["check", "--workspace", str(workspace)]).exit_code == 0
    assert not (workspace / "var").exists()


def test_publish_tells_the_release_and_what_changed(cli, workspace):
    first = cli("publish", "--json")
    assert (first.code, first.json["changed"]) == (0, ["news", "welcome"])
    assert first.json["release"] == 1
    assert cli("publish", "--json").json["changed"] == []
    text = workspace / "templates" / "news" / "nl.md"
    text.write_text(text.read_text() + "\nTot dan.\n")
    assert cli("publish", "--json").json["changed"] == ["news"]


def test_publish_refuses_what_check_refuses(cli, workspace):
    (workspace / "campaigns" / "news.yaml").write_text("title: 1\n")
    answer = cli("publish", "--json")
    assert answer.code == 1
    assert set(answer.json["error"]) == {"what", "where", "remedy"}
    assert answer.json["problems"]


def test_import_counts_what_changed_and_names_what_was_refused(cli, people, tmp_path):
    answer = cli("roster", "import", people(3), "--json")
    assert answer.code == 0
    assert {key: answer.json[key] for key in ("added", "changed", "left", "unchanged", "rejected", "events")} == {
        "added": 3, "changed": 0, "left": 0, "unchanged": 0, "rejected": [], "events": {},
    }  # fmt: skip
    bad = tmp_path / "bad.csv"
    bad.write_text(Path(people(3)).read_text() + "P4,alive,An,p4@staff.example,nl,\n")
    answer = cli("roster", "import", str(bad), "--json")
    assert answer.code == 1
    assert [(r["line"], r["column"]) for r in answer.json["rejected"]] == [(5, 2)]


def test_a_broken_workbook_is_said_to_be_one(cli, tmp_path):
    path = tmp_path / "staff.xlsx"
    path.write_bytes(bytes(range(256)) * 20)
    error = cli("roster", "import", str(path), "--source", "payroll", "--json").json["error"]
    assert "the workbook cannot be read" in error["what"]


def test_what_comes_next_is_what_helps(cli, people, tmp_path):
    assert "Next: outreach roster import staff.csv --source payroll" in cli("check").err
    made = tmp_path / "made.csv"
    assert f"import {made} --source payroll" in cli("roster", "make", "--people", "9", "--out", str(made)).err
    bad = tmp_path / "bad.csv"
    bad.write_text(Path(people(3)).read_text() + "P4,alive,An,p4@staff.example,nl,\n")
    assert "Next: mend the rows" in cli("roster", "import", str(bad), "--source", "payroll").err
    assert "Next: outreach segments" in cli("roster", "import", people(3), "--source", "payroll").err
    assert "Next: outreach publish" in cli("check").err


def test_a_dry_run_changes_nothing(cli, people):
    assert cli("roster", "import", people(3), "--dry-run", "--json").json["added"] == 3
    assert cli("roster", "import", people(3), "--json").json["added"] == 3


def test_a_file_that_lost_too_many_is_refused(cli, people):
    cli("roster", "import", people(20))
    refused = cli("roster", "import", people(5), "--json")
    assert refused.code == 1
    assert "--accept-leavers" in refused.json["error"]["remedy"]
    assert cli("roster", "import", people(5), "--accept-leavers", "--json").json["left"] == 15


def test_a_file_that_is_not_there_is_wrong_usage(cli):
    assert cli("roster", "import", "nowhere.csv").code == 2


def test_the_same_seed_makes_the_same_people(cli, tmp_path):
    one, other = tmp_path / "1.csv", tmp_path / "2.csv"
    assert cli("roster", "make", "--people", "50", "--seed", "7", "--out", str(one)).code == 0
    assert cli("roster", "make", "--people", "50", "--seed", "7").out == one.read_text()
    assert cli("roster", "make", "--people", "50", "--seed", "8", "--out", str(other)).code == 0
    assert one.read_text() != other.read_text()


def test_segments_hide_small_numbers(cli, people):
    cli("roster", "import", people(12), "--at", AT)
    rows = {row["segment"]: row for row in cli("segments", "--json", "--at", AT).json}
    assert rows["everyone"] == {"segment": "everyone", "people": 12, "indeterminate": 0, "suppressed": False}
    assert rows["newcomers"] == {"segment": "newcomers", "people": None, "indeterminate": 0, "suppressed": True}
    assert "< 10" in cli("segments", "--at", AT).out


def test_plan_tells_what_would_leave_and_changes_nothing(ready):
    answer = ready("plan", "--days", "7", "--at", AT, "--json")
    assert answer.code == 0
    row = answer.json["sends"][0]
    keys = ("campaign", "step", "occurrence", "local_time", "audience", "send", "skipped", "approved")
    assert [row[key] for key in keys] == ["news", "news", "2026-11-03", "2026-11-03 09:00", 12, 12, {}, True]
    assert ready("deliveries", "--json").json == []


def test_plan_shows_what_waits_for_an_approval_and_says_so(cli, people):
    cli("roster", "import", people(12), "--at", AT)
    cli("publish", "--at", AT)
    row = cli("plan", "--days", "7", "--at", AT, "--json").json["sends"][0]
    assert (row["campaign"], row["send"], row["approved"]) == ("news", 12, False)
    assert cli("run", "--at", TUESDAY, "--json").json["planned"] == 0


def test_run_sends_once_however_often_it_is_run(ready):
    first = ready("run", "--at", TUESDAY, "--json")
    assert first.code == 0
    assert set(first.json) == {
        "planned", "sent", "rejected", "in_doubt", "skipped", "deferred", "returned", "paused", "handed_over",
        "workers", "passed_over", "removed", "next",
    }  # fmt: skip
    assert (first.json["planned"], first.json["sent"]) == (12, 12)
    assert first.json["next"].startswith("2026-12-01T08:00")
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 0


def test_run_tells_that_the_mail_server_cannot_be_reached_and_keeps_what_was_due(ready, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setenv("OUTREACH_SMTP_URL", f"smtp://robot:hush@{place}")
    told = ready("run", "--at", TUESDAY, "--json")
    assert (told.code, told.json["sent"], told.json["deferred"]) == (1, 0, 12)
    what = f"the mail server {place} cannot be reached, or takes no more from us now; 12 messages wait"
    assert told.json["error"]["what"].startswith(what)
    said = ready("run", "--at", TUESDAY)
    assert (said.code, f"Error: the mail server {place} cannot be reached" in said.err) == (1, True)
    assert not said.err.startswith("the mail server")
    assert not [word for word in ("robot", "hush") if word in told.out + said.out + said.err]
    monkeypatch.delenv("OUTREACH_SMTP_URL")
    assert ready("run", "--at", "2026-11-03T12:00", "--json").json["sent"] == 12


def test_run_without_a_release_says_what_to_do(cli):
    answer = cli("run", "--json")
    assert (answer.code, answer.json["error"]["remedy"]) == (1, "Run `outreach publish`.")


def test_approve_shows_what_it_approves_and_binds_it(cli, people):
    cli("roster", "import", people(12))
    cli("publish")
    answer = cli("approve", "news", "--json")
    assert answer.code == 0
    assert (answer.json["campaign"], answer.json["state"], answer.json["people"]) == ("news", "running", 12)
    assert answer.json["steps"][0]["subjects"]["nl"] == "Nieuws van de sociale dienst"
    assert cli("approve", "news", "--digest", answer.json["digest"]).code == 0
    assert cli("approve", "news", "--digest", "0" * 64).code == 1
    text = cli("approve", "welcome").out
    assert "Kom naar de infosessie" in text
    assert "2 ×, every 14 days" in text


def test_approve_of_a_misspelt_campaign_names_the_nearest(cli):
    cli("publish")
    answer = cli("approve", "newz", "--json")
    assert (answer.code, "news" in answer.json["error"]["remedy"]) == (1, True)
    assert cli("approve").code == 2


def test_approve_all_takes_what_waits(cli):
    cli("publish")
    assert [row["campaign"] for row in cli("approve", "--all", "--json").json] == ["news", "welcome"]
    assert cli("approve", "--all", "--json").json == []


def test_a_paused_campaign_waits_and_a_cancelled_one_is_over(ready):
    paused = ready("pause", "news", "--json")
    assert (paused.code, paused.json["campaign"], paused.json["state"]) == (0, "news", "paused")
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 0
    assert ready("resume", "news", "--json").json["state"] == "running"
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 12
    assert ready("cancel", "news", "--yes", "--json").json["state"] == "cancelled"
    assert ready("run", "--at", "2026-12-01T09:30", "--json").json["sent"] == 0


def test_what_was_cancelled_waits_for_no_approval(ready, workspace):
    ready("cancel", "news", "--yes")
    text = workspace / "templates" / "news" / "nl.md"
    text.write_text(text.read_text() + "\nTot dan.\n")
    ready("publish")
    assert ready("approve", "--all", "--json").json == []
    nothing = ("sends", "paused", "under_way", "at_waits", "sessions", "warnings", "left_out", "branches")
    assert ready("plan", "--days", "7", "--at", AT, "--json").json == {name: [] for name in nothing}
    refused = ready("approve", "news")
    assert (refused.code, refused.out, "was cancelled" in refused.err) == (1, "", True)


def test_an_approval_of_another_digest_says_only_that(cli):
    cli("publish")
    refused = cli("approve", "news", "--digest", "0" * 64)
    assert (refused.code, refused.out, "is not what was looked at" in refused.err) == (1, "", True)


def test_a_campaign_is_cancelled_only_by_who_says_so(ready, monkeypatch):
    refused = ready("cancel", "news")
    assert (refused.code, "--yes" in refused.err) == (1, True)
    assert ready("cancel", "news", "--json").code == 1
    monkeypatch.setattr(Session, "asks", lambda *_, yes, **_rest: not yes)
    assert ready("cancel", "news", input="n\n").code == 1
    assert ready("pause", "news", "--json").json["state"] == "paused"
    asked = ready("cancel", "news", input="y\n")
    assert (asked.code, "Stop news for good?" in asked.out) == (0, True)


@pytest.mark.parametrize(("name", "says"), [("newz", "Did you mean `news`?"), ("welcome", "was never approved")])
def test_nobody_is_asked_about_a_campaign_that_cannot_be_cancelled(cli, monkeypatch, name, says):
    cli("publish")
    scripted = cli("cancel", name)
    assert (scripted.code, says in scripted.err, "--yes" in scripted.err) == (1, True, False)
    monkeypatch.setattr(Session, "asks", lambda *_, yes, **_rest: not yes)
    asked = cli("cancel", name, input="y\n")
    assert (asked.code, says in asked.err, "for good" in asked.out) == (1, True, False)


def test_explain_tells_the_verdict_and_the_facts(ready):
    rows = {row["campaign"]: row for row in ready("explain", "P1", "--at", AT, "--json").json}
    assert set(rows["news"]) >= {"campaign", "step", "verdict", "reason", "facts"}
    assert (rows["news"]["verdict"], rows["welcome"]["verdict"]) == ("planned", "not_in_audience")
    assert ready("explain", "P1", "news", "--at", AT).out.count("\n") == 2
    assert ready("explain", "nobody").code == 1
    assert ready("explain", "P1", "newz").code == 1


def test_the_ledger_is_told_row_by_row(ready):
    ready("run", "--at", TUESDAY)
    rows = ready("deliveries", "--json").json
    assert len(rows) == 12
    keys = {
        "key",
        "campaign",
        "step",
        "occurrence",
        "person",
        "channel",
        "state",
        "reason",
        "attempts",
        "message_id",
        "sent_at",
    }
    assert keys <= set(rows[0])
    assert len(ready("deliveries", "--person", "P3", "--json").json) == 1
    assert len(ready("deliveries", "--limit", "5", "--json").json) == 5
    assert ready("deliveries", "--state", "skipped", "--json").json == []
    assert ready("deliveries", "--since", "2026-11-04", "--json").json == []
    assert ready("deliveries", "--limit", "5").out.endswith("5 of 12.\n")
    assert rows[0]["picks"] == []


@pytest.mark.parametrize(
    ("option", "value", "remedy"),
    [
        ("--campaign", "newz", "Did you mean `news`?"),
        ("--state", "skiped", "Did you mean `skipped`?"),
        ("--person", "P99", "Give the HR system's number of the person."),
    ],
)
def test_the_ledger_of_what_is_not_there_is_an_error_and_no_empty_list(ready, option, value, remedy):
    answer = ready("deliveries", option, value, "--json")
    assert (answer.code, answer.json["error"]["remedy"]) == (1, remedy)


def test_a_campaign_that_left_the_release_keeps_its_ledger(ready, workspace):
    ready("run", "--at", TUESDAY)
    (workspace / "campaigns" / "news.yaml").unlink()
    with (workspace / "outreach.yaml").open("a", encoding="utf-8") as file:
        file.write("retired: [news]\n")
    published = ready("publish")
    assert (published.code, "Gone:\n  news\n" in published.out) == (0, True)
    assert len(ready("deliveries", "--campaign", "news", "--json").json) == 12


def test_an_opt_out_stops_the_topic_and_an_opt_in_starts_it_again(ready):
    assert ready("opt-out", "P1", "news", "--json").json["changed"] is True
    assert ready("opt-out", "P1", "news", "--json").json["changed"] is False
    assert ready("opt-out", "P2", "news").code == 0
    assert ready("opt-in", "P2", "news", "--json").json["changed"] is True
    answer = ready("run", "--at", TUESDAY, "--json")
    assert (answer.json["sent"], answer.json["skipped"]) == (11, {"opted_out": 1})
    assert ready("opt-out", "P1", "newz").code == 1


def test_an_outcome_is_recorded_once(ready):
    words = ("outcome", "record", "P1", "infosession-registered", "--on", "2026-10-30", "--json")
    assert ready(*words).json["recorded"] == 1
    assert ready(*words).json == {
        "person": "P1", "outcome": "infosession-registered", "on": "2026-10-30", "session": None,
        "recorded": 0, "known": 1,
    }  # fmt: skip
    late = ready("outcome", "record", "P1", "infosession-registered", "--on", "2199-01-01", "--json").json["error"]
    assert (late["what"], "today or before" in late["remedy"]) == ("that day is still to come", True)
    assert "Did you mean `infosession-registered`?" in ready("outcome", "record", "P1", "infosession").err


def test_a_file_of_outcomes_goes_in_but_for_its_bad_rows(ready, tmp_path):
    path = tmp_path / "outcomes.csv"
    path.write_text(
        "person,outcome,date\nP1,infosession-registered,2026-10-30\nP2,infosession-regsitered,2026-10-30\n"
        "P3,infosession-registered,30/10/2026\nP99,infosession-registered,2026-10-30\n"
    )
    answer = ready("outcome", "import", str(path), "--at", AT, "--json")
    assert (answer.code, answer.json["recorded"], answer.json["known"]) == (1, 1, 0)
    assert [(r["line"], r["column"]) for r in answer.json["rejected"]] == [(3, 2), (4, 3), (5, 1)]


def test_an_event_is_recorded_once_and_withdrawn_for_good(ready):
    words = ("P1", "hired", "--on", "2026-11-02", "--at", AT)
    assert ready("event", "record", *words, "--json").json["recorded"] == 1
    assert "told already" in ready("event", "record", *words).out
    assert ready("event", "withdraw", *words, "--json").json["withdrawn"] == 1
    assert "withdrawn already" in ready("event", "withdraw", *words).out
    assert "--again" in ready("event", "record", *words).out
    assert ready("event", "record", *words, "--again").out == "On record.\n"
    assert "Did you mean `hired`?" in ready("event", "record", "P1", "hird").err
    assert ready("event", "record", "P1", "died", "--on", "2199-01-01").code == 1


def test_an_event_of_somebody_unknown_waits_and_explain_says_so(ready):
    assert "kept until" in ready("event", "record", "P99", "hired", "--on", "2026-11-02").out
    answer = ready("explain", "P99")
    assert (answer.code, "waits: hired on 2026-11-02" in answer.err) == (1, True)


def test_a_file_of_events_goes_in_but_for_its_bad_rows(ready, tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(
        "person,event,date,withdrawn\nP1,Moved,2026-10-30,\nP2,hired,2026-13-30,\nP3,hird,2026-10-30,no\n"
        "P99,hired,30/10/2026,\nP4,hired,2026-10-30,yes\nP5,hired,2026-10-30,perhaps\n,hired,2026-10-30,\n"
    )
    counts = ("recorded", "known", "waiting", "withdrawn", "ignored")
    answer = ready("event", "import", str(path), "--at", AT, "--json")
    assert [answer.json[name] for name in counts] == [1, 0, 1, 1, 0]
    assert [(r["line"], r["column"]) for r in answer.json["rejected"]] == [(3, 3), (4, 2), (7, 4), (8, 1)]
    answer = ready("event", "import", str(path), "--at", AT, "--json")
    assert [answer.json[name] for name in counts] == [0, 2, 0, 0, 0]
    path.write_text("who,event\n")
    assert "no column person and no column date" in ready("event", "import", str(path)).err


def test_a_preview_is_a_page_a_text_and_a_mail(cli, people, tmp_path):
    answer = cli("preview", "welcome", "--step", "welcome", "--language", "fr", "--out", str(tmp_path), "--json")
    assert answer.code == 0
    mail = message_from_bytes(Path(answer.json["eml"]).read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Bienvenue"
    assert "Bonjour An" in Path(answer.json["text"]).read_text()
    assert "<html" in Path(answer.json["html"]).read_text()
    cli("roster", "import", people(3))
    answer = cli("preview", "welcome", "--as", "P2", "--json")
    assert "Dag An2" in Path(answer.json["text"]).read_text()
    assert [m["step"] for m in answer.json["messages"]] == ["welcome", "invitation"]
    reminder = cli("preview", "welcome", "--reminder", "2", "--json").json["messages"]
    assert [(m["step"], m["reminder"]) for m in reminder] == [("invitation", 2)]


@pytest.mark.parametrize(
    "words",
    [
        ["welcme"],
        ["welcome", "--step", "no"],
        ["welcome", "--reminder", "9"],
        ["welcome", "--language", "xx"],
        ["welcome", "--as", "nobody"],
    ],
)
def test_a_preview_of_what_is_not_there_is_refused(cli, words):
    answer = cli("preview", *words, "--json")
    assert (answer.code, set(answer.json["error"])) == (1, {"what", "where", "remedy"})


def test_a_message_that_was_sent_is_seen_again_to_the_byte(ready, tmp_path):
    ready("run", "--at", TUESDAY)
    row = ready("deliveries", "--limit", "1", "--json").json[0]
    answer = ready("preview", "--key", row["key"], "--json")
    assert answer.code == 0
    assert exported(ready, tmp_path)[row["message_id"]] == Path(answer.json["eml"]).read_bytes()
    assert ready("preview", "--key", "news/news/once/0/1").code == 1
    assert ready("preview", "--key", "nonsense").code == 1


def exported(cli, folder):
    answer = cli("outbox", "export", "--eml", str(folder / "mails"), "--json")
    assert answer.code == 0
    files = [path.read_bytes() for path in (folder / "mails").iterdir()]
    assert answer.json["messages"] == len(files)
    return {message_from_bytes(content)["Message-ID"]: content for content in files}


def test_a_test_goes_to_one_address_and_into_no_ledger(cli, tmp_path):
    answer = cli("test-send", "welcome", "me@example.com", "--json")
    assert answer.code == 0
    assert [(m["step"], m["state"]) for m in answer.json["messages"]] == [("welcome", "sent"), ("invitation", "sent")]
    mails = exported(cli, tmp_path).values()
    assert {message_from_bytes(content)["To"] for content in mails} == {"me@example.com"}
    cli("publish")
    assert cli("deliveries", "--json").json == []
    assert cli("test-send", "welcome", "me@example.com", "--step", "welcome").out == "welcome (nl): sent, over outbox\n"


def test_a_test_to_what_is_no_address_speaks_of_the_argument(cli):
    error = cli("test-send", "welcome", "me-at-example", "--json").json["error"]
    assert (error["where"], error["what"]) == ("ADDRESS", "the address has no @")
    assert "outreach test-send CAMPAIGN" in error["remedy"]


def test_schemas_are_written_for_an_editor(cli, tmp_path):
    answer = cli("schema", str(tmp_path / "schemas"), "--json")
    assert answer.code == 0
    assert answer.json["files"]
    assert cli("schema").json


def test_serve_sends_what_is_due_and_ends_in_peace(cli, workspace, database_url, people):
    local = datetime.now(ZoneInfo("Europe/Brussels"))
    news = workspace / "campaigns" / "news.yaml"
    start = f'start: {{once: {local:%Y-%m-%d}, at: "{local:%H:%M}"}}'
    news.write_text(news.read_text().replace("start: {every: first tuesday of the month}", start))
    cli("roster", "import", people(3))
    cli("publish")
    cli("approve", "news")
    environment = {
        "OUTREACH_DATABASE_URL": database_url, "OUTREACH_WORKSPACE": str(workspace), "PATH": "/usr/bin", "TZ": "UTC",
    }  # fmt: skip
    command = [sys.executable, "-m", "outreach", "serve", "--every", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        told = next(line for line in serving.stderr if '"event": "sent"' in line)
        serving.send_signal(signal.SIGTERM)
        rest = serving.stderr.read()
    assert '"sent": 3' in told
    assert serving.returncode == 0
    assert '"event": "ended"' in rest
    assert {row["state"] for row in cli("deliveries", "--json").json} == {"sent"}


@pytest.mark.parametrize(("answer", "code", "state"), [("n\n", 1, []), ("y\n", 0, ["news"])])
def test_on_a_terminal_an_approval_is_asked_for(cli, monkeypatch, answer, code, state):
    cli("publish")
    monkeypatch.setattr(Session, "asks", lambda *_, yes, **_rest: not yes)
    told = cli("approve", "news", input=answer)
    assert (told.code, "Let it go?" in told.out) == (code, True)
    waiting = [row["campaign"] for row in cli("approve", "--all", "--yes", "--json").json]
    assert [name for name in ("news",) if name not in waiting] == state


def test_what_people_did_can_be_recorded_before_the_first_release(cli, people):
    cli("roster", "import", people(1))
    assert cli("outcome", "record", "P1", "infosession-registered", "--json").json["recorded"] == 1
    assert cli("opt-out", "P1", "news").code == 0


def test_an_empty_folder_becomes_a_demo_and_a_demo_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keys = {"people", "planned", "sent", "skipped", "by_campaign", "outbox"}
    for _ in range(2):
        result = CliRunner().invoke(outreach, ["demo", "--people", "150", "--weeks", "1", "--json"])
        assert result.exit_code == 0
        report = json.loads(result.stdout)
        assert keys <= set(report)
        assert report["sent"] == sum(report["by_campaign"].values()) > 0
        assert (tmp_path / "outreach-demo" / "var" / "outbox").is_dir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    assert CliRunner().invoke(outreach, ["demo", "--dir", "other"]).exit_code == 1
    assert (tmp_path / "other" / "file").exists()


def test_a_backup_sends_nothing_unasked_and_what_was_due_meanwhile_is_in_doubt(ready, workspace, database_url):
    kept = _dump(database_url)
    ready("run", "--at", TUESDAY)
    _load(database_url, kept)
    refused = ready("run", "--at", TUESDAY, "--json")
    assert refused.code == 1
    assert "from a backup" in refused.json["error"]["what"]
    assert "news 12" in refused.json["error"]["what"]
    assert ready("deliveries", "--json").json == []
    shown = ready("restored", "--at", TUESDAY, "--json")
    assert (shown.code, shown.json["restored"], shown.json["would_send"]) == (1, True, {"news": 12})
    held = ready("restored", "--hold", "--at", TUESDAY, "--json")
    assert (held.code, held.json["held"], held.json["done"]) == (0, 12, "hold")
    assert {row["state"] for row in ready("deliveries", "--json").json} == {"in_doubt"}
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 0
    assert ready("run", "--at", "2026-12-01T09:00", "--json").json["sent"] == 12
    assert ready("restored", "--json").json["restored"] is False
    assert ready("restored", "--send").code == 1


def test_a_backup_sends_all_again_when_it_is_told_to(ready, database_url):
    kept = _dump(database_url)
    ready("run", "--at", TUESDAY)
    _load(database_url, kept)
    assert ready("restored", "--send", "--at", TUESDAY, "--json").json["done"] == "send"
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 12


def _dump(url: str) -> dict[str, list[dict[str, object]]]:
    database = connect(url)
    with database.reading() as connection:
        rows = {t.name: [dict(row) for row in connection.execute(select(t)).mappings()] for t in metadata.sorted_tables}
    database.close()
    return rows


def _load(url: str, rows: dict[str, list[dict[str, object]]]) -> None:
    database = connect(url)
    with database.writing() as connection:
        # The log of who did what stays as it is: it can be put back into an empty database alone.
        restored = [table for table in metadata.sorted_tables if table is not audit]
        for table in reversed(restored):
            connection.execute(delete(table))
        for table in restored:
            if rows[table.name]:
                connection.execute(insert(table), rows[table.name])
    database.close()


def test_a_large_sending_is_shared_by_several_processes(ready, monkeypatch, tmp_path):
    monkeypatch.setattr(crew, "WORTH_IT", 4)
    monkeypatch.setenv("OUTREACH_PROCESSES", "3")
    done = ready("run", "--at", TUESDAY, "--json")
    assert (done.code, done.json["sent"]) == (0, 12)
    assert {row["state"] for row in ready("deliveries", "--json").json} == {"sent"}
    assert len(exported(ready, tmp_path)) == 12


@pytest.mark.parametrize(
    ("edited", "becomes"),
    [
        ("{under_way: finish}", "they finish it"),
        ("{under_way: move, to: invitation}", "they go on at invitation, or after it where they had that"),
    ],
)
def test_it_is_shown_before_the_approval_what_becomes_of_who_is_under_way(cli, people, workspace, edited, becomes):
    cli("roster", "import", people(12, hired_on="2026-10-30"), "--at", AT)
    cli("publish", "--at", AT)
    cli("approve", "--all", "--yes", "--at", AT)
    cli("event", "record", "P1", "hired", "--on", "2026-11-02", "--at", AT)
    cli("run", "--at", TUESDAY)
    welcome = workspace / "campaigns" / "welcome.yaml"
    welcome.write_text(welcome.read_text().replace("title: Welkom", f"title: Welkom!\nedited: {edited}"))
    cli("publish", "--at", TUESDAY)
    plan = ("plan", "--days", "1", "--at", TUESDAY)
    (told,) = cli(*plan, "--json").json["under_way"]
    assert told["words"] == f"< 10 people are under way in release 1: {becomes}"
    assert f"welcome: {told['words']}" in cli(*plan).out
    assert cli("approve", "welcome", "--at", TUESDAY, "--json").json["under_way"] == [told]
    cli("run", "--at", TUESDAY)
    moved = "move" in edited
    assert cli(*plan, "--json").json["under_way"] == ([] if moved else [told])
    words = "the journey goes on at `invitation` as in release 2" if moved else "the journey goes on as in release 1"
    assert words in cli("explain", "P1", "welcome", "--at", TUESDAY).out


def test_it_is_told_who_waits_and_for_what_before_and_after_the_approval(cli, people, workspace):
    welcome = workspace / "campaigns" / "welcome.yaml"
    wait = "  - {id: quiet, day: 2, wait_until: {event: moved}, at_most: 30 days}\n"
    written = welcome.read_text()
    second = written.index("  - id: ", written.index("  - id: ") + 1)
    welcome.write_text(written[:second] + wait + written[second:])
    cli("roster", "import", people(12, hired_on="2026-10-30"), "--at", AT)
    cli("publish", "--at", AT)
    assert (
        "Wait quiet, from day 2 until event moved, at most 30 days; after that to "
        in cli("approve", "--all", "--yes", "--at", AT).out
    )
    for number in range(1, 11):
        cli("event", "record", f"P{number}", "hired", "--on", "2026-10-30", "--at", AT)
    cli("run", "--at", TUESDAY)
    plan = ("plan", "--days", "1", "--at", TUESDAY)
    (told,) = cli(*plan, "--json").json["at_waits"]
    assert (told["people"], told["first"], told["last"]) == (10, "2026-11-30", "2026-11-30")
    assert "welcome: 10 people wait at quiet for event moved, until 2026-11-30 at most" in cli(*plan).out
    cli("event", "record", "P1", "moved", "--on", "2026-11-03", "--at", TUESDAY)
    cli("run", "--at", TUESDAY)
    (told,) = cli(*plan, "--json").json["at_waits"]
    assert (told["people"], told["first"], told["words"]) == (None, None, "< 10 people wait at quiet for event moved")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ("", "5 a day"),
        ("    expires_after: 2 days\n", "5 a day: 10 of 12 before 2026-11-05, when it expires for the others"),
    ],
)
def test_a_limit_that_is_too_low_is_seen_before_the_approval(cli, people, workspace, changes, told):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(f"{news.read_text()}{changes}at_most: 5 a day\n")
    cli("roster", "import", people(12), "--at", AT)
    cli("publish", "--at", AT)
    assert f"At most   {told}\n" in cli("approve", "news", "--yes", "--at", AT).out
    sends = cli("plan", "--days", "6", "--at", AT, "--json").json["sends"]
    assert [(send["local_time"][:10], send["send"], send["skipped"]) for send in sends if send["send"]] == [
        ("2026-11-03", 5, {}),
        ("2026-11-04", 5, {}),
    ] + ([] if changes else [("2026-11-05", 2, {})])
    assert sum(send["skipped"].get("at_most", 0) for send in sends) == (2 if changes else 0)
