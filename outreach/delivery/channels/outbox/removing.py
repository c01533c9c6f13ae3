"""Taking somebody's messages out of an outbox, for good: segments are written anew without them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from outreach.delivery.channels.outbox import frames, segments
from outreach.delivery.channels.outbox.segments import Frame
from outreach.delivery.channels.outbox.skeletons import Skeletons
from outreach.delivery.keys import parse_key


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
    # It knows places in the files that were; whoever reads next makes it anew.
    for file in folder.glob("index.db*"):
        file.unlink(missing_ok=True)
    _remove_skeletons(folder / "skeletons", [address.encode() for address in addresses])
    return removed


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
