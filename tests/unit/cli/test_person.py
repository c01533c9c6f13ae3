"""A person's rights: everything that is held is told, and what is erased leaves no byte behind."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import select, text, update

from outreach.delivery.channels.outbox import Outbox
from outreach.privacy.reach import rows_of
from outreach.storage.database import connect
from outreach.storage.tables import delivery, metadata, person

ON = "2026-12-01T10:00"
NAME, NUMBER, ADDRESS, HOME = "Zoéxine", "HR-4711", "zoexine.vq@staff.example", "zoexine@home.example"
TRACES = [NAME, "Vanquish", NUMBER, ADDRESS, HOME, "Kwekerijlaan", "zoexine"]

_DESK = """\
title: Geschenk
topic: onboarding
purpose: give new staff their gift
owner: communicatie@sociale-dienst.example
channel: handover
handover: {columns: [first_name, last_name, street]}
audience: everyone
start: {once: 2026-12-01, at: "09:00"}
steps:
  - id: gift
"""
_ROSTER = """\
person_id,status,first_name,last_name,email,private_email,street,language,hired_on
{number},active,{name},Vanquish,{address},{home},Kwekerijlaan 3,nl,2026-11-20
P2,active,An,Maes,p2@staff.example,,Dorp 1,nl,2026-11-20
"""


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "staff.csv"
    path.write_text(_ROSTER.format(number=NUMBER, name=NAME, address=ADDRESS, home=HOME), encoding="utf-8")
    return str(path)


@pytest.fixture
def office(cli, workspace, roster):
    """A workspace in which everything has happened to one person that can."""
    (workspace / "campaigns" / "gift.yaml").write_text(_DESK, encoding="utf-8")
    (workspace / "templates" / "gift").mkdir()
    (workspace / "templates" / "gift" / "nl.md").write_text(
        "---\nsubject: Geschenk\npreheader: Een geschenk\n---\nGeef {{ person.first_name or 'hen' }} het pakket.\n"
    )
    for words in (
        ("publish", "--at", "2026-11-01"),
        ("approve", "--all", "--yes", "--at", "2026-11-01"),
        ("roster", "import", roster, "--at", "2026-11-20"),
        ("event", "record", NUMBER, "hired", "--on", "2026-11-20", "--at", "2026-11-20"),
        ("run", "--at", "2026-11-21T10:00"),
        ("run", "--at", ON),
        ("outcome", "record", NUMBER, "infosession-registered", "--on", "2026-12-01", "--at", ON),
        ("opt-out", NUMBER, "news"),
        ("event", "withdraw", NUMBER, "left", "--on", "2026-12-05", "--at", ON),
        ("preview", "welcome", "--as", NUMBER, "--at", ON),
    ):
        answer = cli(*words)
        assert answer.code == 0, answer.err
    return cli


def _rows(database_url):
    """Every row of every table, as text."""
    database = connect(database_url)
    with database.reading() as connection:
        told = [repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table))]
        if database.dialect == "postgresql":
            told += [str(row) for row in connection.execute(text("SELECT version_num FROM alembic_version"))]
    database.close()
    return "\n".join(told)


def _bytes(workspace, database_url):
    """Every file that the installation has, as they lie on disk, and what is packed in them."""
    files = [path for path in (workspace / "var").rglob("*") if path.is_file()]
    if database_url.startswith("sqlite"):
        database = workspace.parent / "outreach.db"
        files += [path for path in workspace.parent.glob(f"{database.name}*") if path.is_file()]
    found = {path: path.read_bytes() for path in files}
    outbox = Outbox(workspace / "var" / "outbox")
    found |= {key: message + recipient.encode() for key, recipient, message in outbox.messages()}
    return found


def _found(workspace, database_url):
    rows = _rows(database_url)
    return {(trace, "rows") for trace in TRACES if trace in rows} | {
        (trace, str(place))
        for place, content in _bytes(workspace, database_url).items()
        for trace in TRACES
        if trace.encode() in content
    }


def _sent(cli):
    rows = cli("deliveries", "--json").json
    return sorted((row["campaign"], row["step"], row["state"]) for row in rows if row["state"] in ("sent", "rejected"))


def test_erased_means_no_trace_in_any_byte_of_any_file_and_any_row(office, workspace, database_url):
    assert {trace for trace, _ in _found(workspace, database_url)} >= {NAME, NUMBER, ADDRESS}
    assert office("person", "erase", NUMBER, "--yes").code == 0
    assert _found(workspace, database_url) == set()


def test_what_was_sent_stays_counted(office):
    before = _sent(office)
    assert {campaign for campaign, _, _ in before} == {"welcome", "news", "gift"}
    office("person", "erase", NUMBER, "--yes")
    assert _sent(office) == before


def test_others_keep_their_messages_and_lines(office, workspace):
    office("person", "erase", NUMBER, "--yes")
    outbox = Outbox(workspace / "var" / "outbox")
    assert {recipient for _, recipient, _ in outbox.messages()} == {"p2@staff.example"}
    assert all(outbox.read(key) == message for key, _, message in outbox.messages())
    (csv,) = (workspace / "var" / "handover").rglob("*.csv")
    assert "Maes" in csv.read_text(encoding="utf-8-sig")


def test_nothing_leaves_for_who_was_erased_also_of_what_was_let_go(office, workspace, database_url):
    before = len(_sent(office))
    office("person", "erase", NUMBER, "--yes", "--at", ON)
    office("run", "--at", "2026-12-20T10:00")
    office("run", "--at", "2027-01-05T10:00")
    assert ADDRESS.encode() not in b"".join(_bytes(workspace, database_url).values())
    assert len(_sent(office)) >= before


@pytest.mark.parametrize("again", [("import",), ("event",)])
def test_neither_a_file_nor_an_event_brings_them_back(office, workspace, database_url, roster, again):
    office("person", "erase", NUMBER, "--yes")
    if again == ("import",):
        answer = office("roster", "import", roster, "--json")
        assert (answer.code, answer.json["erased"], answer.json["left"]) == (0, 1, 0)
    else:
        assert office("event", "record", NUMBER, "hired", "--on", "2026-11-20").code == 0
    assert _found(workspace, database_url) == set()


def test_their_address_under_another_number_is_not_written_to(office, tmp_path):
    office("person", "erase", NUMBER, "--yes")
    path = tmp_path / "more.csv"
    path.write_text(_ROSTER.format(number="P9", name="Bo", address=ADDRESS, home=""), encoding="utf-8")
    office("roster", "import", str(path), "--at", "2027-01-04")
    office("run", "--at", "2027-01-05T10:00")
    told = {row["reason"] for row in office("deliveries", "--json", "--person", "P9").json}
    assert told == {"suppressed"}


def test_they_come_back_when_somebody_lets_them_in(office, roster):
    office("person", "erase", NUMBER, "--yes")
    assert office("person", "readmit", NUMBER, "--json").json["changed"]
    assert office("roster", "import", roster, "--json", "--at", "2027-01-04").json["added"] == 1
    office("run", "--at", "2027-01-05T10:00")
    assert "sent" in {row["state"] for row in office("deliveries", "--json", "--person", NUMBER).json}


def test_a_message_that_is_being_handed_over_holds_it_up_and_what_is_only_claimed_is_taken_away(office, database_url):
    database = connect(database_url)
    mine = delivery.c.person.in_(select(person.c.id).where(person.c.person_id == NUMBER))
    with database.writing() as connection:
        row = connection.scalars(select(delivery.c.id).where(mine)).first()
        held = update(delivery).where(delivery.c.id == row)
        connection.execute(held.values(state="attempting", lease_owner="somebody"))
    answer = office("person", "erase", NUMBER, "--yes")
    assert (answer.code, "being handed over" in answer.err) == (1, True)
    assert office("explain", NUMBER).code == 0
    with database.writing() as connection:
        connection.execute(held.values(state="planned", lease_owner="somebody"))
    assert office("person", "erase", NUMBER, "--yes").code == 0
    with database.reading() as connection:
        left = connection.execute(select(delivery).where(delivery.c.id == row)).one()
    assert (left.state, left.reason, left.lease_owner) == ("cancelled", "erased", None)
    database.close()


def test_erasing_asks_first_and_a_dry_run_changes_nothing(office, database_url):
    before = _rows(database_url)
    answer = office("person", "erase", NUMBER, "--dry-run", "--json")
    assert answer.json["erased"] is False
    assert answer.json["deleted"]["event"] == 1
    assert office("person", "erase", NUMBER).code == 1
    assert _rows(database_url) == before


def test_a_file_of_somebody_else_that_holds_the_address_is_named(office, workspace):
    (workspace / "var" / "notes.txt").write_text(f"called {ADDRESS.upper()}")
    answer = office("person", "erase", NUMBER, "--yes")
    assert answer.code == 1
    assert "notes.txt" in answer.err


def test_who_erased_somebody_is_on_record_and_not_whom(office):
    office("person", "erase", NUMBER, "--yes")
    (line,) = office("audit", "--json", "--action", "erased").json
    assert line["actor"] == "tester"
    assert NUMBER not in json.dumps(line)


def test_an_export_holds_everything_of_the_person_and_nothing_of_others(office):
    found = office("person", "export", NUMBER, "--json", "--at", ON)
    told = found.json
    assert {"person", "event", "outcome", "opt_out", "enrolment", "delivery", "event_aside"} <= set(told["tables"])
    assert told["tables"]["person"][0]["street"] == "Kwekerijlaan 3"
    assert any(NAME in message["text"] for message in told["messages"])
    assert len(told["lists"]) == 1
    assert "p2@staff.example" not in found.out
    readable = office("person", "export", NUMBER).out
    assert all(word in readable for word in (NAME, ADDRESS, "infosession-registered", "Kwekerijlaan"))


def test_a_look_by_export_is_on_record(office):
    office("person", "export", NUMBER)
    looks = office("audit", "--json", "--action", "looked at").json
    assert {"by": "person export"} in [line["after"] for line in looks]


def test_every_table_that_can_hold_a_person_is_reached():
    reached = {table.name for table, _ in rows_of(1, "x")}
    with_people = {table.name for table in metadata.sorted_tables if {"person", "person_id"} & set(table.c.keys())}
    assert with_people <= reached
    assert {"seat", "turn", "move", "receipt", "shown", "audit"} <= reached


def test_scrubbing_empties_the_log_of_sqlite(cli, place, database_url):
    if not database_url.startswith("sqlite"):
        assert cli("person", "scrub").code == 0
        return
    cli("publish")
    assert cli("person", "scrub").code == 0
    with closing(sqlite3.connect(place.url.database)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
