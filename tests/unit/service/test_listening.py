from __future__ import annotations

import http.client
import logging
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from outreach.errors import OutreachError
from outreach.service.listening import Address, Answer, listening
from tests.contracts.servers import wait_for

ANYWHERE = Address("127.0.0.1", 0)


def _broken() -> Answer:
    raise ValueError("an@example.org")


PAGES = {"/there": lambda: Answer(200, "text/plain", b"good day\n"), "/broken": _broken}


@pytest.fixture
def where() -> Iterator[Address]:
    with listening(ANYWHERE, PAGES, most=2, limit=0.6) as address:
        yield address


def ask(where: Address, method: str, path: str) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(where.host, where.port, timeout=5)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def answers(where: Address) -> bool:
    try:
        return ask(where, "GET", "/there")[0] == 200
    except ConnectionError:
        return False


@pytest.mark.parametrize("path", ["/there", "/there?x=1"])
def test_a_page_is_shown(where: Address, path: str) -> None:
    assert ask(where, "GET", path)[:2] == (200, b"good day\n")


def test_a_head_is_the_page_without_its_body(where: Address) -> None:
    status, body, headers = ask(where, "HEAD", "/there")
    assert (status, body, headers["Content-Length"]) == (200, b"", "9")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_nothing_can_be_written(where: Address, method: str) -> None:
    status, _, headers = ask(where, method, "/there")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/elsewhere", "/there/", "/../there"])
def test_there_is_no_other_page(where: Address, path: str) -> None:
    assert ask(where, "GET", path)[0] == 404


def test_what_program_and_python_it_is_nobody_learns(where: Address) -> None:
    assert ask(where, "GET", "/there")[2]["Server"].strip() == "outreach"


def test_a_reader_who_sends_byte_after_byte_is_hung_up_on(where: Address) -> None:
    began = time.monotonic()

    def drip(connection: socket.socket) -> None:
        for _ in range(100):
            connection.sendall(b"G")
            time.sleep(0.1)

    with socket.create_connection((where.host, where.port), timeout=10) as slow, pytest.raises(OSError, match=r"\["):
        drip(slow)
    assert time.monotonic() - began < 5


def test_more_readers_than_it_can_serve_do_not_stop_it(where: Address) -> None:
    idle = [socket.create_connection((where.host, where.port), timeout=10) for _ in range(2)]
    with pytest.raises(ConnectionError):
        ask(where, "GET", "/there")
    for one in idle:
        assert one.recv(1) == b""  # hung up on
        one.close()
    wait_for(lambda: answers(where))


def test_a_page_that_fails_is_logged_and_the_next_one_is_shown(
    where: Address, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(ConnectionError):
        ask(where, "GET", "/broken")
    assert ask(where, "GET", "/there")[0] == 200
    assert [record.getMessage() for record in caplog.records] == ["a page could not be made"]


def test_afterwards_nobody_listens_and_no_thread_is_left(where: Address) -> None:
    with listening(ANYWHERE, PAGES) as address:
        assert ask(address, "GET", "/there")[0] == 200
    with pytest.raises(ConnectionRefusedError):
        ask(address, "GET", "/there")
    assert [thread.name for thread in threading.enumerate() if thread.name == "listening"] == ["listening"]


def test_a_port_that_is_taken_is_a_clear_error(where: Address) -> None:
    with pytest.raises(OutreachError, match="another program listens there already") as failure, listening(where, {}):
        pass
    assert failure.value.where == str(where)
    assert "--listen" in failure.value.remedy


def test_an_address_of_another_machine_is_a_clear_error() -> None:
    with pytest.raises(OutreachError, match="no such address"), listening(Address("192.0.2.1", 0), {}):
        pass


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("9464", "127.0.0.1", 9464),
        ("127.0.0.1:9464", "127.0.0.1", 9464),
        (" 0.0.0.0:0 ", "0.0.0.0", 0),
        ("localhost:65535", "localhost", 65535),
        ("[::1]:9464", "::1", 9464),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, host: str, port: int) -> None:
    address = Address.parse(text)
    assert (address.host, address.port) == (host, port)
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    "text", ["", "localhost", "::1:9464", "localhost:", "1:65536", "http://localhost:9464", "a b:1"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(OutreachError, match="cannot be read"):
        Address.parse(text)
