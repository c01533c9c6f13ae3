"""Progress of long work: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Self

#: Seconds between two drawings of the bar.
_PACE = 0.1
_WIDTH = 30


class Progress:
    """Called with what is being done, how much of it is done, and how much there is (0: not known).

    Used as a context manager, it leaves a clean line behind.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.shown = sys.stderr.isatty() and not quiet
        self._drawn_at = 0.0
        self._label = ""
        self._done: dict[str, int] = {}

    def __call__(self, label: str, done: int, total: int = 0) -> None:
        """Draw the state, not more often than eyes can follow."""
        if not self.shown:
            return
        now = time.monotonic()
        finished = total > 0 and done >= total
        if label == self._label and not finished and now - self._drawn_at < _PACE:
            return
        self._drawn_at, self._label = now, label
        sys.stderr.write(f"\r\x1b[K{_bar(label, done, total)}")
        sys.stderr.flush()

    def add(self, label: str, more: int) -> None:
        """Draw a stage of which so much more is done."""
        self._done[label] = self._done.get(label, 0) + more
        self(label, self._done[label])

    def adding(self, label: str) -> Callable[[int], None]:
        """The progress of one stage: told how much was done since it was told last."""
        return partial(self.add, label)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self.shown and self._label:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _bar(label: str, done: int, total: int) -> str:
    if not total:
        return f"{label}  {done:,}"
    filled = min(_WIDTH, _WIDTH * done // total)
    return f"{label:<28.28} [{'#' * filled}{'.' * (_WIDTH - filled)}] {done:,} of {total:,}"
