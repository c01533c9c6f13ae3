"""Messages that stand in no ledger, as those of `test-send`: handed over once, and what came of each is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from outreach.delivery.channels.base import Channel, Deferred, Result, Settled, nothing

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail


class _Unrecorded:
    """A `Journal` that writes nothing down."""

    stop = False
    connections = 4

    def __init__(self, mails: Sequence[Mail]) -> None:
        self._waiting = deque(mails)
        self.results: dict[str, Result] = {}

    def next(self) -> Mail | None:
        return self._waiting.popleft() if self._waiting else None

    def commit(
        self, settled: Sequence[Settled], leaving: Sequence[Mail], meanwhile: Callable[[], None] = nothing
    ) -> Collection[str]:
        self.results.update((mail.key, result) for mail, result in settled)
        meanwhile()
        return {mail.key for mail in leaving}

    def answered(self, seconds: float) -> None:
        """Nobody measures."""

    def unattempt(self, mails: Sequence[Mail]) -> None:
        """Nothing was written down."""


def send_unrecorded(channel: Channel, mails: Sequence[Mail]) -> list[Result]:
    """Hand over messages; one result for each, in their order.

    Raises:
        OutreachError: the channel cannot work until somebody changes something.
    """
    journal = _Unrecorded(mails)
    try:
        channel.open()
        channel.send(journal)
    finally:
        channel.close()
    return [journal.results.get(mail.key, Deferred("unreachable")) for mail in mails]
