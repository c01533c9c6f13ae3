"""What only a receiver of webhooks can do to a message."""

from __future__ import annotations

import base64
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Signature

from outreach.delivery.channels import posting
from outreach.delivery.channels.base import Deferred, InDoubt, NothingLeftError, Rejected, Result, Sent
from outreach.delivery.channels.posting import Answer
from outreach.delivery.channels.webhook import Webhook, content, parse, result_of
from outreach.errors import OutreachError
from tests.contracts.journals import Journal
from tests.contracts.receivers import SECRET, Receiver, receiving
from tests.contracts.servers import CERTIFICATE, unused_port
from tests.unit.delivery.mails import Mail, mail, skeleton

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiving(tmp_path_factory.mktemp("hook")) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    with receiving(tmp_path_factory.mktemp("hook"), tls=True) as receiver:
        yield receiver


def channel(url: str, secret: str = SECRET) -> Webhook:
    return Webhook(parse(url, secret), lambda: datetime.now(UTC))


@contextmanager
def opened(url: str, secret: str = SECRET) -> Iterator[Webhook]:
    found = channel(url, secret)
    found.open()
    try:
        yield found
    finally:
        found.close()


_numbers = count(1)


def to(*recipients: str) -> list[Mail]:
    return [mail(f"c/s/once/0/{next(_numbers)}", recipient) for recipient in recipients]


def send(way: Webhook, mails: Sequence[Mail], limit: int = 50) -> list[Result]:
    """What came of these messages, in their order; None for those that were not tried."""
    journal = Journal(list(mails), limit=lambda _: limit)
    way.send(journal)
    journal.check()
    return [journal.results[one.key][0] for one in mails if one.key in journal.results]


# --- what is said ----------------------------------------------------------------------------------------


def test_a_message_is_signed_under_its_delivery_key(receiver: Receiver) -> None:
    (one,) = to("an@example.org")
    with opened(receiver.url(path="/hook?box=7")) as way:
        assert send(way, [one]) == [Sent()]
    arrived = receiver.arrived()[-1]
    assert arrived["verified"]
    assert arrived["path"] == "/hook?box=7"
    head = arrived["headers"]
    assert head["webhook-id"] == head["idempotency-key"] == one.key
    assert abs(int(head["webhook-timestamp"]) - time.time()) < 60
    assert head["content-type"] == "application/json"


def test_another_attempt_is_signed_anew_under_the_same_key(receiver: Receiver) -> None:
    (one,) = to("an@example.org")
    early = Webhook(parse(receiver.url(), SECRET), lambda: datetime.now(UTC) - timedelta(seconds=100))
    for way in (early, channel(receiver.url())):
        way.open()
        send(way, [one])
        way.close()
    first, second = (arrived["headers"] for arrived in receiver.arrived()[-2:])
    assert first["webhook-id"] == second["webhook-id"]
    assert first["webhook-signature"] != second["webhook-signature"]
    assert [arrived["verified"] for arrived in receiver.arrived()[-2:]] == [True, True]


def test_a_receiver_that_has_another_secret_sees_that_it_is_not_ours(receiver: Receiver) -> None:
    with opened(receiver.url(), f"whsec_{'A' * 32}") as way:
        send(way, to("an@example.org"))
    assert not receiver.arrived()[-1]["verified"]


def test_while_a_secret_is_replaced_both_sign(receiver: Receiver) -> None:
    with opened(receiver.url(), f"whsec_{'A' * 32} {SECRET}") as way:
        send(way, to("an@example.org"))
    assert receiver.arrived()[-1]["verified"]


def letter(subject: str, text: str, html: str) -> Mail:
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    message["Content-Language"] = "nl"
    form = skeleton(message.as_bytes().replace(b"\n", b"\r\n"))
    return Mail("welcome/invitation/entry-1/2/17", "<m@dienst.example>", "", "", form, (0,), "104733")


def test_a_message_says_who_gets_what_and_why() -> None:
    assert json.loads(content(letter("Café", "Dag Zoë,\n\ntot dan.\n", "<p>Dag Zoë</p>\n"))) == {
        "key": "welcome/invitation/entry-1/2/17",
        "campaign": "welcome",
        "step": "invitation",
        "occurrence": "entry-1",
        "repetition": 2,
        "message_id": "<m@dienst.example>",
        "language": "nl",
        "subject": "Café",
        "text": "Dag Zoë,\n\ntot dan.\n",
        "html": "<p>Dag Zoë</p>\n",
        "recipient": None,
        "person": "104733",
    }


lines = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=60)


@given(lines, st.lists(lines, max_size=5), st.lists(lines, max_size=5))
def test_the_words_are_those_of_the_mail(subject: str, text: list[str], html: list[str]) -> None:
    subject = subject.strip()
    said = ["\n".join([*part, ""]) or "\n" for part in (text, html)]
    found = json.loads(content(letter(subject, *said)))
    assert [found["text"], found["html"]] == said
    assert found["subject"].split() == subject.split()


