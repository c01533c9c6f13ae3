"""From what a mail server writes back to who is written to next: the whole way, on both databases."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from outreach.delivery.channels.outbox import Outbox
from outreach.rendering.verp import Verp
from outreach.storage.database import connect
from outreach.storage.tables import delivery, person
from tests.contracts.imap import imap_server
from tests.unit.delivery.returns.bounces import BLOCKED, HARD, MESSAGE_ID, SOFT
from tests.unit.delivery.returns.others import COMPLAINTS, personal

AT = "2026-11-02T10:00"  # the day before the first Tuesday of November
TUESDAY, WEDNESDAY = "2026-11-03T09:30", "2026-11-04T09:00"
DECEMBER = "2026-12-01T09:30"
ROSTER = """\
person_id,status,first_name,email,private_email,language,hired_on
P1,active,An,an.peeters@werk.example,an@thuis.example,nl,2020-01-01
P2,active,Bo,bo@werk.example,,nl,2020-01-01
"""


@pytest.fixture
def sent(cli, workspace, tmp_path):
    """Two people, of whom one has two addresses, got a message."""
    with (workspace / "outreach.yaml").open("a") as file:
        file.write("bounces: {address: bounces@dienst.example, soft_limit: 2}\n")
    roster = tmp_path / "people.csv"
    roster.write_text(ROSTER)
    assert cli("roster", "import", str(roster), "--at", AT).code == 0
    assert cli("publish", "--at", AT).code == 0
    assert cli("approve", "--all", "--yes", "--at", AT).code == 0
    assert cli("run", "--at", TUESDAY, "--json").json["sent"] == 2
    return cli


@pytest.fixture
def returned(workspace, database_url):
    """A mail as it comes back for somebody's message: to the return address that the message had."""
    verp = Verp((workspace / "var" / "secret").read_bytes().strip())

    def make(sample, number="P1", recipient="an.peeters@werk.example") -> bytes:
        mail = sample.mail if hasattr(sample, "mail") else sample
        row = _sent_last(database_url, number)
        ours = f"To: bounces+{verp.token(row.id, recipient)}@dienst.example"
        return mail.replace(b"To: bounces@dienst.example", ours.encode()).replace(
            MESSAGE_ID.encode(), row.message_id.encode()
        )

    return make


def _sent_last(url: str, number: str):
    database = connect(url)
    with database.reading() as connection:
        wanted = select(delivery).join(person).where(person.c.person_id == number, delivery.c.state == "sent")
        row = connection.execute(wanted.order_by(delivery.c.id.desc())).first()
    database.close()
    return row


def piped(cli, mail: bytes, *words: str):
    return cli("bounces", "-", "--at", WEDNESDAY, *words, input=mail)


def ledger(cli, **wanted):
    rows = cli("deliveries", "--json").json
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def test_a_hard_bounce_is_settled_told_and_its_address_no_longer_written_to(sent, returned):
    done = piped(sent, returned(HARD[0]), "--json")
    assert done.code == 0
    assert (done.json["kinds"], done.json["suppressed"]) == ({"hard": 1}, 1)
    (row,) = ledger(sent, state="bounced")
    assert (row["person"], row["reason"], row["code"], row["returned_at"][:10]) == (
        "P1",
        "no_mailbox",
        "550 5.1.1",
        "2026-11-04",
    )
    told = (
        "sent on 2026-11-03, came back on 2026-11-04: the mailbox does not exist (550 5.1.1); "
        "the address is no longer written to"
    )
    explained = sent("explain", "P1", "news", "--at", WEDNESDAY)
    assert told in explained.out
    assert "no_mailbox (550 5.1.1)" in sent("deliveries").out
    assert not any(
        "werk.example" in shown for shown in (done.out, explained.out, json.dumps(ledger(sent)), sent("deliveries").out)
    )


