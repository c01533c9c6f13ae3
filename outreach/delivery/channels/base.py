"""What a channel is: a way out of the house for a message, and its four possible answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail


@dataclass(frozen=True, slots=True)
class Sent:
    """It has left, for certain."""


@dataclass(frozen=True, slots=True)
class Deferred:
    """It has not left, for certain, and may be tried again later."""

    #: Three digits and the enhanced status where there is one (`451 4.7.1`), or a word of ours.
    code: str = ""
    #: Not before so long from now; None: the sender's own backoff.
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """It has not left and never will."""

    #: As in `Deferred`.
    code: str = ""


@dataclass(frozen=True, slots=True)
class InDoubt:
    """Nobody here can know whether it has left: the answer to its content never came."""

    #: What happened instead of an answer: a word of ours.
    code: str = ""


Result = Sent | Deferred | Rejected | InDoubt

#: Most messages leave: one object serves them all.
SENT = Sent()


class NothingLeftError(OutreachError):
    """A channel failed and knows that none of the messages it was given has left."""


#: Told how many were done since it was told last.
Progress = Callable[[int], None]


class Channel(Protocol):
    """A way out for messages. One object serves one sender at a time; open more for more.

    An address never stands in an answer, an error or a log line.
    """

    @property
    def name(self) -> str:
        """As it stands in the ledger."""

    @property
    def group(self) -> int:
        """How many messages are handed over in one call: so many may be in doubt when a machine dies."""

    @property
    def patience(self) -> timedelta:
        """How long one call of `send` may take at most: another sender waits so much longer before it takes over."""

    @property
    def down(self) -> bool:
        """True when the last call found nobody to hand messages to, so that trying on is vain for now."""

    def open(self) -> None:
        """Get ready.

        Raises:
            OutreachError: it cannot work until somebody changes something.
        """

    def send(self, mails: Sequence[Mail]) -> Sequence[Result]:
        """Hand over messages, each to its one recipient; one result for each, in their order.

        Raises:
            NothingLeftError: it failed, and none of these messages has left.
        """

    def known(self, keys: Collection[str]) -> frozenset[str] | None:
        """Which of these deliveries have left; the others have not, for certain. None: this channel cannot know."""

    def close(self) -> None:
        """Give back what `open` took; may be called twice."""
