"""A session that moves after people were invited: shown, approved, told once, and read by their calendars."""

from __future__ import annotations

import email
import email.policy

import pytest
import vobject

SESSION = """\
kind: infosession
title: {nl: Kennismaken, fr: Faire connaissance}
on: 2026-12-08
starts: "12:15"
ends: "13:15"
place: Gent
"""
LETTER = """\
title: Uitnodiging
topic: news
purpose: inform
owner: a@dienst.example
audience: everyone
start: {once: 2026-11-30}
steps:
  - id: invitation
    send: meet
    invite: infosession
"""
TEXT = """\
---
subject: Kom langs
preheader: Een uur
---
Op {{ session.day }}, {{ session.time }}.
"""


@pytest.fixture
def invited(cli, workspace, people, request):
    """Twelve people, or so many, who were invited on 30 November."""
    count = getattr(request, "param", 12)
    folder = workspace / "campaigns" / "sessions"
    folder.mkdir()
    (folder / "december.yaml").write_text(SESSION, encoding="utf-8")
    (workspace / "campaigns" / "invitation.yaml").write_text(LETTER, encoding="utf-8")
    (workspace / "templates" / "meet").mkdir()
    (workspace / "templates" / "meet" / "nl.md").write_text(TEXT, encoding="utf-8")
    assert (told := cli("publish", "--at", "2026-11-27")).code == 0, told.err
    cli("approve", "invitation", "--yes", "--at", "2026-11-27")
    cli("roster", "import", people(count), "--at", "2026-11-27")
    assert cli("run", "--at", "2026-11-30T10:00", "--json").json["sent"] == count

    def change(before, after, at):
        (folder / "december.yaml").write_text(SESSION.replace(before, after), encoding="utf-8")
        published = cli("publish", "--at", at)
        assert published.code == 0
        return published

    return change


def waits(cli):
    found = cli("campaigns", "--at", "2026-12-01T10:00", "--json").json
    return [one["campaign"] for one in found if one["waits_for_approval"]]


def test_a_session_that_moved_is_shown_then_approved_then_told(cli, invited):
    published = invited("2026-12-08", "2026-12-09", "2026-12-01")
    assert "invitation: session december moved: 12 people will be told, once it is approved" in published.out
    assert "Next: outreach approve invitation" in published.err
    shown = cli("plan", "--days", "7", "--at", "2026-12-01T10:00")
    assert "invitation: session december moved: 12 people will be told, once it is approved" in shown.out
    (told,) = cli("plan", "--days", "1", "--at", "2026-12-01T10:00", "--json").json["sessions"]
    assert (told["session"], told["becomes"], told["people"], told["approved"]) == ("december", "moved", 12, False)
    assert cli("run", "--at", "2026-12-01T10:00", "--json").json["sent"] == 0
    assert "invitation" in waits(cli)
    given = cli("approve", "--all", "--yes", "--at", "2026-12-01T10:00")
    assert "Now       session december moved: 12 people will be told, once it is approved" in given.out
    assert "invitation.moved" in given.out
    assert cli("approve", "--all", "--json", "--at", "2026-12-01T10:00").json == []
    assert "invitation" not in waits(cli)
    for hour in ("11", "12"):
        cli("run", "--at", f"2026-12-01T{hour}:00")
        rows = cli("deliveries", "--campaign", "invitation", "--json").json
        assert [row["state"] for row in rows if row["step"] == "invitation.moved"] == ["sent"] * 12
    assert cli("plan", "--days", "1", "--at", "2026-12-01T12:00", "--json").json["sessions"] == []


def test_a_session_whose_file_is_gone_is_warned_of_until_it_is_cancelled_or_over(cli, invited, workspace):
    file = workspace / "campaigns" / "sessions" / "december.yaml"
    text = file.read_text(encoding="utf-8")
    file.with_name("january.yaml").write_text(text.replace("2026-12-08", "2027-01-12"), encoding="utf-8")
    file.unlink()
    warning = "session december is gone: 12 people were invited to it, and nobody tells them."
    assert warning in cli("publish", "--at", "2026-12-01").err
    assert warning in cli("plan", "--days", "1", "--at", "2026-12-02").err
    assert cli("plan", "--days", "1", "--at", "2026-12-09", "--json").json["warnings"] == []
    file.write_text(text + "cancelled: true\n", encoding="utf-8")
    assert cli("publish", "--at", "2026-12-02", "--json").json["warnings"] == []
    file.unlink()
    assert cli("publish", "--at", "2026-12-03", "--json").json["warnings"] == []


