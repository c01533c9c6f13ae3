"""A campaign that says `channel: handover`, from its file to the desk and back."""

from __future__ import annotations

import openpyxl
import pytest

from tests.unit.delivery.handover.reading import read_all

AT, TUESDAY, LATER = "2026-10-20T12:00", "2026-11-03T09:00", "2026-11-03T15:00"


@pytest.fixture
def lists(workspace):
    return workspace / "var" / "handover"


@pytest.fixture
def ready(cli, workspace, tmp_path):
    """The news are handed over, to three people of whom one has no address; a letter goes by mail the same day."""
    news = workspace / "campaigns" / "news.yaml"
    (workspace / "campaigns" / "letter.yaml").write_text(
        news.read_text().replace("- id: news", "- {id: letter, send: news}"), encoding="utf-8"
    )
    news.write_text(f"{news.read_text()}channel: handover\n", encoding="utf-8")
    (tmp_path / "people.csv").write_text(
        "person_id,status,first_name,last_name,email,language\nP1,active,An,=1+1,p1@staff.example,nl\n"
        "P2,active,Bo,Baert,p2@staff.example,nl\nP3,retired,Cas,Claes,,nl\n",
        encoding="utf-8",
    )
    return publish(cli, tmp_path / "people.csv")


def publish(cli, roster):
    for words in (["roster", "import", str(roster)], ["publish"], ["approve", "news"], ["approve", "letter"]):
        assert (told := cli(*words, "--at", AT, *(["--yes"] if words[0] == "approve" else []))).code == 0, told.err
    return cli


def states(cli, campaign="news"):
    rows = cli("deliveries", "--campaign", campaign, "--json").json
    return sorted((row["person"], row["state"], row["reason"], row["channel"]) for row in rows)


def test_everybody_stands_in_the_days_list_once_also_without_an_address(ready, lists):
    told = ready("run", "--at", TUESDAY, "--json")
    assert (told.code, told.json["sent"]) == (0, 5)
    assert ready("run", "--at", LATER, "--json").json["sent"] == 0
    assert states(ready) == [(f"P{n}", "sent", None, "handover") for n in (1, 2, 3)]
    assert [path.name for path in lists.glob("news/*")] == ["2026-11-03-1"]
    assert [(line["person_id"], line["first_name"], line["last_name"], line["result"]) for line in read_all(lists)] == [
        ("P1", "An", "'=1+1", ""),
        ("P2", "Bo", "Baert", ""),
        ("P3", "Cas", "Claes", ""),
    ]
    assert {line["subject"] for line in read_all(lists)} == {"Nieuws van de sociale dienst"}
    assert not any("example" in value for line in read_all(lists) for value in line.values())
    sheet = openpyxl.load_workbook(lists / "news" / "2026-11-03-1" / "news-2026-11-03-1.xlsx").active
    assert sheet["D2"].value == "=1+1"
    assert sheet["D2"].data_type == "s"


def test_a_list_says_what_its_campaign_asks_for(ready, lists, workspace, tmp_path):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(f"{news.read_text()}handover: {{columns: [last_name, recipient, text, hired_on]}}\n")
    publish(ready, tmp_path / "people.csv")
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 5
    (first, _, last) = read_all(lists)
    assert list(first) == ["key", "last_name", "recipient", "text", "hired_on", "result"]
    assert (first["recipient"], last["recipient"], first["hired_on"]) == ("p1@staff.example", "", "")
    assert "Dit is er deze maand te doen." in first["text"]


def test_lists_go_where_the_operator_says(ready, lists, tmp_path, monkeypatch):
    monkeypatch.setenv("OUTREACH_HANDOVER", str(tmp_path / "desk"))
    assert ready("run", "--at", TUESDAY).code == 0
    assert not lists.exists()
    assert len(read_all(tmp_path / "desk")) == 3


def test_a_folder_that_takes_no_list_is_named_stops_no_mail_and_loses_nothing(ready, tmp_path, monkeypatch, lists):
    (tmp_path / "desk").write_text("no folder")
    monkeypatch.setenv("OUTREACH_HANDOVER", str(tmp_path / "desk"))
    told = ready("run", "--at", TUESDAY, "--json")
    assert told.code == 1
    assert "OUTREACH_HANDOVER" in told.json["error"]["remedy"]
    assert [row[1] for row in states(ready, "letter")] == ["sent", "sent", "skipped"]
    assert {row[1] for row in states(ready)} == {"planned"}
    monkeypatch.delenv("OUTREACH_HANDOVER")
    assert ready("run", "--at", LATER, "--json").json["sent"] == 3
    assert len(read_all(lists)) == 3


@pytest.mark.parametrize(
    ("written", "where", "says"),
    [
        ("handover: {columns: [last_nam]}", "handover.columns.0", "there is no field"),
        ("handover: {columns: [email]}", "handover.columns.0", "no longer written to"),
        ("handover: {columns: []}", "handover.columns", ""),
        ("handover: {columns: last_name, rows: 3}", "handover.rows", ""),
    ],
)
def test_what_a_list_cannot_say_is_named(ready, workspace, written, where, says):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(f"{news.read_text()}{written}\n")
    problems = ready("check", "--json").json["problems"]
    assert [(one["path"], says in one["message"]) for one in problems] == [(where, True)]
    assert all(one["remedy"] for one in problems)


def test_a_list_of_a_campaign_that_hands_nothing_over_is_a_mistake(ready, workspace):
    letter = workspace / "campaigns" / "letter.yaml"
    letter.write_text(f"{letter.read_text()}handover: {{columns: last_name}}\n")
    (problem,) = ready("check", "--json").json["problems"]
    assert (problem["path"], problem["message"]) == ("handover", "nothing of this campaign is handed over")