def test_who_has_another_address_is_written_to_there_and_who_has_none_gets_nothing(sent, returned, workspace):
    for number, recipient in (("P1", "an.peeters@werk.example"), ("P2", "bo@werk.example")):
        assert piped(sent, returned(HARD[0], number, recipient)).code == 0
    assert sent("run", "--at", DECEMBER, "--json").json["skipped"] == {"suppressed": 1}
    assert [(row["person"], row["state"]) for row in ledger(sent, occurrence="2026-12-01")] == [
        ("P2", "skipped"),
        ("P1", "sent"),
    ]
    assert _to(workspace) == {"an@thuis.example"}


def _to(workspace: Path) -> set[str]:
    """Whom December's messages went to."""
    outbox = Outbox(workspace / "var" / "outbox")
    return {recipient for key, recipient, _ in outbox.messages() if "2026-12-01" in key}


def test_a_new_address_from_the_roster_is_written_to(sent, returned, workspace, tmp_path):
    assert piped(sent, returned(HARD[0], "P2", "bo@werk.example")).code == 0
    roster = tmp_path / "people.csv"
    roster.write_text(ROSTER.replace("bo@werk.example", "bo.nieuw@werk.example"))
    assert sent("roster", "import", str(roster), "--at", "2026-11-20T10:00").code == 0
    assert sent("run", "--at", DECEMBER, "--json").json["sent"] == 2
    assert _to(workspace) == {"an.peeters@werk.example", "bo.nieuw@werk.example"}


def test_a_complaint_takes_the_topic_from_the_person_at_every_address(sent, returned):
    assert piped(sent, returned(COMPLAINTS[0])).code == 0
    assert (
        "came back on 2026-11-04: its reader called it spam; the address is no longer written to"
        in sent("explain", "P1", "news").out
    )
    assert sent("run", "--at", DECEMBER, "--json").json["skipped"] == {"opted_out": 1}


def test_what_was_not_let_in_is_told_and_suppresses_nobody(sent, returned):
    assert piped(sent, returned(BLOCKED[0]), "--json").json["suppressed"] == 0
    assert (
        "the mail server did not let it in, for its content or its sender (550 5.7.1)"
        in sent("explain", "P1", "news").out
    )
    assert sent("run", "--at", DECEMBER, "--json").json["sent"] == 2


def test_soft_bounces_suppress_after_as_many_as_the_workspace_says(sent, returned):
    assert piped(sent, returned(SOFT[0]), "--json").json["suppressed"] == 0
    assert "the address is no longer written to" not in sent("explain", "P1", "news").out
    assert sent("run", "--at", DECEMBER, "--json").json["sent"] == 2
    done = sent("bounces", "-", "--at", "2026-12-02T09:00", "--json", input=returned(SOFT[0]))
    assert done.json["suppressed"] == 1
    assert "the mailbox is full (552 5.2.2); the address is no longer written to" in sent("explain", "P1", "news").out


def test_a_mail_that_is_piped_twice_changes_nothing_more(sent, returned):
    mail = returned(HARD[0])
    piped(sent, mail)
    before = ledger(sent)
    assert piped(sent, mail, "--json").json["outcomes"] == {"known": 1}
    assert ledger(sent) == before


def test_what_a_person_wrote_is_kept_aside_and_reported(sent, workspace):
    done = piped(sent, personal("Kunt u mij bellen?"))
    assert (done.code, "For somebody to look at: 1." in done.out) == (0, True)
    (kept,) = (workspace / "var" / "returns" / "aside").iterdir()
    assert b"Kunt u mij bellen?" in kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("mail", [b"", b"\0\xff" * 500, b"no mail at all"])
def test_what_cannot_be_read_is_kept_aside_and_is_no_error(sent, workspace, mail):
    assert piped(sent, mail, "--json").json["kinds"] == {"unreadable": 1}
    (kept,) = (workspace / "var" / "returns" / "aside").iterdir()
    assert kept.read_bytes() == mail


