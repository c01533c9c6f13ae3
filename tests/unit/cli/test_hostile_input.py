"""Rows and events that somebody made to break out: of a header, a page, a template, a table, a log or a statement.

They come in by the ordinary way and go out by every ordinary way, and what is looked at is what left. As many as
OUTREACH_TRIALS asks for: 5,000 asks for 200,000 rows.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import os
import random
import re
from html.parser import HTMLParser

import pytest
from sqlalchemy import func, inspect, select

from outreach.delivery.channels.outbox import Outbox
from outreach.roster.reading import open_sheet
from outreach.storage.database import connect
from outreach.storage.tables import event, metadata, person

ROWS = max(250, 40 * int(os.environ.get("OUTREACH_TRIALS", "0")))
FRAGMENTS = [
    "{{ 6007*7 }}", "{% for x in range(9) %}42{% endfor %}", "{{ person.__class__ }}", "{# x #}", "{{", "%}",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<mj-raw>", "<!--", "]]>", "&lt;b&gt;", "</td>",
    "'; DROP TABLE person; --", "\" OR 1=1", "%s", "%(id)s", ":id", "?", "\\", "'", '"', ";", ",", "`id`", "${x}",
    '=HYPERLINK("http://evil.example")', "@SUM(A1)", "+1", "-1", "\t=1", "\uff1d1", "\u200b=1",
    "\r\nBcc: a@evil.example", "\nSubject: x", "\r\n\r\n.\r\n", "%0d%0aBcc:", "\u2028", "\u2029", "\x85", "\x0b",
    "\x00", "\x1b[31m", "\x7f", "\u202e", "\ufeff", "\ufffe", "e\u0301" * 40, "\U0001f600", "=?utf-8?q?x?=",
    "a@evil.example", "<a@evil.example>", "[x](javascript:alert(1))", "![x](http://evil.example/p.png)", "**b**",
    "# x", "\n---\n", "http://evil.example/", "An", "Van den Berg", " ", "",
]  # fmt: skip
ADDRESSES = [
    "{0}@staff.example", "{0}@staff.example", "{0}@staff.example\r\nRCPT TO:<a@evil.example>",
    "{0}@staff.example,a@evil.example", "<{0}@staff.example>", '"{0} x"@staff.example',
    "{0}@staff.example a@evil.example",
    "{0}@staff.example\x00", "{0}@staff.example>", "{0}@[127.0.0.1]", "-{0}@staff.example", "{0}@staff..example",
    "{0}\u202e@staff.example", "{{{{7*7}}}}{0}@staff.example", "=cmd|'{0}'@staff.example", "{0}%a@staff.example",
]  # fmt: skip
#: Stands in every hostile row, so that a log that tells of one is found out.
MARK = "xqzjv"

_LETTER = """\
---
subject: Voor {% if person.first_name %}{{ person.first_name }}{% endif %}
preheader: Van {{ person.city or 'hier' }}
---
Dag {{ person.first_name or 'u' }} *{{ person.last_name or 'u' }}*,

U woont in [{{ person.city or 'Gent' }}](https://sociale-dienst.example).
"""
_DESK = """\
title: Geschenk
topic: onboarding
purpose: give new staff their gift
owner: communicatie@sociale-dienst.example
channel: handover
handover: {columns: [person_id, first_name, last_name, city, text]}
audience: everyone
start: {once: 2026-12-01, at: "09:00"}
steps:
  - id: gift
"""
_COLUMNS = ["person_id", "status", "first_name", "last_name", "city", "email", "language", "hired_on"]


class _Tags(HTMLParser):
    """The tags of a page, with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(name for name, _ in attrs)))


