from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.channels.base import NothingLeftError
from outreach.delivery.channels.outbox import Outbox, frames, segments
from outreach.errors import OutreachError
from tests.unit.delivery.mails import LETTER, Mail, mail, message_id, skeleton


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def outbox(folder: Path) -> Outbox:
    made = Outbox(folder)
    made.open()
    return made


def batch(start: int, count: int) -> list[Mail]:
    return [mail(f"c/s/once/0/{n}", f"p{n}@example.org", b"Naam %d" % n) for n in range(start, start + count)]


def only_segment(folder: Path) -> Path:
    (path,) = (folder / "segments").iterdir()
    return path


fields = st.lists(st.one_of(st.integers(0, 3), st.binary(max_size=300)), max_size=30).map(tuple)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.tuples(texts, texts, fields, st.sampled_from([LETTER, skeleton(b"a", b"", b"c", b"d")]))))
def test_a_frame_gives_back_what_went_in(mails: list[tuple[str, str, tuple[int | bytes, ...], object]]) -> None:
    made = [Mail(key, "<m>", "s", to, form, own) for key, to, own, form in mails]  # type: ignore[arg-type]
    packed = frames.pack(made)
    assert [(one.key, one.recipient, one.digest, one.fields) for one in frames.unpack(packed)] == [
        (one.key, one.recipient, one.skeleton.digest, one.fields) for one in made
    ]
    assert frames.keys(packed) == [one.key for one in made]


def test_each_message_is_read_back_by_its_key(outbox: Outbox) -> None:
    mails = batch(0, 1200)
    for start in range(0, 1200, 500):
        outbox.store(mails[start : start + 500])
    for one in (mails[0], mails[499], mails[500], mails[1199]):
        assert outbox.read(one.key) == one.to_bytes()


def test_a_key_that_is_not_there_is_said_to_be_missing(outbox: Outbox) -> None:
    with pytest.raises(OutreachError, match="no message"):
        outbox.read("c/s/once/0/1")
    outbox.store(batch(0, 3))
    with pytest.raises(OutreachError, match="no message"):
        outbox.read("c/s/once/0/4")


def test_a_text_is_stored_once_however_many_get_it(outbox: Outbox, folder: Path) -> None:
    form = skeleton(*(os.urandom(2000) for _ in range(4)))
    for start in range(0, 1000, 100):
        outbox.store([mail(f"c/s/once/0/{n}", form=form) for n in range(start, start + 100)])
    outbox.close()
    assert [path.name for path in (folder / "skeletons").iterdir()] == [form.digest]
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 200_000  # 8 MB of messages


def test_the_index_is_made_anew_when_it_is_gone_or_broken(outbox: Outbox, folder: Path) -> None:
    mails = batch(0, 10)
    outbox.store(mails)
    assert outbox.read(mails[3].key) == mails[3].to_bytes()
    (folder / "index.db").unlink()
    assert outbox.read(mails[4].key) == mails[4].to_bytes()
    (folder / "index.db").write_bytes(b"this is no database, this is a text" * 1000)
    assert outbox.read(mails[5].key) == mails[5].to_bytes()
    outbox.store(batch(10, 1))
    assert outbox.known(["c/s/once/0/10", "c/s/once/0/11"]) == {"c/s/once/0/10"}


@pytest.mark.parametrize("lost", [1, 7, 13, 60])
def test_a_frame_half_written_by_a_crash_is_passed_over_and_cut(outbox: Outbox, folder: Path, lost: int) -> None:
    outbox.store(batch(0, 5))
    whole = only_segment(folder).stat().st_size
    outbox.store(batch(5, 5))
    outbox.close()
    with only_segment(folder).open("r+b") as file:
        file.truncate(whole + lost)
    assert len(list(outbox.messages())) == 5
    assert outbox.known([f"c/s/once/0/{n}" for n in range(10)]) == {f"c/s/once/0/{n}" for n in range(5)}
    outbox.store(batch(10, 5))
    assert sorted(key for key, _, _ in outbox.messages()) == sorted(one.key for one in batch(0, 5) + batch(10, 5))
    assert outbox.read("c/s/once/0/12") == batch(12, 1)[0].to_bytes()


def test_a_last_frame_of_which_a_power_cut_kept_the_length_alone_is_cut(outbox: Outbox, folder: Path) -> None:
    outbox.store(batch(0, 5))
    outbox.store(batch(5, 5))
    outbox.close()
    path = only_segment(folder)
    data = bytearray(path.read_bytes())
    data[-40:] = bytes(40)
    path.write_bytes(data)
    outbox.store(batch(10, 1))
    assert [key for key, _, _ in outbox.messages()] == [f"c/s/once/0/{n}" for n in (0, 1, 2, 3, 4, 10)]


