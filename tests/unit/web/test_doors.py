from __future__ import annotations

import logging
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from fastapi import FastAPI, Request

from outreach.definitions.model import Tls, Web
from outreach.errors import OutreachError
from outreach.web import serving
from outreach.web.app import _around, _rates
from outreach.web.serving import served
from tests.contracts.servers import CERTIFICATE


def app(web: Web) -> FastAPI:
    """What holds for every request, around routes that show it."""
    made = FastAPI(middleware=_around(web))

    @made.get("/client")
    async def client(request: Request) -> str:
        return f"{request.url.scheme} {request.client and request.client.host}"

    @made.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @made.get("/slow")
    def slow() -> None:
        time.sleep(1.5)

    @made.get("/fault")
    async def fault() -> None:
        raise ValueError("Lieve Claes, lieve@sociale-dienst.example")

    @made.get("/l/{token}")
    async def follow(token: str) -> str:
        return "led on"

    @made.post("/u/{token}")
    async def unsubscribe(token: str) -> str:
        return "done"

    return made


@contextmanager
def door(web: Web, root: Path = Path()) -> Iterator[str]:
    with served(app(web), "127.0.0.1:0", web, root) as address:
        yield f"http{'s' if web.tls else ''}://{address}"


def ask(method: str, url: str, **more) -> requests.Response:
    return requests.request(method, url, timeout=10, **more)