def _tags(page: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = _Tags()
    parser.feed(page)
    return parser.found


def _rows(chance: random.Random):
    yield ["P0", "active", "An", "Maes", "Gent", "p0@staff.example", "nl", "2020-01-01"]
    for number in range(1, ROWS):

        def text(number=number):
            return "".join([*chance.choices(FRAGMENTS, k=chance.choice((1, 1, 2, 3))), MARK])

        number_ = f"P{number}" if chance.random() < 0.8 else f"P{number}{chance.choice(FRAGMENTS)}"
        address = chance.choice(ADDRESSES).format(f"{MARK}{number}")
        yield [number_, "active", text(), text(), text(), address, "nl", "2020-01-01"]


@pytest.fixture
def office(cli, workspace, tmp_path, monkeypatch):
    """Every hostile row was imported, and written to in every way; what was told meanwhile."""
    monkeypatch.setenv("OUTREACH_LOG", "json")
    (workspace / "campaigns" / "gift.yaml").write_text(_DESK, encoding="utf-8")
    (workspace / "templates" / "gift").mkdir()
    for message in ("gift", "news"):
        (workspace / "templates" / message / "nl.md").write_text(_LETTER, encoding="utf-8")
    roster = tmp_path / "hostile.csv"
    with roster.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_COLUMNS, *_rows(random.Random(7))])
    answers = [
        cli(*words)
        for words in (
            ("publish", "--at", "2026-11-01"),
            ("approve", "--all", "--yes", "--at", "2026-11-01"),
            ("roster", "import", str(roster), "--at", "2026-11-20"),
            ("run", "--at", "2026-12-01T10:00"),
        )
    ]
    # A row may be refused; nothing may fail for it.
    assert [answer.code for answer in answers] == [0, 0, 1, 0], answers
    return answers


@pytest.fixture
def sent(office, workspace):
    """The mails that left."""
    return list(Outbox(workspace / "var" / "outbox").messages())


def test_a_hostile_row_leaves_as_a_mail_like_any_other(sent):
    plain = next(message for _, to, message in sent if to == "p0@staff.example")
    model = email.message_from_bytes(plain, policy=email.policy.default)
    assert len(sent) > ROWS / 20
    for _, recipient, message in sent:
        assert re.fullmatch(r"[^\s<>,;:\"]+@[a-z0-9.-]+", recipient), recipient
        assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\x00|\r\n\.", message)
        assert max(map(len, message.split(b"\r\n"))) <= 998
        mail = email.message_from_bytes(message, policy=email.policy.default)
        assert mail.keys() == model.keys()
        assert [one.addr_spec for one in mail["To"].addresses] == [recipient]
        html = mail.get_body(("html",)).get_content()
        assert _tags(html) == _tags(model.get_body(("html",)).get_content())
        assert "42049" not in html + str(mail["Subject"]) + mail.get_body(("plain",)).get_content()
        assert "evil.example" not in " ".join(re.findall(r"(?:href|src)=\"[^\"]*\"", html))


def test_nothing_in_a_list_by_hand_runs_in_a_spreadsheet_or_moves_a_row(sent, workspace, database_url):
    (path,) = (workspace / "var" / "handover").rglob("*.csv")
    lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))
    width = len(lines[0])
    assert {len(line) for line in lines} == {width}
    assert len(lines) - 1 == _people(database_url)
    for cell in (cell for line in lines for cell in line):
        assert not re.match(r"[\s\u200b\ufeff\u202e\x7f]*[=+@\uff1d-]", cell), repr(cell)
    with open_sheet(next((workspace / "var" / "handover").rglob("*.xlsx"))) as book:
        assert sum(1 for _ in book.rows) == len(lines) - 1


def test_no_statement_was_broken_out_of(sent, database_url):
    database = connect(database_url)
    with database.reading() as connection:
        stored = connection.execute(select(person.c.first_name, person.c.person_id)).all()
    assert set(metadata.tables) <= set(inspect(database.engine).get_table_names())
    database.close()
    hostile = [row for row in stored if row.person_id != "P0"]
    assert len(stored) > ROWS / 20
    assert all(MARK in row.first_name for row in hostile)


def test_no_log_and_no_error_tells_of_anybody(office):
    told = "".join(answer.out + answer.err for answer in office)
    assert '"event"' in told or '"message"' in told
    assert MARK not in told


def test_hostile_events_are_refused_by_line_and_column_and_start_nothing(sent, cli, tmp_path, database_url):
    chance, path = random.Random(11), tmp_path / "events.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "event", "date"])
        for _ in range(ROWS):
            writer.writerow(
                [f"P0{chance.choice(FRAGMENTS)}", f"left{chance.choice(FRAGMENTS)}", chance.choice(FRAGMENTS)]
            )
    answer = cli("event", "import", str(path), "--json", "--at", "2026-12-02")
    assert answer.code == 1
    assert answer.json["recorded"] == 0
    assert all(one["line"] and one["column"] for one in answer.json["rejected"])
    database = connect(database_url)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(event)) == 0
    database.close()


def _people(database_url: str) -> int:
    database = connect(database_url)
    with database.reading() as connection:
        people = connection.scalar(select(func.count()).select_from(person))
    database.close()
    return int(people or 0)
