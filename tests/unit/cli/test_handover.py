"""A campaign that says `channel: handover`, from its file to the desk and back."""

from __future__ import annotations

import openpyxl
import pytest

from tests.unit.delivery.handover.reading import read_all

AT, TUESDAY, LATER = "2026-10-20T12:00", "2026-11-03T09:00", "2026-11-03T15:00"

_FOOTER = (
    "<mj-section><mj-column><mj-text><p>Jij kiest wat je krijgt.</p>"
    '<p><a href="{{ links.unsubscribe }}">Stop</a></p></mj-text></mj-column></mj-section>'
)


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
    assert first["text"] == "Dit is er deze maand te doen."


def test_a_text_on_paper_has_no_link_of_its_reader_and_no_footer_of_a_mail(ready, lists, workspace, tmp_path):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(f"{news.read_text()}handover: {{columns: [text]}}\n")
    body = workspace / "templates" / "news" / "nl.md"
    body.write_text(f"{body.read_text()}\n[Je keuzes]({{{{ links.choices }}}})\n\nTot dan.\n")
    layout = workspace / "templates" / "layouts" / "letter.mjml"
    layout.write_text(layout.read_text().replace("</mj-body>", _FOOTER + "</mj-body>"))
    publish(ready, tmp_path / "people.csv")
    assert ready("run", "--at", TUESDAY, "--json").json["sent"] == 5
    assert {line["text"] for line in read_all(lists)} == {"Dit is er deze maand te doen.\n\nTot dan."}


def test_a_preview_of_what_goes_by_a_list_is_what_the_list_says(ready, workspace, tmp_path):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(f"{news.read_text()}handover: {{columns: [last_name, recipient, text, role]}}\n")
    body = workspace / "templates" / "news" / "nl.md"
    body.write_text(f"{body.read_text()}\n[Je keuzes]({{{{ links.choices }}}})\n\nTot dan.\n")
    answer = ready("preview", "news", "--out", str(tmp_path))
    (path,) = tmp_path.rglob("*.list.txt")
    assert answer.out.splitlines()[1:] == [f"  {path}"]
    assert path.read_text().splitlines() == [
        "last_name: Peeters", "recipient: an.peeters@example.com",
        "text:", "  Dit is er deze maand te doen.", "  ", "  Tot dan.", "role:",
    ]  # fmt: skip
    assert ready("preview", "news", "--out", str(tmp_path), "--json").json["list"] == str(path)


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


# --- and back --------------------------------------------------------------------------------------------------


@pytest.fixture
def handed_over(ready, lists):
    assert ready("run", "--at", TUESDAY).code == 0
    return ready


def keys(lists):
    return [line["key"] for line in read_all(lists)]


def told(cli, person, campaign="news"):
    (one,) = cli("explain", person, campaign, "--at", LATER, "--json").json
    return one["verdict"], one["words"]


def test_what_was_done_is_confirmed_by_key_and_told_everywhere(handed_over, lists):
    first, second, _ = keys(lists)
    assert told(handed_over, "P1") == ("sent", "handed over on 2026-11-03, not confirmed yet")
    done = handed_over("handover", "confirm", first, "--at", LATER, "--json")
    assert (done.code, done.json) == (0, {"done": 1, "returned": {}, "known": 0, "open": 0, "rejected": []})
    failed = handed_over("handover", "confirm", second, "--not-done", "not_reached", "--at", LATER)
    assert (failed.code, "not_reached 1" in failed.out) == (0, True)
    assert told(handed_over, "P1") == ("sent", "handed over on 2026-11-03, done by 2026-11-03")
    words = "handed over on 2026-11-03, not done, as was said on 2026-11-03: who called reached nobody"
    assert told(handed_over, "P2") == ("bounced", words)
    rows = {row["person"]: row for row in handed_over("deliveries", "--campaign", "news", "--json").json}
    assert [bool(rows[f"P{n}"]["confirmed_at"]) for n in (1, 2, 3)] == [True, False, False]
    assert (rows["P2"]["state"], rows["P2"]["reason"], bool(rows["P2"]["returned_at"])) == (
        "bounced",
        "not_reached",
        True,
    )