def test_every_answer_says_that_nothing_runs_and_nothing_is_kept() -> None:
    with door(Web()) as url:
        for answer in (ask("GET", f"{url}/client"), ask("GET", f"{url}/nowhere"), ask("GET", f"{url}/fault")):
            assert "script" not in answer.headers["Content-Security-Policy"]
            policy = answer.headers["Content-Security-Policy"].split("; ")
            assert {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= {*policy}
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Strict-Transport-Security" not in answer.headers
            assert "Server" not in answer.headers


def test_a_body_over_the_limit_is_refused_announced_or_not() -> None:
    with door(Web(body_limit=10)) as url:
        assert ask("POST", f"{url}/size", data=b"x" * 10_000).json() == 10_000
        assert ask("POST", f"{url}/size", data=b"x" * 10_001).status_code == 413
        chunks = (b"x" * 1000 for _ in range(11))
        assert ask("POST", f"{url}/size", data=chunks).status_code == 413


def test_a_request_that_takes_too_long_is_given_up() -> None:
    with door(Web(seconds=1)) as url:
        began = time.monotonic()
        assert ask("GET", f"{url}/slow").status_code == 503
        assert time.monotonic() - began < 1.4


def test_a_body_that_never_ends_is_given_up() -> None:
    with door(Web(seconds=1)) as url, connected(url) as line:
        line.sendall(b"POST /size HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
        assert line.recv(100).startswith(b"HTTP/1.1 503 ")


def test_who_sends_no_whole_head_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_HEAD_WITHIN", 0.2)
    with door(Web()) as url, connected(url) as line:
        line.sendall(b"GET /client HTTP/1.1\r\nHost: x\r\n")
        assert line.recv(100) == b""
    with door(Web()) as url, connected(url) as line:
        line.sendall(b"GET /client HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = line.recv(1000)
        while not answer.endswith(b'"http 127.0.0.1"'):
            answer += line.recv(1000)
        line.sendall(b"GET /client HTTP/1.1\r\n")
        assert line.recv(100) == b""


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as line:
        yield line


def test_a_fault_is_told_by_kind_and_place_and_by_no_word_of_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), door(Web()) as url:
        answer = ask("GET", f"{url}/fault?secret")
    assert (answer.status_code, answer.text) == (500, "Something went wrong here; try again later.\n")
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [ValueError]
    assert not any(word in record.getMessage() for record in caplog.records for word in ("secret", "/fault", "lieve"))


def test_one_client_may_ask_so_often_and_others_are_not_kept() -> None:
    web = Web(requests_per_minute=5, trusted_proxies=("127.0.0.1/32",))
    with door(web) as url:
        statuses = [ask("GET", f"{url}/client", headers={"X-Forwarded-For": "192.0.2.1"}).status_code for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2
        assert ask("GET", f"{url}/client", headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200
        refused = ask("GET", f"{url}/client", headers={"X-Forwarded-For": "10.9.9.9, 192.0.2.1"})
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 12


def test_readers_behind_one_address_follow_links_and_have_pages_left() -> None:
    with door(Web(requests_per_minute=5)) as url, requests.Session() as session:
        assert {session.get(f"{url}/l/token").status_code for _ in range(50)} == {200}
        pages = [session.get(f"{url}/client").status_code for _ in range(6)]
        assert pages == [200] * 5 + [429]
        assert session.get(f"{url}/l/token").status_code == 200
        # Nobody comes to pages by an address that only begins like a link's.
        assert session.get(f"{url}/l").status_code == session.get(f"{url}/links").status_code == 429


def test_a_mail_provider_stops_a_topic_for_many_by_its_one_address() -> None:
    with door(Web(requests_per_minute=5)) as url, requests.Session() as session:
        assert {session.post(f"{url}/u/token").status_code for _ in range(50)} == {200}
        # Pages are for people: each reads them by their own address.
        assert [session.get(f"{url}/u/token").status_code for _ in range(6)][-1] == 429


def test_links_have_a_limit_too_and_never_a_lower_one_than_pages() -> None:
    def granted(web: Web) -> int:
        rates = _rates(web)["crowds"]
        return sum(not rates.take("192.0.2.1") for _ in range(40_000))

    # What fills again while they are taken is a few more.
    assert 30_000 <= granted(Web()) < 32_000
    assert granted(Web(requests_per_minute=100_000)) == 40_000


def test_only_a_trusted_proxy_says_who_asks_and_by_what() -> None:
    told = {"X-Forwarded-For": "198.51.100.7, 192.0.2.1", "X-Forwarded-Proto": "https"}
    with door(Web(trusted_proxies=("127.0.0.0/8",))) as url:
        believed = ask("GET", f"{url}/client", headers=told)
    with door(Web(trusted_proxies=("10.0.0.0/8",))) as url:
        other = ask("GET", f"{url}/client", headers=told)
    with door(Web()) as url:
        nobody = ask("GET", f"{url}/client", headers=told)
    assert believed.json() == "https 192.0.2.1"
    assert believed.headers["Strict-Transport-Security"]
    assert other.json() == nobody.json() == "http 127.0.0.1"
    assert "Strict-Transport-Security" not in nobody.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 200),
    ],
)
def test_a_form_of_another_site_changes_nothing(headers: dict[str, str], status: int) -> None:
    with door(Web()) as url:
        assert ask("POST", f"{url}/size", headers=headers).status_code == status
        assert ask("POST", f"{url}/size", headers={"Origin": url}).status_code == 200
        assert ask("GET", f"{url}/client", headers=headers).status_code == 200
        assert ask("POST", f"{url}/u/token", headers=headers).status_code == 200


def test_it_encrypts_by_itself_with_files_of_the_workspace(tmp_path: Path) -> None:
    shutil.copy(CERTIFICATE, tmp_path / "site.pem")
    with door(Web(tls=Tls("site.pem", "site.pem")), tmp_path) as url:
        answer = ask("GET", f"{url.replace('127.0.0.1', 'localhost')}/client", verify=str(CERTIFICATE))
    assert answer.json().startswith("https ")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_files_for_tls_that_do_not_fit_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "site.pem").write_text("no certificate")
    for name in ("site.pem", "missing.pem"):
        with pytest.raises(OutreachError, match=r"web\.tls"), door(Web(tls=Tls(name, name)), tmp_path):
            pass


def test_an_address_that_is_taken_is_told_at_once() -> None:
    web = Web()
    with served(app(web), "127.0.0.1:0", web, Path()) as address:
        taken = served(app(web), str(address), web, Path())
        with pytest.raises(OutreachError, match="another program"), taken:
            pass


def test_what_was_asked_before_the_end_is_answered() -> None:
    web = Web()
    with served(app(web), "127.0.0.1:0", web, Path()) as address, connected(f"http://{address}") as line:
        line.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        leaving = line.dup()
    assert leaving.recv(100).startswith(b"HTTP/1.1 200 ")
    leaving.close()