def test_the_mail_server_is_told_to_try_again_when_the_ledger_cannot_be_written(sent, returned, monkeypatch):
    mail = returned(HARD[0])
    monkeypatch.setenv("OUTREACH_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    failed = piped(sent, mail)
    assert (failed.code, failed.out) == (75, "")
    monkeypatch.setenv("OUTREACH_WORKSPACE", "/none")
    assert piped(sent, mail).code == 75


def test_the_mail_server_is_told_to_try_again_while_the_message_is_still_being_sent(sent, returned, database_url):
    mail = returned(HARD[0])
    database = connect(database_url)
    with database.writing() as connection:
        connection.execute(delivery.update().values(state="attempting", lease_owner="alive"))
    assert piped(sent, mail).code == 75
    with database.writing() as connection:
        connection.execute(delivery.update().values(state="sent", lease_owner=None))
    database.close()
    assert piped(sent, mail, "--json").json["suppressed"] == 1


def test_a_maildir_is_read_by_hand_and_by_every_run(sent, returned, tmp_path, monkeypatch):
    box = tmp_path / "box"
    (box / "new").mkdir(parents=True)
    (box / "new" / "1.hard").write_bytes(returned(HARD[0]))
    (box / "new" / "2.other").write_bytes(personal("Dag"))
    by_hand = sent("bounces", "--maildir", str(box), "--at", WEDNESDAY, "--json").json
    assert (by_hand["read"], by_hand["suppressed"], by_hand["to_look_at"]) == (2, 1, 1)
    assert sorted(path.name for path in (box / "cur").iterdir()) == ["1.hard:2,S", "2.other:2,"]
    (box / "new" / "3.hard").write_bytes(returned(HARD[0], "P2", "bo@werk.example"))
    monkeypatch.setenv("OUTREACH_BOUNCES_URL", f"maildir://{box}")
    ran = sent("run", "--at", DECEMBER, "--json").json
    assert (ran["returned"], ran["skipped"]) == ({"hard": 1}, {"suppressed": 1})
    assert sent("bounces", "--at", DECEMBER).out == "Nothing came back.\n"


def test_a_mailbox_is_read_by_every_run_and_one_that_is_away_keeps_nothing_from_leaving(sent, returned, monkeypatch):
    with imap_server() as server:
        server.deliver(returned(HARD[0]), returned(COMPLAINTS[0], "P2", "bo@werk.example"))
        monkeypatch.setenv("OUTREACH_BOUNCES_URL", server.url())
        assert sent("run", "--at", WEDNESDAY, "--json").json["returned"] == {"hard": 1, "complaint": 1}
        assert len(server.folder("Outreach settled")) == 2
    away = sent("run", "--at", DECEMBER, "--json")
    assert (away.code, away.json["sent"], "cannot be read" in away.err) == (0, 1, True)


def test_files_are_told_without_a_workspace_and_left_alone(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("OUTREACH_WORKSPACE", "/none")
    paths = []
    for number, sample in enumerate((HARD[0], BLOCKED[0], COMPLAINTS[0])):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(sample.mail)
        paths.append(str(path))
    answer = cli("bounces", "--dry-run", "--json", *paths)
    assert [(mail["kind"], mail["code"], mail["message_id"]) for mail in answer.json["mails"]] == [
        ("hard", "550 5.1.1", MESSAGE_ID), ("blocked", "550 5.7.1", MESSAGE_ID), ("complaint", "", MESSAGE_ID),
    ]  # fmt: skip
    assert "hard  no_mailbox  550 5.1.1" in cli("bounces", "--dry-run", "-", input=HARD[0].mail).out


def test_it_says_where_to_look_when_nobody_said_it(cli):
    answer = cli("bounces")
    assert (answer.code, "OUTREACH_BOUNCES_URL" in answer.err) == (1, True)
    assert cli("bounces", "-", "x").code == 2
    assert cli("bounces", "x", "--maildir", ".").code == 2


def test_a_real_pipe_is_read_to_its_end(sent, returned, workspace, database_url):
    """A mail server that cannot write all of the mail takes that for a failure."""
    mail = returned(HARD[0]) + b"x" * 3_000_000
    done = subprocess.run(
        [sys.executable, "-m", "outreach", "--workspace", str(workspace), "bounces", "-"],
        input=mail, capture_output=True, check=False, env={"OUTREACH_DATABASE_URL": database_url, "PATH": ""},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"No longer written to: 1 address." in done.stdout
