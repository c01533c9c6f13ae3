"""What only a mail server can do to a message."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from outreach.delivery.channels.base import Deferred, InDoubt, Rejected, Result, Sent
from outreach.delivery.channels.smtp import Smtp, dialler
from outreach.delivery.channels.unrecorded import _Unrecorded
from outreach.errors import OutreachError
from tests.contracts.servers import CERTIFICATE, Server, running, start, unused_port
from tests.unit.delivery.mails import mail


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mail")) as server:
        yield server


def handed_over(channel: Smtp, mails) -> list[Result]:
    journal = _Unrecorded(mails)
    channel.send(journal)
    return [journal.results.get(one.key, Deferred("unreachable")) for one in mails]


def send(url: str, *recipients: str) -> list[Result]:
    channel = Smtp.at(url)
    channel.open()
    try:
        return list(handed_over(channel, [mail(f"c/s/once/0/{n}", to) for n, to in enumerate(recipients)]))
    finally:
        channel.close()


ANSWERS = {
    "rcpt-450": Deferred("450 4.2.1"),
    "rcpt-550": Rejected("550 5.1.1"),
    "rcpt-421": Deferred("421 4.3.2"),
    "rcpt-relay": Deferred("554 5.7.1"),
    "rcpt-garbage": Deferred("garbled"),
    "rcpt-drop": Deferred("lost"),
    "data-451": Deferred("451 4.7.1"),
    "data-554": Rejected("554 5.7.1"),
    "data-drop": InDoubt("no_answer"),
    "data-garbage": InDoubt("garbled"),
    "data-354": InDoubt("garbled"),
}


@pytest.mark.parametrize(("name", "result"), ANSWERS.items(), ids=list(ANSWERS))
def test_an_answer_says_what_became_of_the_message_and_harms_no_other(
    server: Server, name: str, result: Result, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = len(server.arrived())
    bad = f"{name}-geheim@example.org"
    for connections in ("1", "3"):
        results = send(server.url(connections=connections), "a@example.org", bad, "b@example.org", bad, "c@example.org")
        assert results == [Sent(), result, Sent(), result, Sent()]
        assert "geheim" not in repr(results) + caplog.text
    arrived = [one["to"] for one in server.arrived()[before:]]
    # Only what is in doubt may have arrived all the same.
    assert arrived.count(bad) == (4 if isinstance(result, InDoubt) else 0)
    assert [arrived.count(f"{good}@example.org") for good in "abc"] == [2, 2, 2]


def test_a_refused_sender_waits_until_somebody_has_mended_it(server: Server) -> None:
    channel = Smtp.at(server.url())
    refused = replace(mail("c/s/once/0/1"), sender="refused@dienst.example")
    assert handed_over(channel, [refused]) == [Deferred("550 5.7.1")]
    channel.close()


def test_a_server_that_takes_nothing_from_us_is_down_however_few_messages_there_are(server: Server) -> None:
    channel = Smtp.at(server.url())
    refused = [mail(f"c/s/once/0/{n}", f"rcpt-relay-{n}@example.org") for n in range(2)]
    assert handed_over(channel, refused) == [Deferred("554 5.7.1")] * 2
    assert channel.down
    channel.open()
    assert handed_over(channel, [*refused, mail("c/s/once/0/9")])[2] == Sent()
    assert not channel.down
    channel.close()


def test_a_connection_serves_many_messages(server: Server) -> None:
    before = len(server.arrived())
    channel = Smtp.at(server.url(connections="2"))
    channel.open()
    for n in range(10):
        handed_over(channel, [mail(f"c/s/once/0/{n}-{m}") for m in range(2)])
    channel.close()
    assert len({one["peer"] for one in server.arrived()[before:]}) == 2


def test_a_server_that_closes_idle_connections_is_dialled_again(tmp_path: Path) -> None:
    with running(tmp_path, idle=0.2) as server:
        channel = Smtp.at(server.url(connections="1"))
        channel.open()
        assert handed_over(channel, [mail("c/s/once/0/1")]) == [Sent()]
        time.sleep(0.5)
        assert handed_over(channel, [mail("c/s/once/0/2")]) == [Sent()]
        channel.close()


def test_a_server_that_is_not_there_defers_everything_and_is_found_when_it_is_back(tmp_path: Path) -> None:
    port = unused_port()
    channel = Smtp.at(f"smtp://localhost:{port}?connections=2")
    channel.open()
    mails = [mail(f"c/s/once/0/{n}") for n in range(2)]
    assert handed_over(channel, mails) == [Deferred("unreachable")] * 2
    assert channel.down
    server = start(tmp_path, port=port)
    channel.open()
    try:
        assert handed_over(channel, mails) == [Sent()] * 2
        assert not channel.down
    finally:
        channel.close()
        server.stop()


def test_a_server_that_dies_between_messages_defers_the_rest(tmp_path: Path) -> None:
    server = start(tmp_path)
    channel = Smtp.at(server.url(connections="1"))
    channel.open()
    assert handed_over(channel, [mail("c/s/once/0/1")]) == [Sent()]
    server.stop()
    assert handed_over(channel, [mail("c/s/once/0/2")]) == [Deferred("unreachable")]
    assert channel.down
    channel.close()


@pytest.mark.parametrize("tls", ["starttls", "immediate"])
def test_tls_and_login(tmp_path: Path, tls: str) -> None:
    with running(tmp_path, tls=tls, login="dienst:s3cr:t/@") as server:
        scheme = "smtp" if tls == "starttls" else "smtps"
        wish = {"starttls": "required"} if tls == "starttls" else {}
        right = server.url(scheme=scheme, login="dienst:s3cr%3At%2F%40", ca=str(CERTIFICATE), **wish)
        assert send(right, "a@example.org", "b@example.org") == [Sent()] * 2
        assert [one["tls"] for one in server.arrived()] == [True, True]

        wrong = server.url(scheme=scheme, login="dienst:guess", ca=str(CERTIFICATE), **wish)
        with pytest.raises(OutreachError, match="refuses the login") as refusal:
            send(wrong, "a@example.org")
        assert "guess" not in str(refusal.value)

        for untrusted in ({}, {"ca": str(CERTIFICATE)}):
            host = "localhost" if not untrusted else "127.0.0.1"
            with pytest.raises(OutreachError, match="certificate cannot be verified"):
                send(server.url(scheme=scheme, host=host, login="dienst:s3cr", **untrusted, **wish), "a@example.org")
        assert len(server.arrived()) == 2


@pytest.mark.parametrize("without", ["", "PLAIN"])
def test_a_login_may_have_any_letters(tmp_path: Path, without: str) -> None:
    with running(tmp_path, tls="immediate", login="diënst:geheïm", without=without) as server:
        right = server.url(scheme="smtps", login="di%C3%ABnst:gehe%C3%AFm", ca=str(CERTIFICATE))
        assert send(right, "a@example.org") == [Sent()]
        with pytest.raises(OutreachError, match="refuses the login"):
            send(server.url(scheme="smtps", login="di%C3%ABnst:gehe%C3%AFn", ca=str(CERTIFICATE)), "a@example.org")


@pytest.mark.parametrize("password", ["geheim", "gehe%C3%AFm"])
def test_a_server_without_a_login_that_we_know_is_told_from_one_that_refuses_it(tmp_path: Path, password: str) -> None:
    with (
        running(tmp_path, tls="immediate", login="dienst:geheim", without="PLAIN LOGIN") as server,
        pytest.raises(OutreachError, match="no login that Outreach knows") as refusal,
    ):
        send(server.url(scheme="smtps", login=f"dienst:{password}", ca=str(CERTIFICATE)), "a@example.org")
    assert "gehe" not in str(refusal.value)


def test_a_port_in_the_clear_is_told_from_a_server_that_is_away(server: Server) -> None:
    with pytest.raises(OutreachError, match="does not speak TLS") as refusal:
        send(server.url(scheme="smtps"), "a@example.org")
    assert "smtp://" in refusal.value.remedy


def test_a_login_is_never_said_in_the_clear_where_tls_was_asked_for(server: Server) -> None:
    for wish in ("required", "optional"):
        with pytest.raises(OutreachError, match="does not offer STARTTLS"):
            send(server.url(login="dienst:geheim", starttls=wish), "a@example.org")


def test_starttls_is_used_where_it_is_offered(tmp_path: Path, server: Server) -> None:
    with running(tmp_path, tls="starttls") as encrypting:
        send(encrypting.url(starttls="optional", ca=str(CERTIFICATE)), "a@example.org")
        assert encrypting.arrived()[0]["tls"]
    before = len(server.arrived())
    assert send(server.url(starttls="optional"), "a@example.org") == [Sent()]
    assert not server.arrived()[before]["tls"]


def test_letters_outside_ascii_need_a_server_that_takes_them(tmp_path: Path, server: Server) -> None:
    before = len(server.arrived())
    assert send(server.url(), "josé@example.org") == [Sent()]
    assert server.arrived()[before]["to"] == "josé@example.org"
    assert "SMTPUTF8" in server.arrived()[before]["options"]
    with running(tmp_path, utf8=False) as old:
        assert send(old.url(), "josé@example.org", "jos@example.org") == [Rejected("smtputf8"), Sent()]
        assert [one["to"] for one in old.arrived()] == ["jos@example.org"]


@pytest.mark.parametrize(
    "recipient", ["a@example.org>\r\nRCPT TO:<b@example.org", "a b@example.org", "a", "a@b\0", "<a@b.c>"]
)
def test_an_address_cannot_be_a_command(server: Server, recipient: str) -> None:
    before = len(server.arrived())
    assert send(server.url(), recipient) == [Rejected("address")]
    assert server.arrived()[before:] == []


def test_our_name_is_the_one_we_were_given(server: Server) -> None:
    before = len(server.arrived())
    send(server.url(ehlo="sender.dienst.example"), "a@example.org")
    assert server.arrived()[before]["name"] == "sender.dienst.example"


def test_a_server_that_never_answers_the_content_leaves_doubt(tmp_path: Path) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    gone = threading.Event()

    def serve() -> None:
        connection, _ = silent.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 hello\r\n")
            for line in lines:
                if line.startswith(b"DATA"):
                    connection.sendall(b"354 go on\r\n")
                    gone.wait(10)
                    return
                connection.sendall(b"250 OK\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}?timeout=5&answer_timeout=0.3&connections=1"
        assert send(url, "a@example.org") == [InDoubt("no_answer")]
    finally:
        gone.set()
        thread.join()
        silent.close()


def test_connections_that_a_server_leaves_without_a_greeting_keep_nobody(tmp_path: Path) -> None:
    """As where it takes so many at once and lets the others stand in the queue."""
    with running(tmp_path) as server, socket.create_server(("127.0.0.1", 0)) as front:
        callers = []

        def stand_between() -> None:
            first, _ = front.accept()
            with first, socket.create_connection(("127.0.0.1", server.port)) as behind:
                back = threading.Thread(target=_copied, args=(behind, first))
                back.start()
                _copied(first, behind)
                back.join()

        def leave_standing() -> None:
            with suppress(OSError):
                while True:
                    callers.append(front.accept())

        thread = threading.Thread(target=lambda: (stand_between(), leave_standing()))
        thread.start()
        began = time.monotonic()
        results = send(f"smtp://127.0.0.1:{front.getsockname()[1]}?connections=4&timeout=30", *["a@example.org"] * 12)
        assert results == [Sent()] * 12
        assert time.monotonic() - began < 15
        front.shutdown(socket.SHUT_RDWR)
        thread.join()
        for caller, _ in callers:
            caller.close()


def _copied(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(4096):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def test_a_server_that_lets_in_few_and_hangs_up_on_them_all_is_not_taken_for_one_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exim's `smtp_accept_max`, and the limits by which it drops a connection after some refusals."""
    monkeypatch.setattr(dialler, "_PAUSE", 0.1)
    listening = socket.create_server(("127.0.0.1", 0))
    guests: list[threading.Thread] = []
    room = threading.Semaphore(1)

    def entertain(connection: socket.socket) -> None:
        contents = 0
        with suppress(OSError), connection, connection.makefile("rb") as lines, ExitStack() as before_it_hangs_up:
            # Whoever dials anew because of that is to find the room free.
            before_it_hangs_up.callback(room.release)
            connection.sendall(b"220 hello\r\n")
            for line in lines:
                connection.sendall(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 OK\r\n")
                if line.startswith(b"DATA"):
                    while lines.readline() not in (b".\r\n", b""):
                        pass
                    connection.sendall(b"250 taken\r\n")
                    contents += 1
                if contents == 3:
                    break

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                if room.acquire(blocking=False):
                    guests.append(threading.Thread(target=entertain, args=[connection]))
                    guests[-1].start()
                else:
                    connection.sendall(b"421 too many connections\r\n")
                    connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}?connections=3"
        assert send(url, *(f"{name}@example.org" for name in "abcdefg")) == [Sent()] * 7
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for one in (thread, *guests):
            one.join()


@pytest.mark.parametrize(
    "url",
    [
        "smtp://",
        "http://localhost",
        "localhost:25",
        "smtp://localhost:port",
        "smtp://u:geheim@localhost:99999",
        "smtp://localhost?starttls=perhaps",
        "smtps://localhost?starttls=off",
        "smtp://localhost?connections=0",
        "smtp://localhost?timeout=soon",
        "smtp://u:geheim@localhost?conections=4",
        "smtp://localhost/path",
        "smtp://localhost?ehlo=a%0d%0aRSET",
        "smtp://localhost?ehlo=two words",
        f"smtp://{'x' * 64}.example",
        "smtp://mail server",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(OutreachError) as refusal:
        Smtp.at(url)
    assert "smtp://user:password@host:587" in refusal.value.remedy
    assert "geheim" not in str(refusal.value)
