"""Hostile rows of a roster come in by the ordinary way and go out by every ordinary way: what left is looked at.

Mails are taken by a mail server of the narrowest grammar and read by the library's parsers; lists by hand by what reads
spreadsheets. A row of nobody in particular among them shows what each of them should look like.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import random
import re
import unicodedata
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

from openpyxl import load_workbook
from sqlalchemy import func, inspect, select

from outreach.storage.database import connect
from outreach.storage.tables import event, metadata, person
from tests.answers import Answer
from tests.hostile import workspace
from tests.hostile.calls import Office, what_was_told
from tests.hostile.dialogue import Dialogue, listening
from tests.hostile.report import Report
from tests.hostile.values import EVALUATED, FRAGMENTS, MARK, VISIBLE, address, text

_COLUMNS = ["person_id", "status", "first_name", "last_name", "city", "email", "language", "hired_on"]
_PLAIN = "p0@staff.example"
_NAMES = (2, 3, 4)


def trial(folder: Path, database: str, seed: int, size: int) -> Report:
    """So many rows; the events of as many people who are not there."""
    draw = random.Random(f"rows/{seed}")
    rows = list(_rows(draw, size))
    folder.mkdir(parents=True, exist_ok=True)
    with listening() as heard:
        root = workspace.write(folder / "workspace")
        office = Office(root, database, f"smtp://127.0.0.1:{heard.port}?starttls=off")
        answers = [office.call(*words) for words in _calls(_written(folder / "hostile.csv", [_COLUMNS, *rows]))]
        events = office.call("event", "import", str(_events(folder / "events.csv", draw, size)), "--json",
                             "--at", "2026-12-02")  # fmt: skip
    codes = [answer.code for answer in answers]
    found = {
        # A row may be refused; nothing may fail for it.
        "calls": [] if codes == [0, 0, 1, 0] else [f"ended with {codes}: {answers[-1].err}"],
        "dialogue": list(heard.violations),
        "mails": list(_wrong_mails(heard)),
        "lists": list(wrong_lists(root / "var" / "handover", _stored(database))),
        "database": list(_wrong_rows(database, rows)),
        "told": what_was_told([*answers, events]),
        "events": list(_wrong_events(events, database)),
    }
    return Report(f"rows/{seed}", found, {"rows": size, "taken": _stored(database), "mails": len(heard.messages)})


def _calls(roster: Path) -> list[tuple[str, ...]]:
    return [
        ("publish", "--at", "2026-11-01"),
        ("approve", "--all", "--yes", "--at", "2026-11-01"),
        ("roster", "import", str(roster), "--at", "2026-11-20"),
        ("run", "--at", "2026-12-01T10:00"),
    ]


def _rows(draw: random.Random, size: int) -> Iterator[list[str]]:
    yield ["P0", "active", "An", "Maes", "Gent", _PLAIN, "nl", "2020-01-01"]
    for number in range(1, size + 1):
        # Half of them are made to come in: what is refused has no occasion to break out later.
        comes_in = draw.random() < 0.5
        fragments = VISIBLE if comes_in else FRAGMENTS
        called = f"P{number}" if comes_in or draw.random() < 0.6 else f"P{number}{draw.choice(FRAGMENTS)}"
        names = [text(draw, fragments) for _ in _NAMES]
        where = f"{MARK}{number}@staff.example" if comes_in else address(draw, number)
        yield [called, "active", *names, where, "nl", "2020-01-01"]


def _events(path: Path, draw: random.Random, size: int) -> Path:
    hostile = (
        [f"P0{draw.choice(FRAGMENTS)}", f"left{draw.choice(FRAGMENTS)}", draw.choice(FRAGMENTS)] for _ in range(size)
    )
    return _written(path, [["person", "event", "date"], *hostile])


def _written(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


# --- what left --------------------------------------------------------------------------------------------


class _Tags(HTMLParser):
    """The tags of a page, with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.values += [value or "" for _, value in attrs]


def tags_of(page: str) -> _Tags:
    """A page as a browser would begin with it."""
    parser = _Tags()
    parser.feed(page)
    return parser


