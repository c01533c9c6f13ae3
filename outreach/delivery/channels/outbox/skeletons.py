"""What the messages of one text have in common, stored once under its digest."""

from __future__ import annotations

import json
import os
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.delivery.channels.base import NothingLeftError
from outreach.errors import OutreachError
from outreach.storage.keeping import put

if TYPE_CHECKING:
    from outreach.rendering.mail import Skeleton

_LENGTH = struct.Struct("<I")


class Skeletons:
    """The skeletons of one outbox; two processes may store the same one at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stored: set[str] = set()
        # A few are enough: messages of one text stand together.
        self.load = lru_cache(maxsize=64)(self._load)

    def store(self, skeleton: Skeleton) -> None:
        """Keep it, safe on disk when this returns.

        Raises:
            NothingLeftError: it cannot be written.
        """
        if skeleton.digest in self._stored:
            return
        path = self._folder / skeleton.digest
        if not path.exists():
            self._write(path, _packed(skeleton.chunks))
        self._stored.add(skeleton.digest)

    def _write(self, path: Path, data: bytes) -> None:
        try:
            # A name of a skeleton is a whole skeleton.
            put(path, data)
        except OSError as error:
            raise NothingLeftError(
                f"the outbox cannot be written to: {os.strerror(error.errno or 0)}",
                where=str(self._folder),
                remedy="Make room on the disk (or mend it), and run again: nothing of this batch was recorded.",
            ) from None

    def _load(self, digest: str) -> tuple[bytes, ...]:
        path = self._folder / digest
        try:
            return _unpacked(path.read_bytes())
        except (OSError, zlib.error, struct.error, ValueError) as error:
            raise OutreachError(
                f"a text of the outbox cannot be read ({type(error).__name__})",
                where=str(path),
                remedy="Put this file back from a backup.",
            ) from None


def _packed(chunks: tuple[bytes, ...]) -> bytes:
    head = json.dumps([len(chunk) for chunk in chunks]).encode()
    return zlib.compress(_LENGTH.pack(len(head)) + head + b"".join(chunks), 6)


def _unpacked(data: bytes) -> tuple[bytes, ...]:
    body = zlib.decompress(data)
    at = _LENGTH.size + _LENGTH.unpack_from(body)[0]
    chunks = []
    for length in json.loads(body[_LENGTH.size : at]):
        chunks.append(body[at : at + length])
        at += length
    return tuple(chunks)
