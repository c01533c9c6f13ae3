"""The mail server of the trials, asked by Python's own client: what it records is what it did."""

from __future__ import annotations

import smtplib
import socket
from contextlib import contextmanager

import pytest

from tests.chaos import programs
from tests.chaos.faults import FAULTS, Spell
from tests.chaos.oracle import read
from tests.chaos.sink import Line, Manner, serve

MAIL = "Message-ID: <1@here>\r\nTo: an@agency.example\r\n\r\ntext\r\n--end--\r\n"


@contextmanager
def serving(folder, manner=None, spells=()):
    here, there = programs.pipe()
    process = programs.spawn(serve, folder / "taken", manner or Manner(), tuple(spells), there)
    try:
        yield here.recv()
    finally:
        process.kill()
        process.join()


def send(port, recipient="an@agency.example", content=MAIL):
    with smtplib.SMTP("127.0.0.1", port, timeout=0.5) as smtp:
        return smtp.sendmail("us@agency.example", [recipient], content)


def of(folder, *verdicts):
    return [line for line in read(folder / "taken") if line.verdict in verdicts]


def test_what_it_took_is_on_record_before_it_says_so(tmp_path):
    with serving(tmp_path, Manner(split=True)) as port:
        send(port)
        assert of(tmp_path, "taken") == [Line("taken", "an@agency.example", "<1@here>", "250")]


@pytest.mark.parametrize("content", [MAIL[:-9], MAIL.replace("To: an", "To: bo")], ids=["cut", "another's"])
def test_a_message_that_is_not_whole_or_not_theirs_is_seen(tmp_path, content):
    with serving(tmp_path) as port:
        send(port, content=content)
        (line,) = of(tmp_path, "taken")
        assert not line.sound


def test_who_is_unknown_is_refused_and_others_are_not(tmp_path):
    with serving(tmp_path) as port:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send(port, "unknown-1@agency.example")
        send(port)
        assert [line.verdict for line in of(tmp_path, "taken", "refused")] == ["refused", "taken"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("point", ["dot", "taken"])
def test_a_fault_at_the_end_leaves_it_taken_or_not_as_recorded(tmp_path, point, fault):
    with serving(tmp_path, Manner(patience=2), [Spell(point, fault, after=0, times=1, seed=1)]) as port:
        with pytest.raises((smtplib.SMTPException, OSError)):
            send(port)
        refused = fault in ("4xx", "5xx", "421")
        expected = "refused" if refused else "taken" if point == "taken" else "lost"
        programs.wait_until(lambda: bool(of(tmp_path, expected)), 5)
        assert [line.verdict for line in of(tmp_path, "taken", "refused", "lost")] == [expected]
        assert [line.answer for line in of(tmp_path, "struck")] == [fault]
        send(port)
        assert len(of(tmp_path, "taken")) == (expected == "taken") + 1


def test_commands_said_together_are_answered_together(tmp_path):
    with serving(tmp_path) as port, socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.recv(1000)
        wire.sendall(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nRSET\r\n")
        said = b""
        while said.count(b"\r\n") < 3:
            said += wire.recv(1000)
        assert [line[:3] for line in said.splitlines()] == [b"250", b"250", b"250"]


def test_a_conversation_that_ends_in_the_content_is_on_record_as_lost(tmp_path):
    with serving(tmp_path) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
            wire.sendall(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: half")
            while b"354" not in wire.recv(1000):
                pass
        programs.wait_until(lambda: of(tmp_path, "lost") == [Line("lost", "c@d.example")])
