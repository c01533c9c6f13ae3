"""Files that are only appended to: a frame is there whole or not at all, whatever dies in between.

One process at a time appends to a segment (an advisory lock that the system drops with the process), so that
several write at once to one outbox, each to its own. What a crash left half written at the end is cut by the next
writer and passed over by readers.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from outreach.delivery.channels.base import NothingLeftError
from outreach.errors import OutreachError
from outreach.storage.keeping import put, sync_folder

#: A segment of this size gets no more frames.
FULL = 64 * 2**20
SUFFIX = ".mails"

#: Magic, length and CRC-32 of the payload.
_HEAD = struct.Struct("<4sII")
_MAGIC = b"OUT1"


class Frame(NamedTuple):
    """One frame of a segment."""

    start: int
    #: Where the next one starts.
    end: int
    payload: bytes


class Segment:
    """A segment that this process alone appends to."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._end = 0

    def append(self, payload: bytes) -> int:
        """Write a frame, and return its start once it is safe on disk.

        Raises:
            NothingLeftError: it could not be written; nothing of it remains.
        """
        start, frame = self._end, _framed(payload)
        try:
            _write(self._descriptor, frame, start)
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, start)
            raise NothingLeftError(
                f"the outbox cannot be written to: {os.strerror(error.errno or 0)}",
                where=str(self.path),
                remedy="Make room on the disk (or mend it), and run again: nothing of this batch was recorded.",
            ) from None
        self._end = start + len(frame)
        return start

    @property
    def is_full(self) -> bool:
        """True when the next frame belongs into another segment."""
        return self._end >= FULL

    @property
    def is_in_place(self) -> bool:
        """False when another file has been put in place of this one since it was opened."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), self.path.stat())
        except FileNotFoundError:
            return False

    def close(self) -> None:
        """Let another process append."""
        os.close(self._descriptor)

    def take(self) -> bool:
        """Lock it, cut what was half written; False when another process has it, or it is full or damaged."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        size = os.fstat(self._descriptor).st_size
        if size >= FULL:
            return False
        try:
            self._end = max((frame.end for frame in read(self.path)), default=0)
        except OutreachError:
            return False  # readers say so; a new segment serves the writer
        if self._end < size:
            os.ftruncate(self._descriptor, self._end)
            os.fsync(self._descriptor)
        return True


def names(folder: Path) -> list[str]:
    """The segments of an outbox, oldest first."""
    return sorted(entry.name for entry in folder.glob(f"*{SUFFIX}"))


def claim(folder: Path) -> Segment:
    """A segment to append to: the latest that nobody else writes to, or a new one."""
    known = names(folder)
    for name in reversed(known[-16:]):
        if segment := _taken(folder / name, os.O_RDWR):
            return segment
    number = int(known[-1].removesuffix(SUFFIX)) if known else 0
    while True:
        number += 1
        try:
            segment = _taken(folder / f"{number:06}{SUFFIX}", os.O_RDWR | os.O_CREAT | os.O_EXCL)
        except FileExistsError:
            continue
        if segment:
            sync_folder(folder)
            return segment


def read(path: Path, start: int = 0) -> Iterator[Frame]:
    """The whole frames of a segment, from the one that starts at `start`.

    Raises:
        OutreachError: a frame that is not the last one is damaged.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(start)
        while start < size:
            payload = _payload(file.read(_HEAD.size), file)
            end = start + _HEAD.size + len(payload or b"")
            if payload is None:
                _judge(path, start, size)
                return
            yield Frame(start, end, payload)
            start = end


def frame_at(path: Path, start: int) -> Frame:
    """The frame that starts there.

    Raises:
        OutreachError: there is none, or it is damaged.
    """
    for frame in read(path, start):
        return frame
    raise _damage(path, start)


def rewrite(path: Path, payloads: Callable[[Iterator[Frame]], Iterable[bytes]]) -> None:
    """Put a segment with other payloads in place of this one; it is there whole and safe on disk, or not at all.

    Waits for the process that appends to it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        put(path, b"".join(map(_framed, payloads(read(path)))))
    finally:
        os.close(descriptor)


def _framed(payload: bytes) -> bytes:
    return _HEAD.pack(_MAGIC, len(payload), zlib.crc32(payload)) + payload


def _taken(path: Path, flags: int) -> Segment | None:
    segment = Segment(path, os.open(path, flags | os.O_CLOEXEC, 0o600))
    if segment.take() and segment.is_in_place:
        return segment
    segment.close()
    return None


def _write(descriptor: int, data: bytes, at: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, at)
        view, at = view[written:], at + written


def _payload(head: bytes, file: BinaryIO) -> bytes | None:
    """The payload that follows a head; None when either is not whole."""
    if len(head) < _HEAD.size:
        return None
    magic, length, checksum = _HEAD.unpack(head)
    if magic != _MAGIC:
        return None
    payload = file.read(length)
    return payload if len(payload) == length and zlib.crc32(payload) == checksum else None


def _judge(path: Path, start: int, size: int) -> None:
    """Pass over a half-written last frame; a whole frame after the bad one says that it is not the last."""
    rest = path.read_bytes()[start:size]
    at = rest.find(_MAGIC, 1)
    while at >= 0:
        _, length, checksum = _HEAD.unpack_from(rest.ljust(at + _HEAD.size, b"\0"), at)
        body = rest[at + _HEAD.size : at + _HEAD.size + length]
        if len(body) == length and zlib.crc32(body) == checksum and length:
            raise _damage(path, start)
        at = rest.find(_MAGIC, at + 1)


def _damage(path: Path, start: int) -> OutreachError:
    return OutreachError(
        f"the outbox is damaged at byte {start}",
        where=str(path),
        remedy="Put this file back from a backup; all messages before that byte, and in other files, can be read.",
    )
