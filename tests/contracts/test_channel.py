"""One suite for every way out: what the sender relies on, whichever it is."""

from __future__ import annotations

import csv
import io
import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.delivery.channels import CHANNELS, Ways
from outreach.delivery.channels.base import Channel, Deferred, NothingLeftError, Rejected, Sent
from outreach.delivery.channels.handover import Lists
from tests.contracts.journals import Journal, JournalError
from tests.contracts.receivers import SECRET, receiving
from tests.contracts.servers import Server, running, unused_port
from tests.unit.delivery.mails import LETTER, Mail, mail, message_id, skeleton


class Arrival(NamedTuple):
    """A message at the other end."""

    message_id: str
    recipient: str
    #: What of the message can be seen there.
    content: object
    #: Whether its commit had been made when it came.
    committed: bool = True


@dataclass
class Way:
    """A channel, and what came out at its other end."""

    channel: Channel
    arrived: Callable[[], list[Arrival]]
    #: What of a message can be seen at the other end.
    seen: Callable[[Mail], object]
    #: The same channel, opened, and then with nobody at the other end.
    unreachable: Callable[[], Channel]
    #: Where the other end looks up what is committed.
    committed: Path

    def journal(self, script: Sequence[Mail | float], **settings: Any) -> Journal:
        """A journal that takes its time, so that what leaves early is seen to."""

        def before_commit(leaving: Sequence[Mail]) -> None:
            time.sleep(0.01)
            assert not {one.message_id for one in leaving} & set(self.ids)

        return Journal(list(script), self.committed, before_commit=before_commit, **settings)

    def send(self, script: Sequence[Mail | float], **settings: Any) -> Journal:
        journal = self.journal(script, **settings)
        self.channel.send(journal)
        return journal

    def check(self, journal: Journal) -> None:
        """What arrived is what was let go, once each; only of what is in doubt nobody knows."""
        journal.check()
        arrived = [one for one in self.arrived() if one.message_id in {message_id(key) for key in journal.taken}]
        assert all(one.committed for one in arrived)
        ids = Counter(one.message_id for one in arrived)
        assert set(ids.values()) <= {1}
        assert ids.keys() <= {message_id(key) for key in journal.let_go}
        assert {message_id(key) for key in journal.ended_as(Sent)} <= ids.keys()
        assert not ids.keys() & {message_id(key) for key in journal.ended_as(Deferred, Rejected)}

    @property
    def ids(self) -> list[str]:
        return [one.message_id for one in self.arrived()]


def clock() -> datetime:
    return datetime.now(UTC)


def made(
    name: str, *, smtp: str = "", outbox: Path = Path("unused"), webhook: str = "", handover: Path = Path("unused")
) -> Channel:
    return CHANNELS[name](Ways(smtp, outbox, webhook, SECRET, handover), clock)


def opened(channel: Channel) -> Channel:
    channel.open()
    return channel


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("mail"), pipelining=True) as server:
        yield server


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with receiving(tmp_path_factory.mktemp("hook")) as receiver:
        yield receiver


def _outbox(request: pytest.FixtureRequest, folder: Path) -> Way:
    channel: Any = made("outbox", outbox=folder / "outbox")

    def arrived() -> list[Arrival]:
        return [Arrival(message_id(key), to, content) for key, to, content in channel.messages()]

    def unreachable() -> Channel:
        (folder / "outbox" / "segments").rename(folder / "elsewhere")
        (folder / "outbox" / "segments").write_text("not a folder")
        return channel

    return Way(channel, arrived, Mail.to_bytes, unreachable, folder / "committed")


def _smtp(request: pytest.FixtureRequest, folder: Path) -> Way:
    server: Server = request.getfixturevalue("mail_server")
    before = len(server.arrived())

    def arrived() -> list[Arrival]:
        return [
            Arrival(message_from_bytes(one["content"])["Message-ID"], one["to"], one["content"], one["committed"])
            for one in server.arrived()[before:]
        ]

    def unreachable() -> Channel:
        return opened(made("smtp", smtp=f"smtp://localhost:{unused_port()}"))

    return Way(made("smtp", smtp=server.url()), arrived, Mail.to_bytes, unreachable, server.folder / "committed")


def _webhook(request: pytest.FixtureRequest, folder: Path) -> Way:
    receiver = request.getfixturevalue("receiver")
    before = len(receiver.arrived())

    def arrived() -> list[Arrival]:
        found = [(one, one["message"]) for one in receiver.arrived()[before:]]
        return [
            Arrival(message["message_id"], message["recipient"], message["text"], one["committed"])
            for one, message in found
        ]

    def unreachable() -> Channel:
        return opened(made("webhook", webhook=f"http://localhost:{unused_port()}/hook"))

    return Way(made("webhook", webhook=receiver.url()), arrived, _words, unreachable, receiver.committed)


