"""Pulling a roster over real HTTP: all of it or nothing, from the address that was checked, and from nowhere else."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from outreach.definitions.model import Mapping, Pull
from outreach.errors import OutreachError
from outreach.roster.pulling import Order, due, pull_now
from outreach.roster.sources.http.addresses import may_ask
from outreach.roster.sources.http.dialling import NotAllowedError, session
from outreach.roster.sources.http.pages import Means, pull
from outreach.storage.tables import person
from tests.unit.roster.rosters import NOW, WORKSPACE

BRUSSELS = ZoneInfo("Europe/Brussels")
MINE = ("127.0.0.0/8", "::1/128")

#: Ways of writing addresses that lead into somebody's own network, or to nobody's; a resolver takes many of them.
PRIVATE = """
127.0.0.1 127.0.0.2 127.1.2.3 127.255.255.254 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1
017700000001 0177.1 0x7F.0x0.0x0.0x1 0 0.0.0.0 0.0.0.1 0.1.2.3 00 0x0 localhost 10.0.0.0 10.0.0.1 10.1.2.3
10.255.255.255 167772161 0xa000001 012.0.0.1 10.1 0xa.0.0.1 172.16.0.1 172.20.1.1 172.31.255.255 2886729729
0xac100001 172.16.1 192.168.0.1 192.168.1.1 192.168.255.255 3232235521 0xc0a80001 192.168.257 192.11010049
0300.0250.0.1 169.254.0.1 169.254.169.254 2852039166 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 0251.0376.0251.0376
169.254.43518 100.64.0.1 100.100.100.200 100.127.255.255 192.0.0.1 192.0.0.8 192.0.2.1 198.51.100.1
203.0.113.1 198.18.0.1 198.19.255.255 192.88.99.1.0 224.0.0.1 239.255.255.250 232.1.1.1 240.0.0.1 250.1.1.1
255.255.255.255 4294967295 ::1 :: 0:0:0:0:0:0:0:1 ::0:1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1
::ffff:192.168.1.1 ::ffff:169.254.169.254 ::ffff:0:0 ::127.0.0.1 ::7f00:1 ::10.0.0.1 fe80::1 fe80::1%lo
fe90::1 febf::1 fec0::1 feff::1 fc00::1 fd00::1 fd12:3456::1 fdff:ffff::1 ff02::1 ff0e::1 ff05::2 2001:db8::1
2001:db8:ffff::1 2001::1 100::1 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1
64:ff9b:1:fffe::10.0.0.1 2002:7f00:1:: 2002:a00:1:: 2002:c0a8:101:: 2002:a9fe:a9fe::
2001:0:4136:e378:8000:63bf:f5ff:fffe 2001:10::1 3fff::1 5f00::1 4000::1 8000::1
""".split()  # noqa: SIM905  as a list it would fill a page


@contextmanager
def listening():
    """A server that counts who comes to it, and says what it is told to."""
    asked, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1], asked, answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def source():
    with listening() as served:
        yield served


def said(body, status=200, **headers):
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(body).encode()


def means(allowed=MINE, token="", resolver=None, waited=None):
    asking = session(allowed, resolver) if resolver else session(allowed)
    clock = waited if waited is not None else []
    return Means(asking, token, lambda: sum(clock), clock.append)


def people(*numbers):
    return [{"person_id": f"P{number}", "status": "active", "name": {"first": f"An{number}"}} for number in numbers]


# --- which addresses are asked ------------------------------------------------------------------------------


def test_there_are_more_than_a_hundred_spellings():
    assert len(set(PRIVATE)) > 100


@pytest.mark.parametrize("host", PRIVATE)
def test_no_spelling_of_an_address_that_is_not_public_is_dialled(host, monkeypatch):
    def dial(*_):
        raise AssertionError("somebody was dialled")

    monkeypatch.setattr(socket.socket, "connect", dial)
    written = f"[{host}]" if ":" in host else host
    waited = []
    with pytest.raises(OutreachError):  # not allowed; or the resolver knows no such host, and then there is none
        pull(Pull(f"http://{written}/people"), means((), waited=waited))
    if not waited:
        with pytest.raises(NotAllowedError):
            pull(Pull(f"http://{written}/people"), means(()))


@pytest.mark.parametrize("address", ["8.8.8.8", "193.190.130.1", "2a02:2c40::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_asked(address):
    assert may_ask(address)


@pytest.mark.parametrize("address", ["10.20.1.1", "::ffff:10.20.1.1", "64:ff9b::10.20.1.1"])
def test_a_network_that_is_allowed_is_asked_and_its_neighbour_is_not(address):
    assert may_ask(address, ["10.20.0.0/16"])
    assert not may_ask(address, ["10.21.0.0/16"])


def test_a_name_that_changes_its_address_after_the_check_leads_nowhere_else(source):
    port, asked, answers = source
    answers.append(said(people(1)))
    looked_up = []

    def rebinding(_host, port_):
        looked_up.append(port_)
        address = "8.8.8.8" if len(looked_up) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    # Were the name looked up again where the connection is made, the second answer would lead to this machine.
    connect, dialled = socket.socket.connect, []

    def dial(self, address):
        dialled.append(address[0])
        if address[0] != "127.0.0.1":
            raise ConnectionRefusedError
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", dial)
        with pytest.raises(NotAllowedError):
            pull(Pull(f"http://hr.example:{port}/people"), means((), resolver=rebinding))
    assert (dialled, asked) == (["8.8.8.8"], [])


def test_one_private_address_among_public_ones_is_enough_to_ask_nobody(source):
    port, asked, _ = source

    def both(_host, _port):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("8.8.8.8", "127.0.0.1")]

    with pytest.raises(NotAllowedError):
        pull(Pull(f"http://hr.example:{port}/people"), means((), resolver=both))
    assert asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(source, status):
    port, asked, answers = source
    answers.append(said({}, status, Location=f"http://127.0.0.1:{port}/secret"))
    with pytest.raises(OutreachError, match="sends elsewhere"):
        pull(Pull(f"http://127.0.0.1:{port}/people"), means())
    assert [path for path, _ in asked] == ["/people"]


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.2:{port}/x", "https://127.0.0.1:{port}/x", "//other/x", "http://["]
)
def test_a_next_page_elsewhere_is_not_asked_and_the_token_stays_here(source, elsewhere):
    port, asked, answers = source
    answers.append(said({"people": people(1), "next": elsewhere.format(port=port)}))
    with pytest.raises((OutreachError, ValueError)):
        pull(Pull(f"http://127.0.0.1:{port}/people", "people", "next"), means(token="s3cret"))
    assert [headers["Authorization"] for _, headers in asked] == ["Bearer s3cret"]


# --- all of it or nothing -----------------------------------------------------------------------------------


def test_all_pages_are_one_roster_with_members_of_members_as_columns(source):
    port, asked, answers = source
    answers += [
        said({"data": {"people": people(1, 2)}, "paging": {"next": "/people?page=2", "total": 3}}),
        said({"data": {"people": people(3)}, "paging": {"next": None, "total": 3}}),
    ]
    found = pull(Pull(f"http://127.0.0.1:{port}/people", "data.people", "paging.next", "paging.total"), means())
    assert [one["name.first"] for one in found.people] == ["An1", "An2", "An3"]
    assert [path for path, _ in asked] == ["/people", "/people?page=2"]


def test_the_next_page_may_stand_in_the_header(source):
    port, _, answers = source
    answers += [said(people(1), Link=f'<http://127.0.0.1:{port}/p2>; rel="next"'), said(people(2))]
    assert len(pull(Pull(f"http://127.0.0.1:{port}/p1"), means()).people) == 2


CUT = (200, {"Content-Length": "5000", "Connection": "close"}, b'[{"person_id": "P1"}')


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (said({}, 404), "answers 404"),
        (said({}, 500), "answers 500"),
        ((200, {}, b"<html>"), "not JSON"),
        (said({"people": {}}), "no list of people"),
        (said({"people": people(2), "next": "/again"}), "more than 3 pages"),
        (said({"people": []}), "tells of 2 people and names 1"),
        (said({"people": people(2), "pad": "x" * 2_000_000}), "more than 1 MB"),
        (CUT, "cannot be reached"),
    ],
)
def test_what_is_not_the_whole_is_nothing(source, second, why):
    port, _, answers = source
    answers += [said({"people": people(1), "next": "/p2", "total": 2}), second]
    wanted = Pull(f"http://127.0.0.1:{port}/p1", "people", "next", "total", pages=3, megabytes=1)
    with pytest.raises(OutreachError, match=why):
        pull(wanted, means())


def test_a_source_that_is_busy_is_asked_again_after_a_while(source):
    port, asked, answers = source
    answers += [said({}, 503), said({}, 429, Retry_After="7"), said(people(1))]
    waited = []
    assert pull(Pull(f"http://127.0.0.1:{port}/people"), means(waited=waited)).people
    assert (len(asked), waited) == (3, [1.0, 7.0])


def test_the_time_is_limited(source):
    port, asked, answers = source
    answers.append(said({}, 503))
    with pytest.raises(OutreachError, match="more than 2 seconds"):
        pull(Pull(f"http://127.0.0.1:{port}/people", seconds=2), means())
    assert len(asked) == 2


# --- into the roster ----------------------------------------------------------------------------------------


def workspace_of(port, **changes):
    wanted = Pull(f"http://127.0.0.1:{port}/people", allow=MINE, **changes)
    mapping = Mapping({"name.first": "first_name"}, {})
    return replace(WORKSPACE, pulls={"payroll": wanted}, mappings={"payroll": mapping})


def order(now=NOW, **changes):
    return Order("payroll", now, BRUSSELS, "tester", **changes)


def test_a_pull_is_an_import_and_what_has_not_changed_is_not_sent_again(source, database):
    port, asked, answers = source
    answers.append(said(people(1, 2), ETag='"v1"'))
    report = pull_now(database, workspace_of(port), order(), means())
    assert (report.added, report.left) == (2, 0)
    with database.reading() as connection:
        assert connection.scalars(select(person.c.first_name).order_by(person.c.id)).all() == ["An1", "An2"]
    answers[:] = [(304, {}, b"")]
    assert pull_now(database, workspace_of(port), order(), means()) is None
    assert asked[1][1]["If-None-Match"] == '"v1"'
    # Read by another mapping it would say something else.
    answers[:] = [said(people(1, 2))]
    pull_now(database, replace(workspace_of(port), mappings={}), order(), means())
    assert "If-None-Match" not in asked[2][1]


def test_half_a_pull_lets_nobody_go(source, database):
    port, _, answers = source
    answers.append(said({"people": people(*range(20))}))
    wanted = workspace_of(port, items="people", next="next")
    pull_now(database, wanted, order(), means())
    answers[:] = [said({"people": people(1), "next": "/p2"}), said({}, 404)]
    with pytest.raises(OutreachError, match="404"):
        pull_now(database, wanted, order(), means())
    answers[:] = [said({"people": people(1)})]  # and one that looks whole is stopped by the share of leavers
    with pytest.raises(OutreachError, match="19 of the 20 people"):
        pull_now(database, wanted, order(), means())
    with database.reading() as connection:
        assert set(connection.scalars(select(person.c.status))) == {"active"}


def test_a_pull_is_due_once_at_each_of_its_times_and_again_soon_when_it_failed(source, database):
    port, _, answers = source
    wanted = workspace_of(port, at=(time(2, 0),))
    night = datetime(2026, 11, 23, 2, 0, tzinfo=BRUSSELS).astimezone(UTC)

    def is_due(now):
        return due(database, wanted, now, BRUSSELS) == ["payroll"]

    assert is_due(night)
    answers.append(said({}, 404))
    with pytest.raises(OutreachError):
        pull_now(database, wanted, order(night), means())
    assert [is_due(night + timedelta(minutes=minutes)) for minutes in (1, 14, 15)] == [False, False, True]
    answers[:] = [said(people(1))]
    pull_now(database, wanted, order(night + timedelta(minutes=15)), means())
    assert not is_due(night + timedelta(hours=23, minutes=59))
    assert is_due(night + timedelta(days=1))
    assert due(database, workspace_of(port), night, BRUSSELS) == []