def test_what_has_no_value_is_null() -> None:
    found = json.loads(content(mail("c/s/once/0/1", "an@example.org")))
    assert (found["html"], found["language"], found["person"]) == (None, None, None)
    assert (found["subject"], found["recipient"]) == ("Welkom", "an@example.org")


# --- what is answered ------------------------------------------------------------------------------------

ANSWERS = {
    "answer-200": Sent(),
    "answer-202": Sent(),
    "answer-204": Sent(),
    "elsewhere-302": Deferred("302"),
    "answer-400": Rejected("400"),
    "answer-401": Deferred("401"),
    "answer-403": Deferred("403"),
    "answer-404": Rejected("404"),
    "answer-408": Deferred("408"),
    "answer-409": Deferred("409"),
    "answer-410": Rejected("410"),
    "answer-413": Rejected("413"),
    "answer-422": Rejected("422"),
    "answer-425": Deferred("425"),
    "answer-429": Deferred("429"),
    "answer-500": Deferred("500"),
    "answer-503": Deferred("503"),
    "answer-600": InDoubt("600"),
    "after-503": Deferred("503", timedelta(minutes=2)),
    "after-429": Deferred("429", timedelta(minutes=2)),
    "after-400": Rejected("400"),
    "forever-503": Deferred("503"),
    "date-503": Deferred("503", timedelta(days=1)),
    "nonsense-503": Deferred("503"),
    "drop": InDoubt("no_answer"),
    "garbage": InDoubt("no_answer"),
    "endless": Sent(),
}