def test_lists_say_how_far_the_desk_has_come(handed_over, lists):
    first, second, third = keys(lists)
    handed_over("handover", "confirm", first, "--at", LATER)
    handed_over("handover", "confirm", second, "--not-done", "declined", "--at", LATER)
    (one,) = handed_over("handover", "list", "--json").json
    assert (one["campaign"], one["day"], one["number"]) == ("news", "2026-11-03", 1)
    assert (one["lines"], one["done"], one["returned"], one["open"]) == (3, 1, 1, [third])
    assert one["file"] == str(lists / "news" / "2026-11-03-1" / "news-2026-11-03-1.xlsx")
    assert "news-2026-11-03-1.xlsx" in handed_over("handover", "list", "--open").out
    handed_over("handover", "confirm", third, "--at", LATER)
    assert handed_over("handover", "list", "--open").out == "No lists.\n"
    assert handed_over("handover", "list", "--campaign", "letter", "--json").json == []


def test_a_filled_in_workbook_confirms_its_lines_and_its_bad_ones_are_told(handed_over, lists, tmp_path):
    book = openpyxl.load_workbook(next(lists.glob("news/*/*.xlsx")))
    sheet = book.active
    sheet["F2"], sheet["F3"], sheet["F4"] = "done", "misschien", ""
    book.save(tmp_path / "back.xlsx")
    answer = handed_over("handover", "confirm", "--file", str(tmp_path / "back.xlsx"), "--at", LATER)
    assert answer.code == 1
    assert "back.xlsx:3:6: there is no result `misschien`" in answer.err
    assert answer.out.startswith("Done: 1.")
    assert "Still open: 1. Not taken: 1." in answer.out
    sheet["F3"] = "declined"
    book.save(tmp_path / "back.xlsx")
    again = handed_over("handover", "confirm", "--file", str(tmp_path / "back.xlsx"), "--at", LATER, "--json")
    assert (again.code, again.json["known"], again.json["returned"]) == (0, 1, {"declined": 1})
    assert [row[1:3] for row in states(handed_over)] == [("sent", None), ("bounced", "declined"), ("sent", None)]


def test_what_was_never_handed_over_is_refused(handed_over):
    mailed = handed_over("deliveries", "--campaign", "letter", "--state", "sent", "--json").json[0]["key"]
    answer = handed_over("handover", "confirm", mailed, "--json")
    assert (answer.code, [one["where"] for one in answer.json["rejected"]]) == (1, [mailed])
    assert handed_over("handover", "confirm").code == 2
    assert handed_over("handover", "confirm", "--not-done", "declined").code == 2


# --- the last rung ---------------------------------------------------------------------------------------------


def test_who_does_not_act_on_mails_is_called(cli, workspace, tmp_path, lists):
    news = workspace / "campaigns" / "news.yaml"
    last = "{channel: handover, send: call}"
    remind = f"remind: {{every: 7 days, max_reminders: 2, until: infosession-registered, last: {last}}}"
    news.write_text(f"{news.read_text()}    {remind}\nhandover: {{columns: [last_name, text]}}\n", encoding="utf-8")
    (workspace / "templates" / "call").mkdir()
    words = "---\nsubject: Bel even\npreheader: Vraag of er vragen zijn\n---\nVertel van de infosessie.\n"
    for language in ("nl", "fr"):
        (workspace / "templates" / "call" / f"{language}.md").write_text(words, encoding="utf-8")
    (tmp_path / "people.csv").write_text(
        "person_id,status,last_name,email,language\nP1,active,Aerts,p1@staff.example,nl\n"
        "P2,active,Baert,p2@staff.example,nl\nP3,retired,Claes,,nl\n",
        encoding="utf-8",
    )
    assert cli("roster", "import", str(tmp_path / "people.csv"), "--at", AT).code == 0
    assert (checked := cli("publish", "--at", AT)).code == 0, checked.err
    shown = cli("approve", "news", "--yes", "--at", AT)
    assert "2 ×, every 7 days, the last one by handover" in shown.out
    assert cli("run", "--at", TUESDAY, "--json").json["sent"] == 2
    assert told(cli, "P3")[1].endswith("; reminder 1 is due on 2026-11-10")
    assert cli("opt-out", "P3", "news", "--at", TUESDAY).code == 0
    assert "; the reminder of 2026-11-10 will be skipped: " in told(cli, "P3")[1]
    assert cli("opt-in", "P3", "news").code == 0
    assert cli("run", "--at", "2026-11-10T09:00", "--json").json["sent"] == 2
    assert (
        cli("outcome", "record", "P1", "infosession-registered", "--on", "2026-11-12", "--at", "2026-11-12").code == 0
    )
    assert cli("run", "--at", "2026-11-17T09:00", "--json").json["sent"] == 2
    assert [(line["last_name"], line["text"].split("\n")[0]) for line in read_all(lists)] == [
        ("Baert", "Vertel van de infosessie."),
        ("Claes", "Vertel van de infosessie."),
    ]
    assert told(cli, "P2") == ("sent", "handed over on 2026-11-17, not confirmed yet")
