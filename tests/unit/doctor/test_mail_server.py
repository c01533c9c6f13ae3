from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach.delivery.channels.smtp.server import parse
from outreach.doctor.findings import Finding
from outreach.doctor.mail_server import Conversation, converse, judge, size
from outreach.doctor.witnesses import Times
from tests.contracts.servers import CERTIFICATE, Server, running, unused_port

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
TRUST = {"ca": str(CERTIFICATE)}


def look(url: str, now: datetime = NOW) -> dict[str, Finding]:
    server = parse(url)
    return {finding.check: finding for finding in judge(server, converse(server, lambda: now), now)}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mail")) as server:
        yield server


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mail"), tls="starttls", login="robot:hush") as server:
        yield server


@contextmanager
def saying(*lines: bytes) -> Iterator[int]:
    """A server that says these lines, one for the connection and one for each command, and then nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as commands:
                for line in lines:
                    connection.sendall(line)
                    commands.readline()

        thread = threading.Thread(target=talk)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join()


def test_a_server_on_this_machine_may_speak_in_the_clear(plain: Server) -> None:
    found = look(plain.url())
    assert [finding.level for finding in found.values()] == ["ok", "ok", "warn"]
    assert found["mail server: TLS"].saw == "in the clear, as OUTREACH_SMTP_URL says"
    assert "no PIPELINING" in found["mail server: extensions"].saw
    assert "8BITMIME, SMTPUTF8" in found["mail server: extensions"].saw


def test_a_server_with_tls_and_login_is_sound_until_its_certificate_ends(secure: Server) -> None:
    url = secure.url(login="robot:hush", starttls="required", **TRUST)
    found = look(url)
    assert {name: finding.level for name, finding in found.items()} == {
        "mail server": "ok", "mail server: TLS": "ok", "mail server: login": "ok", "mail server: extensions": "warn"
    }  # fmt: skip
    assert found["mail server: TLS"].saw.startswith("TLSv1.")
    ends = datetime.strptime(found["mail server: TLS"].saw[-10:], "%Y-%m-%d").replace(tzinfo=UTC)
    late = look(url, ends - timedelta(days=20))["mail server: TLS"]
    assert (late.level, late.saw.endswith("days")) == ("warn", True)
    assert look(url, ends - timedelta(days=22))["mail server: TLS"].level == "ok"


def test_a_login_may_have_any_letters(tmp_path: Path) -> None:
    with running(tmp_path, tls="immediate", login="diënst:geheïm") as server:
        found = look(server.url(scheme="smtps", login="di%C3%ABnst:gehe%C3%AFm", **TRUST))
    assert found["mail server: login"].level == "ok"


@pytest.mark.parametrize("password", ["geheim", "gehe%C3%AFm"])
def test_a_server_that_offers_no_login_that_we_know_is_told_as_one(tmp_path: Path, password: str) -> None:
    with running(tmp_path, tls="immediate", login="dienst:geheim", without="PLAIN LOGIN") as server:
        found = look(server.url(scheme="smtps", login=f"dienst:{password}", **TRUST))["mail server: login"]
    assert (found.level, "no login that Outreach knows" in found.saw) == ("fail", True)


def test_nothing_arrives_by_looking(secure: Server) -> None:
    look(secure.url(login="robot:hush", starttls="required", **TRUST))
    assert secure.arrived() == []


def test_tls_from_the_first_byte_is_looked_at_the_same(tmp_path: Path) -> None:
    with running(tmp_path, tls="immediate") as server:
        assert look(server.url(scheme="smtps", **TRUST))["mail server: TLS"].level == "ok"
        found = look(server.url(scheme="smtps"))["mail server: TLS"]
        assert (found.level, found.saw.startswith("its certificate does not hold: ")) == ("fail", True)
        assert look(server.url(scheme="smtps", host="127.0.0.1", **TRUST))["mail server: TLS"].level == "fail"


def test_a_login_that_is_refused_is_told_without_it(secure: Server) -> None:
    found = look(secure.url(login="robot:wrong", starttls="required", **TRUST))
    assert found["mail server: login"] == Finding(
        "mail server: login", "fail", "it answers 535", "Correct user and password in OUTREACH_SMTP_URL."
    )
    assert "robot" not in str(found)


def test_a_certificate_that_nobody_here_trusts_is_told_as_one(secure: Server) -> None:
    found = look(secure.url(login="robot:hush", starttls="required"))
    assert found["mail server: TLS"].saw == "its certificate does not hold: self-signed certificate"
    assert list(found) == ["mail server", "mail server: TLS"]


def test_a_server_without_starttls_where_it_is_asked_for_fails(plain: Server) -> None:
    found = look(plain.url(starttls="required"))["mail server: TLS"]
    assert (found.level, found.saw) == ("fail", "it does not offer STARTTLS")
    assert look(plain.url(starttls="optional"))["mail server: TLS"].level == "fail"


def test_nobody_at_that_port_is_told(tmp_path: Path) -> None:
    found = look(f"smtp://localhost:{unused_port()}")
    assert [(finding.level, finding.saw.endswith("connection refused")) for finding in found.values()] == [
        ("fail", True)
    ]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((b"554 5.7.1 an@example.org go away\r\n",), "it answers 554"),
        ((b"220 hello\r\n", b"\xff\xfe\r\n"), "it breaks off the conversation"),
        ((b"220 hello\r\n",), "it breaks off the conversation"),
        ((b"garbage\r\n",), "what it says is no SMTP"),
    ],
)
def test_a_server_that_is_none_is_told_without_its_words(lines: tuple[bytes, ...], told: str) -> None:
    with saying(*lines) as port:
        found = look(f"smtp://127.0.0.1:{port}")["mail server"]
    assert (found.level, told in found.saw, "an@" in found.saw) == ("fail", True, False)


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = look(f"smtp://127.0.0.1:{silent.getsockname()[1]}?timeout=0.2")["mail server"]
    assert found.saw.endswith("it takes the connection and does not greet")


def test_a_port_that_speaks_tls_from_the_start_is_told_to_who_says_smtp(tmp_path: Path) -> None:
    with running(tmp_path, tls="immediate") as server:
        found = look(server.url(starttls="required", timeout="0.5"))["mail server"]
        assert (found.level, "try smtps://" in found.remedy) == ("fail", True)
        assert look(server.url(scheme="smtps", **TRUST))["mail server"].level == "ok"


def test_who_says_smtps_to_a_silent_server_is_not_told_to_say_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        found = look(f"smtps://127.0.0.1:{silent.getsockname()[1]}?timeout=0.2")["mail server"]
    assert (found.saw.endswith("it does not answer"), "smtps" in found.remedy) == (True, False)


def test_a_starttls_that_is_offered_and_refused_is_no_tls() -> None:
    lines = (b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"454 4.7.0 not now\r\n", b"221 bye\r\n")
    with saying(*lines) as port:
        found = look(f"smtp://127.0.0.1:{port}?starttls=required")["mail server: TLS"]
    assert (found.level, found.saw) == ("fail", "it answers 454")


def test_the_time_in_a_greeting_is_read() -> None:
    greeting = b"220 mail.example ESMTP Sendmail 8.18; Sun, 22 Nov 2026 08:00:07 GMT\r\n"
    with saying(greeting, b"250-hi\r\n250 SIZE 1000\r\n", b"221 bye\r\n") as port:
        seen = converse(parse(f"smtp://127.0.0.1:{port}"), lambda: NOW)
    assert seen.times == Times(NOW + timedelta(seconds=7), NOW)
    assert (seen.stage, seen.largest) == ("done", 1000)


@pytest.mark.parametrize(
    ("limit", "largest", "level"),
    [(1000, 999, "ok"), (1000, 1000, "ok"), (1000, 1001, "fail"), (1000, None, "not_checked")],
)
def test_the_largest_message_must_fit(limit: int, largest: int | None, level: str) -> None:
    assert size(limit, largest).level == level


@pytest.mark.parametrize(("told", "limit"), [({"size": "1000"}, 1000), ({"size": ""}, 0), ({"size": "x"}, 0), ({}, 0)])
def test_a_limit_is_a_number_or_none(told: dict[str, str], limit: int) -> None:
    assert Conversation("done", offers=told).largest == limit


def test_what_speaks_no_tls_is_told() -> None:
    with saying(b"220 hello\r\n") as port:
        found = look(f"smtps://127.0.0.1:{port}")["mail server: TLS"]
    assert (found.level, found.saw) == ("fail", "it speaks no TLS that we know")