@pytest.mark.parametrize(("name", "result"), ANSWERS.items(), ids=list(ANSWERS))
def test_an_answer_says_what_became_of_the_message_and_harms_no_other(
    receiver: Receiver, name: str, result: Result, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = len(receiver.arrived())
    bad = f"{name}.geheim@example.org"
    started = time.monotonic()
    with opened(receiver.url(path="/hook?key=geheim", connections=3)) as way:
        results = send(way, to("a@example.org", bad, "b@example.org", bad, bad, "c@example.org"))
    assert results == [Sent(), result, Sent(), result, result, Sent()]
    assert time.monotonic() - started < 10
    assert "geheim" not in repr(results) + caplog.text
    arrived = [one["message"]["recipient"] for one in receiver.arrived()[before:] if one["path"] != "/elsewhere"]
    assert len(arrived) == len(receiver.arrived()) - before, "a redirect was followed"
    assert arrived.count(bad) == 3
    assert [arrived.count(f"{good}@example.org") for good in "abc"] == [1, 1, 1]


@given(st.integers(100, 999), st.text())
def test_only_two_hundreds_say_that_it_has_left_and_only_four_hundreds_that_it_never_will(
    status: int, after: str
) -> None:
    result = result_of(Answer(status, {"Retry-After": after}), NOW)
    assert isinstance(result, Sent) == (status // 100 == 2)
    assert not isinstance(result, Rejected) or status // 100 == 4
    assert isinstance(result, InDoubt) == (status // 100 not in (2, 3, 4, 5))
    assert not isinstance(result, Deferred) or timedelta(0) <= (result.after or timedelta(0)) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("0", timedelta(0)),
        ("90", timedelta(seconds=90)),
        ("Sun, 22 Nov 2026 08:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 22 Nov 2026 07:10:00 GMT", timedelta(0)),
        ("", None),
        ("-5", None),
        ("²", None),
        ("Sun, 22 Nov 2026 08:10:00 -0000", None),
    ],
)
def test_the_wait_that_was_asked_for_is_read_in_seconds_or_as_a_date(said: str, wait: timedelta | None) -> None:
    assert result_of(Answer(503, {"Retry-After": said}), NOW) == Deferred("503", wait)


@pytest.mark.parametrize("status", [302, 401, 403, 429, 502, 503, 504])
def test_a_receiver_that_takes_no_messages_is_left_alone_after_the_first_ones(receiver: Receiver, status: int) -> None:
    with opened(receiver.url(connections=2)) as way:
        results = send(way, to(*[f"answer-{status}@example.org"] * 10))
        assert way.down
    assert results == [Deferred(str(status))] * 2


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_answers_about_one_message_do_not_keep_others_waiting(receiver: Receiver, status: int) -> None:
    with opened(receiver.url(connections=2)) as way:
        assert len(send(way, to(*[f"answer-{status}@example.org"] * 10))) == 10
        assert not way.down


# --- time ------------------------------------------------------------------------------------------------

LATE = {
    "hang": InDoubt("no_answer"),
    "start": InDoubt("no_answer"),
    # What it answered had come; the rest of its head is of no interest.
    "trickle": Sent(),
    "body": Sent(),
    "last": Sent(),
}


@pytest.mark.parametrize("over", ["receiver", "encrypted"])
def test_a_receiver_that_takes_its_time_holds_a_sender_no_longer_than_allowed(
    over: str, request: pytest.FixtureRequest
) -> None:
    found: Receiver = request.getfixturevalue(over)
    settings = {"ca": CERTIFICATE} if found.scheme == "https" else {}
    mails = to("a@example.org", *[f"{name}@example.org" for name in LATE], "b@example.org", "c@example.org")
    with opened(found.url(connections=len(mails), timeout=2, **settings)) as way:
        started = time.monotonic()
        results = send(way, mails)
        assert time.monotonic() - started < 15
    assert results == [Sent(), *LATE.values(), Sent(), Sent()]


def test_who_never_answers_leaves_no_more_in_doubt_than_there_were_connections(receiver: Receiver) -> None:
    with opened(receiver.url(connections=2, timeout=1)) as way:
        assert send(way, to(*["hang@example.org"] * 10)) == [InDoubt("no_answer")] * 2
        assert way.down


def test_messages_are_posted_side_by_side_as_many_as_are_allowed(receiver: Receiver) -> None:
    before = len(receiver.arrived())
    with opened(receiver.url(connections=4)) as way:
        send(way, to(*["slow@example.org"] * 8))
        assert max(one["at_work"] for one in receiver.arrived()[before:]) == 4
        before = len(receiver.arrived())
        send(way, to(*["slow@example.org"] * 4), limit=2)
        assert max(one["at_work"] for one in receiver.arrived()[before:]) == 2


def test_a_connection_serves_many_messages(receiver: Receiver) -> None:
    before = len(receiver.arrived())
    with opened(receiver.url(connections=2)) as way:
        for _ in range(5):
            send(way, to(*["a@example.org"] * 4))
    assert len({one["peer"] for one in receiver.arrived()[before:]}) == 2


def test_a_connection_that_was_idle_is_not_trusted_with_a_message(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "_IDLE", 0.05)
    before = len(receiver.arrived())
    with opened(receiver.url(connections=1)) as way:
        send(way, to("a@example.org"))
        time.sleep(0.1)
        send(way, to("a@example.org"))
    assert len({one["peer"] for one in receiver.arrived()[before:]}) == 2


# --- connections that fail -------------------------------------------------------------------------------


@contextmanager
def strangers(greet: Callable[[socket.socket], None]) -> Iterator[int]:
    """Something that is no web server on a port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def serve() -> None:
            while True:
                connection, _ = server.accept()
                with connection:
                    if ended.is_set():
                        return
                    greet(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            socket.create_connection(server.getsockname()).close()
            thread.join()


def test_a_receiver_that_is_not_there_is_found_when_it_is_back(tmp_path: Path) -> None:
    port = unused_port()
    with opened(f"http://localhost:{port}/hook#connections=2") as way:
        assert send(way, to("a@example.org", "b@example.org", "c@example.org")) == [Deferred("unreachable")] * 2
        assert way.down
    with receiving(tmp_path, port=port), opened(f"http://localhost:{port}/hook") as way:
        assert send(way, to("a@example.org")) == [Sent()]
        assert not way.down


@pytest.mark.parametrize("before", [0, 1])
def test_a_request_whose_end_was_not_handed_over_has_not_left(before: int) -> None:
    answers = iter(range(before))

    def greet(connection: socket.socket) -> None:
        # Only so many: should it be tried over another connection, nobody reads it to its end there either.
        for _ in answers:
            while (part := connection.recv(2**16)) and not part.endswith(b"}"):
                pass
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        connection.recv(100)

    large = replace(to("a@example.org")[0], fields=(b"Subject: x\r\n\r\n" + b"y" * 32 * 2**20,))
    with strangers(greet) as port, opened(f"http://localhost:{port}/#connections=1") as way:
        results = send(way, [*to(*["a@example.org"] * before), large])
        assert results == [Sent()] * before + [Deferred("lost")]


def test_a_request_that_was_handed_over_to_who_hangs_up_may_have_left() -> None:
    with (
        strangers(lambda connection: connection.recv(2**20) and None) as port,
        opened(f"http://localhost:{port}") as way,
    ):
        assert send(way, to("a@example.org")) == [InDoubt("no_answer")]


def test_who_never_agrees_on_tls_holds_a_sender_no_longer_than_allowed() -> None:
    for drops in (b"", b"\x16\x03\x03\x40\x00" + b"\x00" * 100):

        def greet(connection: socket.socket, drops: bytes = drops) -> None:
            try:
                for drop in drops:
                    connection.sendall(bytes([drop]))
                    time.sleep(0.05)
                connection.settimeout(3)
                while connection.recv(1000):
                    pass
            except OSError:
                return

        with strangers(greet) as port, opened(f"https://localhost:{port}/#timeout=0.4") as way:
            started = time.monotonic()
            assert send(way, to("a@example.org")) == [Deferred("unreachable")]
            assert time.monotonic() - started < 4


def test_over_tls_with_a_certificate_that_is_trusted_it_arrives(encrypted: Receiver) -> None:
    before = len(encrypted.arrived())
    with opened(encrypted.url(ca=CERTIFICATE, connections=2)) as way:
        assert send(way, to(*["a@example.org"] * 6)) == [Sent()] * 6
    assert len({one["peer"] for one in encrypted.arrived()[before:]}) == 2
    assert all(one["verified"] for one in encrypted.arrived()[before:])


@pytest.mark.parametrize(("host", "ca"), [("localhost", ""), ("127.0.0.1", str(CERTIFICATE))])
def test_a_certificate_that_cannot_be_verified_ends_it_before_anything_has_left(
    encrypted: Receiver, host: str, ca: str
) -> None:
    before = len(encrypted.arrived())
    journal = Journal(list(to(*["a@example.org"] * 6)))
    settings = {"ca": ca} if ca else {}
    with (
        opened(encrypted.url(host=host, **settings)) as way,
        pytest.raises(NothingLeftError, match="cannot be verified") as failure,
    ):
        way.send(journal)
    assert "#ca=" in failure.value.remedy
    journal.check()
    assert not journal.results
    assert len(encrypted.arrived()) == before


def test_nothing_of_the_environment_leads_a_message_elsewhere(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://localhost:{unused_port()}")
    (tmp_path / "netrc").write_text("machine localhost login an password geheim\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with opened(receiver.url()) as way:
        assert send(way, to("a@example.org")) == [Sent()]
    assert "authorization" not in receiver.arrived()[-1]["headers"]


# --- which receiver --------------------------------------------------------------------------------------


def test_a_url_says_where_and_after_the_hash_how() -> None:
    found = parse("https://user:pass@hooks.example/a/b?c=d#connections=8&rate=2.5&timeout=5&ca=/ca.pem", SECRET)
    assert found.url == "https://user:pass@hooks.example/a/b?c=d"
    assert (found.where, found.connections, found.rate) == ("hooks.example:443", 8, 2.5)
    assert (found.timeout, found.ca) == (5, "/ca.pem")
    assert "pass" not in repr(found)
    assert SECRET not in repr(found)
    way = Webhook(found, lambda: NOW)
    assert (way.server, way.connections, way.rate) == ("hooks.example:443", 8, 2.5)


def test_on_this_machine_nothing_needs_to_be_encrypted() -> None:
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert parse(f"http://{host}/hook", SECRET).url


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("hooks.example/geheim", "cannot be read"),
        ("ftp://hooks.example/geheim", "cannot be read"),
        ("https:///geheim", "cannot be read"),
        ("https://hooks.example:port/geheim", "cannot be read"),
        ("https://hooks.example/geheim hook", "cannot be read"),
        ("https://hooks.example/geheim\r\nX-Evil: 1", "cannot be read"),
        ("http://hooks.example/geheim", "over https"),
        ("http://localhost.example/geheim", "over https"),
        ("https://hooks.example/geheim#connections=0", "connections of the webhook is a number from 1 to 50"),
        ("https://hooks.example/geheim#rate=many", "rate of the webhook is a number"),
        ("https://hooks.example/geheim#timeout=nan", "timeout of the webhook is a number"),
        ("https://hooks.example/geheim#retries=5", "unknown setting: retries"),
    ],
)
def test_a_url_that_is_none_is_refused_without_being_repeated(url: str, what: str) -> None:
    with pytest.raises(OutreachError, match=what) as failure:
        parse(url, SECRET)
    assert "geheim" not in str(failure.value)


@pytest.mark.parametrize("secret", ["", "  ", "geheim", f"whsec_{'A' * 31}", f"whsec_{'A' * 90}", f"{SECRET} geheim"])
def test_a_secret_that_is_none_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(OutreachError, match="no secret") as failure:
        parse("https://hooks.example/", secret)
    assert "geheim" not in str(failure.value)


@given(st.binary(min_size=24, max_size=64))
def test_every_secret_of_the_right_length_signs(secret: bytes) -> None:
    text = f"whsec_{base64.b64encode(secret).decode()}"
    assert parse("https://hooks.example/", text).secrets == (text,)
    assert Signature(text).sign("k", NOW, "{}").startswith("v1,")


def test_certificates_that_cannot_be_read_are_named() -> None:
    with pytest.raises(OutreachError, match="certificates to trust"):
        channel("https://hooks.example/#ca=/no/such/file.pem").open()
