"""Ending in peace: the signals that ask a process to end are heard, and what is under way is finished first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def asked_to_end(ending: threading.Event) -> Iterator[None]:
    """For the length of the block the signals that ask a process to end set the event.

    A second Ctrl-C ends it at once. A second SIGTERM does not: supervisors send it to a process and again to its group.
    """

    def ask(number: int, _frame: FrameType | None) -> None:
        ending.set()
        if number == signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