def test_damage_in_the_middle_is_named_and_nothing_is_cut_for_it(outbox: Outbox, folder: Path) -> None:
    outbox.store(batch(0, 5))
    outbox.store(batch(5, 5))
    outbox.close()
    path = only_segment(folder)
    data = bytearray(path.read_bytes())
    data[30] ^= 255
    path.write_bytes(data)
    with pytest.raises(OutreachError, match="damaged at byte 0"):
        list(outbox.messages())
    outbox.store(batch(10, 5))
    assert path.read_bytes() == data
    assert len(segments.names(folder / "segments")) == 2


def test_a_full_disk_records_nothing_and_says_so(outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.store(batch(0, 5))
    size = only_segment(folder).stat().st_size
    write = os.pwrite

    def full(descriptor: int, data: memoryview, at: int) -> int:
        if len(data) < 50:
            raise OSError(errno.ENOSPC, "no space")
        return write(descriptor, data[: len(data) // 2], at)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(NothingLeftError, match="No space left") as failure:
        outbox.store(batch(5, 5))
    assert "Make room" in failure.value.remedy
    assert only_segment(folder).stat().st_size == size
    monkeypatch.undo()
    outbox.store(batch(10, 1))
    assert len(list(outbox.messages())) == 6


def test_a_disk_without_room_for_a_new_text_records_nothing(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NothingLeftError):
        outbox.store(batch(0, 5))
    monkeypatch.undo()
    assert list(outbox.messages()) == []
    outbox.store(batch(0, 5))
    assert len(list(outbox.messages())) == 5


def test_a_new_process_goes_on_in_the_same_file(folder: Path) -> None:
    for turn in range(5):
        outbox = Outbox(folder)
        outbox.open()
        outbox.store(batch(turn, 1))
        outbox.close()
    assert len(segments.names(folder / "segments")) == 1
    assert len(list(outbox.messages())) == 5


def test_two_writers_at_once_have_a_file_each(folder: Path) -> None:
    one, other = Outbox(folder), Outbox(folder)
    for outbox in (one, other):
        outbox.open()
    one.store(batch(0, 2))
    other.store(batch(2, 2))
    one.store(batch(4, 2))
    assert len(segments.names(folder / "segments")) == 2
    assert one.known([f"c/s/once/0/{n}" for n in range(7)]) == {f"c/s/once/0/{n}" for n in range(6)}


def _write_many(folder: Path, start: int) -> None:
    outbox = Outbox(folder)
    outbox.open()
    for turn in range(20):
        outbox.store(batch(start + 10 * turn, 10))
    outbox.close()


def test_processes_write_at_once_and_nothing_is_lost(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_write_many, args=(folder, 1000 * n)) for n in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert {worker.exitcode for worker in workers} == {0}
    found = {key: text for key, _, text in Outbox(folder).messages()}
    expected = [one for n in range(3) for one in batch(1000 * n, 200)]
    assert found == {one.key: one.to_bytes() for one in expected}


def test_a_full_file_is_followed_by_another(outbox: Outbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "FULL", 100)
    for start in range(0, 30, 10):
        outbox.store(batch(start, 10))
    assert len(segments.names(folder / "segments")) == 3
    assert len(list(outbox.messages())) == 30


def test_the_later_of_two_messages_of_a_delivery_is_read(outbox: Outbox) -> None:
    first, second = mail("c/s/once/0/1", name=b"Een"), mail("c/s/once/0/1", name=b"Twee")
    outbox.store([first])
    outbox.store([second])
    assert outbox.read("c/s/once/0/1") == second.to_bytes()
    assert len(list(outbox.messages())) == 2


def test_messages_are_exported_as_files_named_by_their_key(outbox: Outbox, tmp_path: Path) -> None:
    outbox.store([mail("welcome/invitation/entry-1/0/17", "an@example.org")])
    outbox.store([mail("welcome/invitation/entry-1/0/17", "an@example.org")])
    outbox.store(batch(0, 3))
    told: list[int] = []
    assert outbox.export_eml(tmp_path / "eml", told.append) == sum(told) == 5
    names = sorted(path.name for path in (tmp_path / "eml").iterdir())
    assert names == [
        "c.s.once.0.0.eml",
        "c.s.once.0.1.eml",
        "c.s.once.0.2.eml",
        "welcome.invitation.entry-1.0.17.2.eml",
        "welcome.invitation.entry-1.0.17.eml",
    ]
    assert message_id("c/s/once/0/1").encode() in (tmp_path / "eml" / "c.s.once.0.1.eml").read_bytes()


def test_a_missing_text_is_named(outbox: Outbox, folder: Path) -> None:
    outbox.store(batch(0, 1))
    shutil.rmtree(folder / "skeletons")
    with pytest.raises(OutreachError, match="cannot be read"):
        Outbox(folder).read("c/s/once/0/0")


def test_only_its_owner_may_read_an_outbox(outbox: Outbox, folder: Path) -> None:
    outbox.store(batch(0, 1))
    assert folder.stat().st_mode & 0o077 == 0