def _wrong_mails(heard: Dialogue) -> Iterator[str]:
    mails = [(to, parsed(content)) for to, content in heard.messages]
    model = next((mail for to, mail in mails if to == _PLAIN), None)
    if model is None:
        yield "the plain mail did not leave"
        return
    for to, mail in mails:
        if wrong := [*wrong_head(to, mail, model), *wrong_body(mail, model)]:
            yield f"{wrong} in {bytes(mail)[:2000]!r}"


def parsed(content: bytes) -> EmailMessage:
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def wrong_head(to: str, mail: EmailMessage, model: EmailMessage) -> Iterator[str]:
    if mail.keys() != model.keys() or mail.defects:
        yield "other headers"
    if [one.addr_spec for one in mail["To"].addresses] != [to]:
        yield "another recipient than the envelope's"
    if any(MARK in str(value) for name, value in mail.items() if name not in ("To", "Subject")):
        yield "a value in a header where none belongs"


def wrong_body(mail: EmailMessage, model: EmailMessage) -> Iterator[str]:
    shapes = [[part.get_content_type() for part in one.walk()] for one in (mail, model)]
    if shapes[0] != shapes[1] or any(part.defects for part in mail.walk()):
        yield "other parts"
        return
    html, plain, usual = (_part(one, kind) for one, kind in ((mail, "html"), (mail, "plain"), (model, "html")))
    tags = tags_of(html)
    if tags.found != tags_of(usual).found:
        yield "other tags"
    if any(MARK in value or "evil.example" in value for value in tags.values):
        yield "a value in an attribute"
    if EVALUATED in html + plain + str(mail["Subject"]):
        yield "a template of theirs was evaluated"


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def wrong_lists(folder: Path, people: int) -> Iterator[str]:
    """What runs in a spreadsheet, moves a row, or is missing."""
    tables = [_table(path) for path in sorted(folder.rglob("*.csv"))]
    if {len(line) for lines in tables for line in lines} != {len(tables[0][0])}:
        yield "lines of different lengths"
    if (lines := sum(len(lines) - 1 for lines in tables)) != people:
        yield f"{lines} lines for {people} people"
    for cell in (cell for lines in tables for line in lines for cell in line):
        if re.match(r"[\s\u200b\ufeff\u202e\x7f]*[=+@\uff1d-]", cell) or EVALUATED in cell:
            yield f"a formula: {cell!r}"
    sheets = [load_workbook(path).active for path in sorted(folder.rglob("*.xlsx"))]
    if (rows := sum(sheet.max_row - 1 for sheet in sheets)) != people:
        yield f"{rows} rows of workbooks for {people} people"
    for cell in (cell for sheet in sheets for row in sheet.iter_rows() for cell in row):
        if cell.data_type == "f":
            yield f"a formula in a workbook: {cell.value!r}"


def _table(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), delimiter=";"))


def _wrong_rows(url: str, rows: list[list[str]]) -> Iterator[str]:
    given = {_bare(row[column]) for row in rows for column in _NAMES}
    database = connect(url)
    with database.reading() as connection:
        if missing := set(metadata.tables) - set(inspect(database.engine).get_table_names()):
            yield f"tables are gone: {missing}"
        names = person.c["first_name", "last_name", "city"]
        for kept in connection.execute(select(*names)):
            if strange := [name for name in kept if _bare(name) not in given]:
                yield f"nobody gave {strange}"
    database.close()


def _bare(name: str) -> str:
    """As it may be kept: composed, and with other spaces."""
    return "".join(unicodedata.normalize("NFC", name).split())


def _wrong_events(answer: Answer, url: str) -> Iterator[str]:
    if answer.code != 1 or answer.json["recorded"]:
        yield f"ended with {answer.code}: {answer.err}"
    elif not all(one["line"] and one["column"] for one in answer.json["rejected"]):
        yield "something was refused without a place"
    if _count(url, event):
        yield "a hostile event was taken"


def _stored(url: str) -> int:
    return _count(url, person)


def _count(url: str, table) -> int:
    database = connect(url)
    with database.reading() as connection:
        rows = connection.scalar(select(func.count()).select_from(table))
    database.close()
    return int(rows or 0)
