from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from outreach.doctor.links import Visit, is_known, judge, visit
from tests.contracts.servers import CERTIFICATE, unused_port
from tests.unit.doctor.zones import nobody, table

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
KNOWN = table({("dienst.example", "A"): ["192.0.2.1"]})
MARK = "0" * 32
ANSWERED = Visit("", NOW + timedelta(days=90))


class Page(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response(404)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return "Sun, 22 Nov 2026 08:00:09 GMT"

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def site(*, tls: bool = False) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Page)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_site_that_answers_anything_tells_its_time_and_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with site(tls=True) as url:
        seen = visit(url, lambda: NOW, MARK)
    assert seen.problem == ""
    assert seen.times == (NOW + timedelta(seconds=9), NOW)
    assert seen.expires_at
    assert seen.expires_at > NOW
    with site() as url:
        assert visit(f"{url}/x/", lambda: NOW, MARK) == Visit("", None, seen.times, is_ours=False)


def test_a_certificate_that_does_not_hold_is_told() -> None:
    with site(tls=True) as url:
        assert visit(url, lambda: NOW, MARK).problem == "its certificate does not hold: self-signed certificate"


def test_a_site_that_is_not_there_is_told() -> None:
    assert (
        visit(f"http://localhost:{unused_port()}", lambda: NOW, MARK).problem
        == "it does not answer (ConnectionRefusedError)"
    )


@pytest.mark.parametrize(
    ("url", "seen", "level", "saw"),
    [
        ("https://dienst.example", ANSWERED, "ok", "https; it answers, and it is ours"),
        ("https://dienst.example", replace(ANSWERED, is_ours=False), "warn", "something else than this installation"),
        ("https://dienst.example", Visit("", NOW + timedelta(days=20)), "warn", "its certificate ends on 2026-12-12"),
        ("https://dienst.example", Visit("it does not answer (timeout)"), "warn", "it does not answer (timeout)"),
        ("http://dienst.example", ANSWERED, "warn", "no https"),
        ("https://elsewhere.example", None, "fail", "DNS knows no such host"),
        ("http://127.0.0.1:8080", ANSWERED, "warn", "127.0.0.1 is of use on your own network alone"),
        ("https://localhost", ANSWERED, "warn", "localhost is of use on your own network alone"),
    ],
)
def test_links_must_be_encrypted_known_and_answered(url: str, seen: Visit | None, level: str, saw: str) -> None:
    found = judge(url, seen, KNOWN, NOW)
    assert (found.level, saw in found.saw) == (level, True)
    assert bool(found.remedy) == (level != "ok")


def test_where_nobody_answers_the_site_is_neither_known_nor_visited() -> None:
    assert not is_known("https://dienst.example", nobody)
    assert judge("https://dienst.example", None, nobody, NOW).level == "not_checked"
    assert is_known("https://dienst.example", KNOWN)
    assert is_known("http://127.0.0.1:1", nobody)
