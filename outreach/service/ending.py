"""Ending in peace: the signals that ask a process to end are heard, and what is under way is finished first."""

from __future__ import annotations

import os
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
    heard, told = os.pipe()
    # In a thread: a signal comes between any two steps of the main one, which may hold the event's lock just then.
    thread = threading.Thread(target=_set, args=(heard, ending), name="ending", daemon=True)
    thread.start()

    def ask(number: int, _frame: FrameType | None) -> None:
        os.write(told, b".")
        if number == signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(told)
        thread.join()
        os.close(heard)


def _set(heard: int, ending: threading.Event) -> None:
    """Set the event when something is written to the pipe; go when its other end is closed."""
    if os.read(heard, 1):
        ending.set()
