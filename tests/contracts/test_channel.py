"""One suite for every way out: what the sender relies on, whichever it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from outreach.delivery.channels import CHANNELS, choose
from outreach.delivery.channels.base import Channel, Deferred, NothingLeftError, Sent
from outreach.delivery.channels.unrecorded import _Unrecorded
from tests.contracts.servers import Server, running, unused_port
from tests.unit.delivery.mails import LETTER, mail, skeleton


@dataclass
class Way:
    """A channel, and what came out at its other end."""

    channel: Channel
    #: Recipient and message, as it arrived.
    arrived: Callable[[], list[tuple[str, bytes]]]
    #: Makes every further message fail for now.
    break_: Callable[[], None]


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mail")) as server:
        yield server


def _outbox(tmp_path: Path) -> Way:
    channel = choose("", tmp_path / "outbox")

    def break_() -> None:
        channel.close()
        (tmp_path / "outbox" / "segments").rename(tmp_path / "elsewhere")
        (tmp_path / "outbox" / "segments").write_text("not a folder")

    return Way(channel, lambda: [(to, text) for _, to, text in channel.messages()], break_)  # type: ignore[attr-defined]


def _smtp(server: Server) -> Way:
    channel = choose(server.url(), Path("unused"))
    before = len(server.arrived())

    def break_() -> None:
        channel.close()
        channel._server = choose(f"smtp://localhost:{unused_port()}", Path("unused"))._server  # type: ignore[attr-defined]

    return Way(channel, lambda: [(one["to"], one["content"]) for one in server.arrived()[before:]], break_)


def handed_over(way: Way, mails):
    journal = _Unrecorded(mails)
    way.channel.send(journal)
    return [journal.results.get(one.key, Deferred("unreachable")) for one in mails]


@pytest.fixture(params=sorted(CHANNELS))
def way(request: pytest.FixtureRequest, tmp_path: Path, plain_server: Server) -> Iterator[Way]:
    made = _outbox(tmp_path) if request.param == "outbox" else _smtp(plain_server)
    made.channel.open()
    yield made
    made.channel.close()


def test_it_has_the_name_under_which_it_stands_in_the_table(way: Way, request: pytest.FixtureRequest) -> None:
    assert way.channel.name in request.node.callspec.params.values()


def test_every_message_arrives_once_to_the_byte_at_its_own_recipient(way: Way) -> None:
    head = b"From: a@dienst.example\r\nX-Lang: \xc3\xa9\r\n\r\n"
    form = skeleton(head, b"\r\n.\r\n..\r\n.x\r\n", b"\r\n", b"\r\nend\r\n")
    mails = [mail(f"c/s/once/0/{n}", f"p{n}@example.org", b"Naam \xc3\xa9 %d" % n, form) for n in range(23)]
    assert list(handed_over(way, mails)) == [Sent()] * 23
    assert sorted(way.arrived()) == sorted((one.recipient, one.to_bytes()) for one in mails)


def test_results_come_one_for_each_message(way: Way) -> None:
    for size in (1, 2, 7):
        assert list(handed_over(way, [mail(f"c/s/once/0/{n}") for n in range(size)])) == [Sent()] * size


def test_sending_nothing_is_nothing(way: Way) -> None:
    assert list(handed_over(way, [])) == []
    assert way.arrived() == []


def test_what_has_left_is_known_or_said_to_be_unknowable(way: Way) -> None:
    handed_over(way, [mail("c/s/once/0/1")])
    assert way.channel.known(["c/s/once/0/1", "c/s/once/0/2"]) in (None, {"c/s/once/0/1"})


def test_it_can_be_closed_twice_and_opened_again(way: Way) -> None:
    handed_over(way, [mail("c/s/once/0/1")])
    way.channel.close()
    way.channel.close()
    way.channel.open()
    assert list(handed_over(way, [mail("c/s/once/0/2")])) == [Sent()]
    assert len(way.arrived()) == 2


def test_a_group_is_of_a_size_that_can_be_handed_over_at_once(way: Way) -> None:
    mails = [mail(f"c/s/once/0/{n}", f"p{n}@example.org") for n in range(20)]
    assert list(handed_over(way, mails)) == [Sent()] * 20
    assert len(way.arrived()) == 20


def test_what_cannot_leave_is_lost_neither_in_silence_nor_at_all(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    way.break_()
    mails = [mail(f"c/s/once/0/{n}", "geheim@example.org", form=LETTER) for n in range(3)]
    if way.channel.name == "outbox":
        with pytest.raises(NothingLeftError) as failure:
            handed_over(way, mails)
        said = str(failure.value)
    else:
        results = list(handed_over(way, mails))
        said = repr(results)
        assert all(isinstance(result, Deferred) for result in results)
        assert way.channel.down
    assert "geheim" not in said + caplog.text
