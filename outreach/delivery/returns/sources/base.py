"""What a source of mails is: it gives them, and is told what to do with each once that is safe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

#: settled: nobody need look at it again; other: somebody's, for people to read; aside: it could not be read, and
#: somebody should see why; later: left as it is, for the next time.
Place = Literal["settled", "other", "aside", "later"]


@dataclass(frozen=True, slots=True)
class Found:
    """A mail as a source gives it."""

    #: By which the source, and a person, finds it again; no personal data.
    name: str
    #: At most `reading.LIMIT` bytes of it.
    raw: bytes = field(repr=False)


class Source(Protocol):
    """A place where mails lie. What was taken out of it stays there until `put` says otherwise."""

    def mails(self) -> Iterator[Found]:
        """What is new, each once.

        Raises:
            OutreachError: the source cannot be read.
        """

    def put(self, found: Found, place: Place) -> None:
        """Do with a mail what was decided. What it says was committed before; doing it again must do no harm.

        Raises:
            OutreachError: it cannot be done; the mail will be given again.
        """

    def close(self) -> None:
        """Give back what was opened."""
