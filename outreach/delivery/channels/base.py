"""What a channel is: a way out of the house for a message, and its four possible answers."""

from __future__ import annotations

import time
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


#: A message that was handed over, and what came of it.
Settled = tuple["Mail", Result]


class NothingLeftError(OutreachError):
    """A channel failed and knows that none of the messages it was given has left."""


#: Told how many were done since it was told last.
Progress = Callable[[int], None]


def nothing() -> None:
    """No work."""


class Journal(Protocol):
    """The ledger's side of a channel at work: what is to leave, and the commit without which nothing may.

    A channel takes messages one by one, says through `commit` which are about to leave, lets go those that the answer
    names and no others, and hands in what came of them with a later commit. A message that was taken and not committed
    is given back by whoever made the journal.
    """

    def next(self) -> Mail | float | None:
        """The next message; a number: none before so many seconds from now; None: nothing more will come."""

    def commit(
        self, settled: Sequence[Settled], leaving: Sequence[Mail], meanwhile: Callable[[], None] = nothing
    ) -> Collection[str]:
        """Write down, in one commit, what came of messages and which are about to leave.

        `meanwhile` is done once before it returns, while the database writes where that can be; it may take messages.
        Returns the keys of those of `leaving` that may leave: who was slow may have lost some to another sender.

        Raises:
            OutreachError: the ledger cannot be written to. None of `leaving` may leave; `settled` is kept and written
                down with the next commit that succeeds.
        """

    def answered(self, seconds: float) -> None:
        """A server answered a message's content after so long."""

    def unattempt(self, mails: Sequence[Mail]) -> None:
        """Take back attempts that were committed: it is certain that nothing left, and nobody refused anything."""

    @property
    def stop(self) -> bool:
        """Whether to come to an end: nothing more is taken, what is under way is finished."""

    @property
    def connections(self) -> int:
        """How many messages may be under way at once; it may change while the channel works."""


class Channel(Protocol):
    """A way out for messages. One object serves one sender at a time; open more for more.

    An address never stands in an answer, an error or a log line.
    """

    @property
    def name(self) -> str:
        """As it stands in the ledger."""

    @property
    def server(self) -> str:
        """Which way out it is, for the pace that all senders share: a mail server's host and port."""

    @property
    def connections(self) -> int:
        """How many messages all senders together may have under way there at once; so many may be in doubt."""

    @property
    def rate(self) -> float:
        """Messages a second that all senders together may hand over; 0: as many as it takes."""

    @property
    def down(self) -> bool:
        """True when the last call found nobody to hand messages to, so that trying on is vain for now."""

    def open(self) -> None:
        """Get ready.

        Raises:
            OutreachError: it cannot work until somebody changes something.
        """

    def send(self, journal: Journal) -> None:
        """Hand over what the journal gives, each message to its one recipient, until it has no more or says stop.

        Returns early when it is `down`.

        Raises:
            NothingLeftError: it failed, and none of the messages that were not settled has left.
            OutreachError: the journal's own.
        """

    def known(self, keys: Collection[str]) -> frozenset[str] | None:
        """Which of these deliveries have left; the others have not, for certain. None: this channel cannot know."""

    def close(self) -> None:
        """Give back what `open` took; may be called twice."""


#: Hands over a group of messages; one result for each, in their order.
Group = Callable[[Sequence["Mail"]], Sequence[Result]]


def send_in_groups(
    journal: Journal, size: Callable[[], int], hand_over: Group, is_down: Callable[[], bool] = lambda: False
) -> None:
    """The work of a channel that takes messages by groups of at most `size`: the whole of `Channel.send` for most.

    `size` is asked before each message, for what a journal allows may change.
    """
    settled: list[Settled] = []

    def commit(leaving: Sequence[Mail]) -> Collection[str]:
        # Handed in once, whether the commit succeeds or not: what it cannot write down, the journal keeps.
        handed_in = settled.copy()
        settled.clear()
        return journal.commit(handed_in, leaving)

    def before_waiting() -> None:
        if settled:
            commit(())

    try:
        while not is_down() and (group := _group(journal, size, before_waiting)):
            allowed = commit(group)
            leaving = [mail for mail in group if mail.key in allowed]
            try:
                results = hand_over(leaving)
            except NothingLeftError:
                journal.unattempt(leaving)
                raise
            settled += zip(leaving, results, strict=True)
    finally:
        before_waiting()


def _group(journal: Journal, size: Callable[[], int], before_waiting: Callable[[], None]) -> list[Mail]:
    """The next messages; none when nothing more will come, or it is to stop."""
    group: list[Mail] = []
    while len(group) < size() and not journal.stop:
        found = journal.next()
        if found is None:
            break
        if isinstance(found, float | int):
            if group:
                break
            before_waiting()
            time.sleep(min(found, _NAP))
        else:
            group.append(found)
    return group


#: Longest wait for a message at a stretch, so that a stop is heard.
_NAP = 0.5
