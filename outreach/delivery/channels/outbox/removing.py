"""Taking messages out of an outbox, for good, by whose they are or how old: segments are written anew without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path

from outreach.delivery.channels.outbox import frames, segments
from outreach.delivery.channels.outbox.segments import Frame
from outreach.delivery.channels.outbox.skeletons import Skeletons
from outreach.delivery.keys import parse_key
from outreach.rendering.mail import joined


def remove(folder: Path, person: int, addresses: Iterable[str]) -> int:
    """Remove the messages to a person (by surrogate id), and what only theirs were made of. Returns how many they were.

    `addresses` are theirs: a text that one of them stands in is nobody else's.
    """
    removed = 0
    for name in segments.names(folder / "segments"):
        path = folder / "segments" / name
        mine = sum(_is_of(key, person) for frame in segments.read(path) for key in frames.keys(frame.payload))
        if mine:
            segments.rewrite(path, lambda found: _without(found, person))
            removed += mine
    _forget_places(folder)
    _remove_skeletons(folder / "skeletons", [address.encode() for address in addresses])
    return removed


def remove_before(folder: Path, day: date) -> int:
    """Remove the messages of before that day, as far as whole groups of them are; returns how many they were.

    Texts that they were made of stay: what is in them is nobody's own.
    """
    removed, stored = 0, Skeletons(folder / "skeletons")
    for name in segments.names(folder / "segments"):
        path = folder / "segments" / name
        old = list(_head(path, stored, day))
        if old:
            segments.rewrite(path, partial(_after, old[-1].end))
            removed += sum(len(frames.keys(frame.payload)) for frame in old)
    if removed:
        _forget_places(folder)
    return removed


def _head(path: Path, stored: Skeletons, day: date) -> Iterator[Frame]:
    """The first frames, as long as they are of before that day; what is appended is never older."""
    for frame in segments.read(path):
        first = next(iter(frames.unpack(frame.payload)))
        mail = message_from_bytes(joined(stored.load(first.digest), first.fields))
        if parsedate_to_datetime(mail["Date"]).date() >= day:
            return
        yield frame


def _after(end: int, found: Iterable[Frame]) -> Iterator[bytes]:
    yield from (frame.payload for frame in found if frame.start >= end)


def _forget_places(folder: Path) -> None:
    """The index knows places in the files that were; whoever reads next makes it anew."""
    for file in folder.glob("index.db*"):
        file.unlink(missing_ok=True)


def _without(found: Iterable[Frame], person: int) -> Iterator[bytes]:
    for frame in found:
        if not any(_is_of(key, person) for key in frames.keys(frame.payload)):
            yield frame.payload
        elif rest := [one for one in frames.unpack(frame.payload) if not _is_of(one.key, person)]:
            yield frames.repack(rest)


def _is_of(key: str, person: int) -> bool:
    return parse_key(key).person == person


def _remove_skeletons(folder: Path, addresses: list[bytes]) -> None:
    stored = Skeletons(folder)
    for path in folder.glob("[0-9a-f]*"):
        text = b"".join(stored.load(path.name))
        if any(address in text for address in addresses):
            path.unlink()
