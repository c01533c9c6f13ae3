from __future__ import annotations

import errno
import os
from datetime import date
from pathlib import Path

import pytest

from outreach.delivery.channels.base import Deferred, NothingLeftError, Sent
from outreach.delivery.channels.handover import Handover, Lists, Name, tables
from outreach.delivery.channels.handover import lists as module
from outreach.errors import OutreachError
from tests.contracts.journals import Journal
from tests.unit.delivery.mails import mail

DAY = date(2026, 11, 22)
FULL = OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    made = Lists(tmp_path / "lists")
    made.make()
    return made


def lines(*numbers: int, campaign: str = "gift") -> dict[str, dict[str, str]]:
    return {f"{campaign}/pack/once/0/{n}": {"first_name": f"An{n}"} for n in numbers}


def files(lists: Lists) -> list[str]:
    return sorted(str(path.relative_to(lists.folder)) for path in lists.folder.rglob("*") if path.is_file())


def test_a_list_is_a_folder_with_the_same_list_twice(lists: Lists) -> None:
    assert lists.write("gift", DAY, lines(1, 2))
    assert files(lists) == [
        ".lock",
        "gift/2026-11-22-1/gift-2026-11-22-1.csv",
        "gift/2026-11-22-1/gift-2026-11-22-1.xlsx",
    ]
    assert lists.keys(Name("gift", DAY, 1)) == set(lines(1, 2))


def test_a_further_list_of_a_day_is_numbered_and_each_campaign_counts_for_itself(lists: Lists) -> None:
    for number in range(1, 12):
        lists.write("gift", DAY, lines(number))
    lists.write("call", DAY, lines(1, campaign="call"))
    lists.write("gift", date(2026, 11, 23), lines(50))
    assert lists.names() == [
        Name("call", DAY, 1),
        *(Name("gift", DAY, number) for number in range(1, 12)),
        Name("gift", date(2026, 11, 23), 1),
    ]


def test_only_this_user_may_look_into_it(lists: Lists) -> None:
    lists.write("gift", DAY, lines(1))
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in (lists.folder, *lists.folder.rglob("*"))}
    assert modes == {True: 0o700, False: 0o600}


def test_what_stands_in_a_list_already_is_not_listed_again(lists: Lists) -> None:
    lists.write("gift", DAY, lines(1, 2))
    assert lists.write("gift", DAY, lines(2, 3))
    assert lists.write("gift", DAY, lines(1, 3))
    assert [lists.keys(name) for name in lists.names()] == [set(lines(1, 2)), set(lines(3))]


@pytest.mark.parametrize("point", ["csv_of", "workbook_of"])
def test_what_was_half_written_is_no_list_and_is_gone_with_the_next(
    lists: Lists, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(tables, point, die)
        with pytest.raises(KeyboardInterrupt):
            lists.write("gift", DAY, lines(1))
    assert lists.names() == []
    assert lists.folder.joinpath("gift").is_dir()
    lists.write("gift", DAY, lines(2))
    assert lists.names() == [Name("gift", DAY, 1)]
    assert not list(lists.folder.glob(".draft-*"))


def test_a_list_saved_anew_by_a_spreadsheet_is_still_read(lists: Lists) -> None:
    lists.write("gift", DAY, lines(1, 2))
    path = lists.folder / Name("gift", DAY, 1).file("csv")
    path.write_bytes(path.read_text("utf-8-sig").replace(";", ",").replace("An1", "Zoë").encode("cp1252"))
    assert lists.keys(Name("gift", DAY, 1)) == set(lines(1, 2))


# --- as a channel --------------------------------------------------------------------------------------------


@pytest.fixture
def channel(lists: Lists) -> Handover:
    made = Handover(lists.folder)
    made.open()
    return made


def test_each_campaign_of_a_run_gets_its_list(lists: Lists, channel: Handover) -> None:
    journal = Journal([mail("gift/pack/once/0/1"), mail("call/call/once/0/1"), mail("gift/pack/once/0/2")])
    channel.send(journal)
    assert journal.counts == {Sent: 3}
    assert [(name, len(lists.keys(name))) for name in lists.names()] == [
        (Name("call", DAY, 1), 1),
        (Name("gift", DAY, 1), 2),
    ]


def test_a_disk_that_is_full_is_said_and_nothing_is_lost(
    lists: Lists, channel: Handover, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise FULL

    monkeypatch.setattr(os, "fsync", full)
    journal = Journal([mail("gift/pack/once/0/1")])
    with pytest.raises(NothingLeftError, match="No space left"):
        channel.send(journal)
    journal.check()
    assert lists.names() == []


def test_a_disk_that_fills_between_two_lists_keeps_the_first_and_defers_the_second(
    lists: Lists, channel: Handover, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Lists.write

    def second(self: Lists, campaign: str, day: date, lines: dict[str, dict[str, str]]) -> bool:
        if campaign == "gift":
            raise FULL
        return write(self, campaign, day, lines)

    monkeypatch.setattr(Lists, "write", second)
    journal = Journal([mail("call/call/once/0/1"), mail("gift/pack/once/0/1")])
    channel.send(journal)
    journal.check()
    assert (journal.ended_as(Sent), journal.ended_as(Deferred)) == ({"call/call/once/0/1"}, {"gift/pack/once/0/1"})
    assert channel.down
    assert channel.known(journal.taken) == {"call/call/once/0/1"}


def test_a_list_that_may_be_lost_with_the_power_is_in_doubt(
    channel: Handover, monkeypatch: pytest.MonkeyPatch, lists: Lists
) -> None:
    sync = module.sync_folder

    def fails_on_the_last(folder: Path) -> None:
        if folder.name == "gift":
            raise FULL
        sync(folder)

    monkeypatch.setattr(module, "sync_folder", fails_on_the_last)
    journal = Journal([mail("gift/pack/once/0/1")])
    channel.send(journal)
    (result,) = journal.results["gift/pack/once/0/1"]
    assert (type(result).__name__, result.code) == ("InDoubt", "disk")  # type: ignore[union-attr]
    assert lists.names() == [Name("gift", DAY, 1)]


def test_without_its_folder_or_with_a_spoilt_list_nobody_can_know(lists: Lists, channel: Handover) -> None:
    lists.write("gift", DAY, lines(1))
    assert channel.known(lines(1, 2)) == set(lines(1))
    path = lists.folder / Name("gift", DAY, 1).file("csv")
    path.write_text("nothing;of;this\n")
    assert channel.known(lines(1, 2)) is None
    assert channel.known(lines(1, campaign="call")) == frozenset()
    assert Handover(lists.folder / "elsewhere").known(lines(1)) is None


def test_a_spoilt_list_holds_up_no_new_one(lists: Lists, channel: Handover) -> None:
    lists.write("gift", DAY, lines(1))
    (lists.folder / Name("gift", DAY, 1).file("csv")).unlink()
    journal = Journal([mail("gift/pack/once/0/2")])
    channel.send(journal)
    assert journal.counts == {Sent: 1}
    assert lists.keys(Name("gift", DAY, 2)) == set(lines(2))


def test_a_folder_that_cannot_be_made_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutreachError) as raised:
        Handover(tmp_path / "file" / "lists").open()
    assert "OUTREACH_HANDOVER" in str(raised.value.remedy)
