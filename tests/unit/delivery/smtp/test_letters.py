from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.channels.base import Rejected
from outreach.delivery.channels.smtp.letters import Offers, letter
from tests.unit.delivery.mails import mail, skeleton

RUNS = st.lists(
    st.sampled_from([b"\r\n", b"\n", b"\r", b".", b"..", b"a", b"text\r\n", b".\r\n", "é".encode(), b""]), max_size=12
).map(b"".join)


def taken(content: bytes) -> bytes:
    """What a server makes of it (RFC 5321, 4.5.2)."""
    assert content.endswith(b"\r\n.\r\n") or content == b".\r\n"
    message = content.removesuffix(b".\r\n")
    assert b"\r\n.\r\n" not in b"\r\n" + message
    return re.sub(rb"(^|\r\n)\.", rb"\1", message)


@given(RUNS, RUNS)
def test_a_server_gets_the_message_with_whole_lines_and_nothing_ends_it_early(chunk, own):
    form = skeleton(b"Subject: x\r\n\r\n", chunk, b"\r\n", own, b"\r\n")
    message = mail("c/s/once/0/1", "an@example.org", b"\r\n", form)
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message.to_bytes())
    content = letter(message).message + b".\r\n"
    assert taken(content) == (lines if lines.endswith(b"\r\n") else lines + b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert letter(message).is_ascii == content.isascii()


@pytest.mark.parametrize(
    ("recipient", "offers", "result"),
    [
        ("an@example.org", Offers(), None),
        ("a b@example.org", Offers(), Rejected("address")),
        ("an", Offers(), Rejected("address")),
        ("an@example.org>\r\nRCPT TO:<b@example.org", Offers(), Rejected("address")),
        ("josé@example.org", Offers(eightbitmime=True), Rejected("smtputf8")),
        ("josé@example.org", Offers(eightbitmime=True, smtputf8=True), None),
        ("an@example.org", Offers(size=True, largest=50), Rejected("552 5.3.4")),
        ("an@example.org", Offers(size=True, largest=5000), None),
    ],
)
def test_what_cannot_go_to_a_server_is_known_before_it_is_asked(recipient, offers, result):
    assert letter(mail("c/s/once/0/1", recipient)).impossible(offers) == result


def test_the_envelope_says_what_the_server_must_know() -> None:
    plain = letter(mail("c/s/once/0/1"))
    assert plain.mail_command(Offers()) == b"MAIL FROM:<post@dienst.example>\r\n"
    assert plain.mail_command(Offers(size=True)) == b"MAIL FROM:<post@dienst.example> SIZE=%d\r\n" % plain.size
    eight = letter(mail("c/s/once/0/1", "josé@example.org", "é".encode()))
    assert eight.impossible(Offers(smtputf8=True)) == Rejected("8bitmime")
    command = eight.mail_command(Offers(eightbitmime=True, smtputf8=True))
    assert command == b"MAIL FROM:<post@dienst.example> BODY=8BITMIME SMTPUTF8\r\n"