def _handover(request: pytest.FixtureRequest, folder: Path) -> Way:
    lists = Lists(folder / "handover")

    def arrived() -> list[Arrival]:
        files = [lists.folder / name.file("csv") for name in lists.names()] if lists.exists() else []
        lines = [
            line for file in files for line in csv.DictReader(io.StringIO(file.read_text("utf-8-sig")), delimiter=";")
        ]
        return [Arrival(message_id(line["key"]), line["recipient"], line["text"]) for line in lines]

    def unreachable() -> Channel:
        shutil.rmtree(lists.folder)
        lists.folder.write_text("not a folder")
        return channel

    channel = made("handover", handover=lists.folder)
    return Way(
        channel,
        arrived,
        lambda one: dict(one.line.cells)["text"] if one.line else "",
        unreachable,
        folder / "committed",
    )


def _words(one: Mail) -> str:
    return one.to_bytes().partition(b"\r\n\r\n")[2].decode().replace("\r\n", "\n")


WAYS = {"outbox": _outbox, "smtp": _smtp, "webhook": _webhook, "handover": _handover}
#: Channels that write what is there whole or not at all: nothing is in doubt, however much is written at once.
ON_DISK = ("outbox", "handover")


@pytest.fixture(params=sorted(CHANNELS))
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Way]:
    found = WAYS[request.param](request, tmp_path)
    yield replace(found, channel=opened(found.channel))
    found.channel.close()


_numbers = count(1)


def mails(number: int, form: Any = LETTER, name: bytes = b"An") -> list[Mail]:
    """So many messages that no other test has."""
    return [mail(f"c/s/once/0/{n}", f"p{n}@example.org", name, form) for n in (next(_numbers) for _ in range(number))]


def test_it_has_the_name_under_which_it_stands_in_the_table(way: Way, request: pytest.FixtureRequest) -> None:
    assert way.channel.name in request.node.callspec.params.values()


def test_it_says_which_way_out_it_is_and_how_much_it_takes(way: Way) -> None:
    assert way.channel.server
    assert way.channel.connections >= 1
    assert way.channel.rate >= 0


def test_every_message_arrives_once_as_it_is_at_its_own_recipient(way: Way) -> None:
    head = b"From: a@dienst.example\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"
    form = skeleton(head + b"To: ", b"\r\nMessage-ID: ", b"\r\n\r\n.\r\n..\r\n.x\r\nDag ", b"\r\n.\r\nend\r\n")
    sent = mails(23, form, "Zoë".encode())
    journal = way.send(sent)
    journal.check()
    assert journal.counts == {Sent: 23}
    assert sorted((one.recipient, one.content) for one in way.arrived()) == sorted(
        (one.recipient, way.seen(one)) for one in sent
    )


def test_nothing_leaves_before_the_commit_that_names_it(way: Way) -> None:
    sent = mails(40)
    way.send(sent)
    assert sorted(way.ids) == sorted(one.message_id for one in sent)
    assert all(one.committed for one in way.arrived())


def test_what_is_another_senders_by_then_never_leaves(way: Way) -> None:
    sent = mails(24)
    lost = {one.key for one in sent[::3]} | {one.key for one in sent[:9]}
    journal = way.send(sent, lost=lost)
    journal.check()
    assert sorted(way.ids) == sorted(one.message_id for one in sent if one.key not in lost)


def test_no_more_are_under_way_than_the_journal_allows(way: Way) -> None:
    journal = way.send(mails(24), limit=lambda _: 3)
    way.check(journal)
    assert journal.counts == {Sent: 24}
    if way.channel.name not in ON_DISK:
        assert journal.most <= 3


def test_when_fewer_are_allowed_the_channel_comes_down_to_that_soon(way: Way) -> None:
    late: list[int] = []
    journal = way.journal(mails(60), limit=lambda commits: 4 if commits < 4 else 1)
    journal.before_commit = lambda _: late.append(len(journal.under_way)) if journal.commits > 20 else None
    way.channel.send(journal)
    way.check(journal)
    assert way.channel.name in ON_DISK or (late and max(late) <= 1)


def test_a_stop_is_heard_and_what_is_under_way_is_finished(way: Way) -> None:
    sent = mails(12)
    journal = way.send([one for two in sent for one in (two, 0.01)], stops_after=2, limit=lambda _: 2)
    journal.check()
    assert journal.asked_in_vain == 0
    assert journal.script
    assert len(way.ids) == len(journal.let_go) < 12


