from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.channels.smtp.answers import GarbledError, Replies, Reply, is_about_us

LINES = st.sampled_from([b"250 ok\r\n", b"250\r\n", b"250-a\r\n250 b\r\n", b"550 5.1.1 no such user\r\n", b"354 go\n"])


@given(st.lists(LINES, max_size=6).map(b"".join), st.lists(st.integers(1, 7), max_size=30))
def test_however_replies_are_cut_they_are_the_same(stream, cuts):
    whole, replies, found, rest = list(Replies().feed(stream)), Replies(), [], stream
    for cut in [*cuts, len(stream)]:
        found += replies.feed(rest[:cut])
        rest = rest[cut:]
    assert found == whole


@given(st.binary(max_size=300))
def test_anything_else_is_garbled_or_a_reply_and_never_more(data):
    with suppress(GarbledError):
        assert all(200 <= reply.code <= 599 for reply in Replies().feed(data))


def test_of_a_reply_only_the_digits_are_kept() -> None:
    assert Reply(550, b"5.1.1 <geheim@example.org> unknown").short == "550 5.1.1"
    assert Reply(550, b"<geheim@example.org>").short == "550"
    assert Reply(250, b"").short == "250"


@pytest.mark.parametrize("data", [b"hello\r\n", b"99 x\r\n", b"250ok\r\n", b"\r\n", b"2500 x\r\n", b"250-a\r\n" * 300])
def test_what_is_no_reply_is_garbled(data):
    with pytest.raises(GarbledError):
        list(Replies().feed(data))


@pytest.mark.parametrize(
    ("reply", "ours"),
    [
        (Reply(554, b"5.7.1 <an@relay.example>: Relay access denied"), True),
        (Reply(550, b"5.7.54 SMTP; cannot do that for this recipient"), True),
        (Reply(530, b"5.7.0 Must issue a STARTTLS command first"), True),
        (Reply(554, b"5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied"), True),
        (Reply(553, b"5.7.1 <post@dienst.example>: Sender address rejected: not owned by user dienst"), True),
        (Reply(550, b"authentication required"), True),
        (Reply(550, b"5.1.1 <an@werk.example>: Recipient address rejected: not in relay recipient table"), False),
        (Reply(550, b"<relay@werk.example> is unknown here"), False),
        (Reply(550, b"no mailbox for relay@werk.example"), False),
        (Reply(554, b"5.7.1 this recipient wants none of it"), False),
        (Reply(450, b"4.7.1 relay is busy"), False),
    ],
)
def test_at_the_recipient_a_server_may_speak_of_ourselves(reply: Reply, ours: bool) -> None:
    assert is_about_us(reply) is ours
