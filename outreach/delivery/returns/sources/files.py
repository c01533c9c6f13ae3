"""Single mails: files that somebody names, and what a mail server pipes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from outreach.delivery.returns.reading import LIMIT
from outreach.delivery.returns.sources.aside import keep
from outreach.delivery.returns.sources.base import Found, Place
from outreach.errors import OutreachError

#: Bytes read at a time of what is passed over.
_CHUNK = 1 << 20
#: Bytes of a piped mail that are kept: the pipe is where it lies, and nowhere else.
_KEPT = 50_000_000


class Files:
    """Files that somebody names; they stay as they are."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths

    def mails(self) -> Iterator[Found]:
        """Each file."""
        for path in self._paths:
            try:
                with path.open("rb") as file:
                    yield Found(str(path), file.read(LIMIT))
            except OSError as error:
                raise OutreachError(
                    f"the mail cannot be read: {error.strerror}", where=str(path), remedy="Name a file that is there."
                ) from None

    def put(self, found: Found, place: Place) -> None:
        """Nothing: whoever named the file has it."""

    def close(self) -> None:
        """Nothing is open."""


class Pipe:
    """One mail on standard input. Whoever pipes it forgets it, so all but what is settled is kept in a folder."""

    def __init__(self, stream: BinaryIO, aside: Path) -> None:
        self._stream = stream
        self._aside = aside
        self._raw = b""

    def mails(self) -> Iterator[Found]:
        """The mail; read to its end, or the mail server would think that we failed."""
        self._raw = self._stream.read(_KEPT)
        while self._stream.read(_CHUNK):
            pass
        yield Found("-", self._raw[:LIMIT])

    def put(self, found: Found, place: Place) -> None:
        """Keep what somebody must look at."""
        if place in ("other", "aside"):
            keep(self._aside, self._raw)

    def close(self) -> None:
        """The stream is not ours."""
