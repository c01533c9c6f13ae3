"""What judges the trials sees what breaks out."""

from __future__ import annotations

import smtplib
import socket

import pytest

from tests.hostile.calls import wrong_lines
from tests.hostile.dialogue import listening
from tests.hostile.rows import parsed, wrong_body, wrong_head, wrong_lists
from tests.hostile.values import MARK

_MAIL = (
    b"To: p0@staff.example\r\nSubject: Voor An\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nDag An\r\n'
    b'--b\r\nContent-Type: text/html\r\n\r\n<p><a href="https://x.example">Dag</a> An</p>\r\n--b--\r\n'
)


def test_an_ordinary_mail_is_found_right() -> None:
    with listening() as heard, smtplib.SMTP("127.0.0.1", heard.port) as line:
        line.sendmail("post@x.example", ["p0@staff.example"], _MAIL)
    assert (heard.violations, heard.messages) == ([], [("p0@staff.example", _MAIL)])
    assert [
        *wrong_head("p0@staff.example", parsed(_MAIL), parsed(_MAIL)),
        *wrong_body(parsed(_MAIL), parsed(_MAIL)),
    ] == []


@pytest.mark.parametrize(
    "said",
    [
        b"EHLO x\r\nRCPT TO:<a@x.example>\nRCPT TO:<b@x.example>\r\n",
        b"EHLO x\r\nMAIL FROM:<a@x.example> AUTH=<>\r\n",
        b"EHLO x\r\nRCPT TO:<a@x.example,b@x.example>\r\n",
        b"EHLO x\r\nRCPT TO:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n.\r\n",
        b"EHLO x\r\nRCPT TO:<a@x.example>\r\nDATA\r\nSubject: x\nBcc: y\r\n.\r\n",
        b"EHLO x\r\nRCPT TO:<a@x.example>\r\nDATA\r\n.begins with a dot\r\n.\r\n",
    ],
)
def test_what_is_smuggled_into_a_dialogue_is_heard(said: bytes) -> None:
    with listening() as heard, socket.create_connection(("127.0.0.1", heard.port)) as line:
        line.sendall(said)
        line.shutdown(socket.SHUT_WR)
        while line.recv(1000):
            pass
    assert heard.violations


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject:", b"Bcc: a@evil.example\r\nSubject:"),
        (b"To: p0@staff.example", b"To: p0@staff.example, a@evil.example"),
        (b"MIME-Version: 1.0", f"MIME-Version: {MARK}".encode()),
        (b"An</p>", b"<script>alert(1)</script></p>"),
        (b"x.example", b"evil.example"),
        (b"Dag An", b"Dag 42049"),
        (b"\r\n--b--", b"\r\n--b\r\nContent-Type: text/html\r\n\r\n--b--"),
    ],
)
def test_what_breaks_out_in_a_mail_is_seen(old: bytes, new: bytes) -> None:
    assert wrong_with(_MAIL.replace(old, new))


def wrong_with(raw: bytes) -> list[str]:
    mail, model = parsed(raw), parsed(_MAIL)
    return [*wrong_head("p0@staff.example", mail, model), *wrong_body(mail, model)]


def test_what_breaks_out_in_a_log_is_seen() -> None:
    right = '{"at": "2026-11-24", "level": "info", "event": "done"}\n'
    assert list(wrong_lines(right)) == []
    for wrong in (f'{right}{{"event": "forged"}}', right.replace("done", MARK), right.replace("done", "do\x1bne")):
        assert list(wrong_lines(wrong))


def test_what_runs_in_a_list_is_seen(tmp_path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["name"])
    book.active.append(["An"])
    book.save(tmp_path / "list.xlsx")
    (tmp_path / "list.csv").write_text("name;city\nAn;Gent\n", encoding="utf-8")
    assert list(wrong_lists(tmp_path, 1)) == []
    for wrong in ("name;city\n=1+1;Gent\n", "name;city\nAn;Gent;x\n", "name;city\nAn;Gent\nB;C\n"):
        (tmp_path / "list.csv").write_text(wrong, encoding="utf-8")
        assert list(wrong_lists(tmp_path, 1))