@pytest.mark.parametrize("invited", [9], indirect=True)
def test_numbers_of_few_people_are_not_shown(cli, invited):
    invited("2026-12-08", "2026-12-09", "2026-12-01")
    (told,) = cli("plan", "--days", "1", "--at", "2026-12-01T10:00", "--json").json["sessions"]
    assert (told["people"], "9" in told["words"]) == (None, False)


@pytest.mark.parametrize(
    ("change", "method", "sequence", "subject"),
    [(("Gent", "Brugge"), "PUBLISH", "1", "Gewijzigd: Kennismaken"),
     (("place: Gent", "place: Gent\ncancelled: true"), "CANCEL", "1", "Gaat niet door: Kennismaken")],
    ids=["moved", "cancelled"],
)  # fmt: skip
def test_calendars_hear_of_it(cli, invited, tmp_path, change, method, sequence, subject):
    invited(*change, "2026-12-01")
    cli("approve", "invitation", "--yes", "--at", "2026-12-01")
    cli("run", "--at", "2026-12-01T11:00")
    step = "moved" if method == "PUBLISH" else "cancelled"
    key = f"invitation/invitation.{step}/december.1/0/1"
    made = cli("preview", "--key", key, "--out", str(tmp_path), "--json").json
    mail = email.message_from_bytes(_eml(made, tmp_path), policy=email.policy.default)
    (file,) = mail.iter_attachments()
    calendar = vobject.readOne(file.get_content())
    assert (str(mail["Subject"]), calendar.method.value) == (subject, method)
    assert (calendar.vevent.uid.value.partition("@")[0], calendar.vevent.sequence.value) == ("december", sequence)


def test_a_notice_can_be_looked_at_before_anything_happens(cli, invited, tmp_path):
    words = ("preview", "invitation", "--step", "invitation.cancelled", "--language", "fr")
    made = cli(*words, "--out", str(tmp_path), "--json").json
    mail = email.message_from_bytes(_eml(made, tmp_path), policy=email.policy.default)
    assert str(mail["Subject"]) == "Annulé : Faire connaissance"


def test_a_campaign_has_words_of_its_own(cli, invited, workspace):
    (workspace / "templates" / "off").mkdir()
    text = TEXT.replace("Kom langs", "Helaas")
    (workspace / "templates" / "off" / "nl.md").write_text(text, encoding="utf-8")
    own = LETTER + "    notices: {cancelled: off}\n"
    (workspace / "campaigns" / "invitation.yaml").write_text(own, encoding="utf-8")
    assert cli("publish", "--at", "2026-11-30").code == 0
    assert "Helaas" in cli("approve", "invitation", "--yes", "--at", "2026-12-01").out


def _eml(made, folder):
    (path,) = folder.rglob("*.eml")
    return path.read_bytes()


def test_who_has_a_seat_hears_of_it_whatever_else_they_do_not_want(cli, invited):
    """P1 comes and wants no more news; P2 wants none either, and does not come."""
    seated = ("P1", "infosession-registered", "--session", "december")
    assert cli("outcome", "record", *seated, "--at", "2026-12-01T09:00").code == 0
    for number in ("P1", "P2"):
        assert cli("opt-out", number, "news").code == 0
    invited("2026-12-08", "2026-12-09", "2026-12-01")
    cli("approve", "--all", "--yes", "--at", "2026-12-01T10:00")
    cli("run", "--at", "2026-12-01T11:00")
    rows = cli("deliveries", "--campaign", "invitation", "--json").json
    moved = {row["person"]: (row["state"], row["reason"]) for row in rows if row["step"] == "invitation.moved"}
    assert moved["P1"] == ("sent", None)
    assert moved["P2"] == ("skipped", "opted_out")