def test_a_journal_that_stops_before_anything_is_asked_for_nothing(way: Way) -> None:
    journal = way.send(mails(2), stops_after=0)
    assert journal.asked == 0
    assert way.arrived() == []


@pytest.mark.parametrize("number", [0, 1, 2])
def test_when_the_journal_fails_nothing_leaves_any_more(way: Way, number: int) -> None:
    script: list[Mail | float] = [one for two in mails(12) for one in (two, 0.01)]
    journal = way.journal(script, failing={number}, limit=lambda _: 2)
    with pytest.raises(JournalError):
        way.channel.send(journal)
    way.check(journal)
    assert journal.script


def test_what_is_under_way_when_the_journal_fails_is_not_forgotten(way: Way) -> None:
    slow = [replace(one, recipient="slow@example.org") for one in mails(2)]
    journal = way.journal([slow[0], 0.05, *mails(1), 0.01, slow[1], 0.05, *mails(8)], failing={1, 3}, limit=lambda _: 2)
    with pytest.raises(JournalError):
        way.channel.send(journal)
    way.check(journal)


def test_when_the_journal_fails_for_good_what_came_of_messages_is_handed_in_once(way: Way) -> None:
    script: list[Mail | float] = [one for two in mails(12) for one in (two, 0.01)]
    journal = way.journal(script, failing=range(2, 1000), limit=lambda _: 2)
    with pytest.raises(JournalError):
        way.channel.send(journal)
    way.check(journal)


def test_a_wait_is_waited_for_and_what_came_before_it_is_written_down_meanwhile(way: Way) -> None:
    first, second, third = mails(3)
    started = time.monotonic()
    journal = way.send([first, 0.6, second, third, 0.6])
    journal.check()
    assert journal.waited == [set(), set()]
    assert time.monotonic() - started >= 1.2
    assert journal.asked < 100
    assert len(way.ids) == 3


def test_how_long_answers_took_is_told(way: Way) -> None:
    journal = way.send([replace(one, recipient="slow@example.org") for one in mails(2)])
    if way.channel.name not in ON_DISK:  # nobody answers there
        assert len(journal.waits) == 2
        assert all(0.3 <= seconds < 10 for seconds in journal.waits)


def test_without_a_message_nothing_is_done(way: Way) -> None:
    journal = way.send([])
    assert (journal.let_go, way.arrived(), way.channel.down) == ([], [], False)


def test_what_has_left_is_known_or_said_to_be_unknowable(way: Way) -> None:
    sent, not_sent = mails(2)
    way.send([sent])
    assert way.channel.known([sent.key, not_sent.key]) in (None, {sent.key})


def test_it_can_be_closed_twice_and_opened_again(way: Way) -> None:
    way.send(mails(1))
    way.channel.close()
    way.channel.close()
    way.channel.open()
    way.send(mails(1)).check()
    assert len(way.arrived()) == 2


def test_with_nobody_there_nothing_is_lost_and_it_gives_up_soon(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hidden = [mail(one.key, "geheim@example.org", b"Geheim") for one in mails(1200)]
    journal = way.journal(hidden)
    channel, said = way.unreachable(), ""
    try:
        channel.send(journal)
    except NothingLeftError as error:
        said = str(error)
    channel.close()
    assert said or channel.down
    journal.check()
    assert set(journal.counts) <= {Deferred}
    assert journal.script
    assert "geheim" not in f"{said}{journal.results}{caplog.text}".casefold()


waits = st.sampled_from((0.0, 0.01))
stories = st.fixed_dictionaries(
    {
        "script": st.lists(st.one_of(st.booleans(), st.booleans(), waits), max_size=14),
        "failing": st.sets(st.integers(0, 9), max_size=2),
        "stops_after": st.none() | st.integers(0, 8),
        "limit": st.integers(1, 4),
    }
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories)
def test_whatever_the_journal_does_each_message_ends_once_and_leaves_only_if_it_may(
    way: Way, story: dict[str, Any]
) -> None:
    """True in a script is a message, False one that the commit refuses, a number a wait."""
    script = [one if isinstance(one, float) else mails(1)[0] for one in story["script"]]
    lost = {one.key for one, kind in zip(script, story["script"], strict=True) if kind is False}
    journal = way.journal(
        script,
        lost=lost,
        failing=story["failing"],
        stops_after=story["stops_after"],
        limit=lambda _: story["limit"],
    )
    way.channel.open()
    with suppress(JournalError):
        way.channel.send(journal)
    way.channel.close()
    way.check(journal)
    assert journal.asked_in_vain == 0
    assert way.channel.name in ON_DISK or journal.most <= story["limit"]
