"""Where a process's time goes: the stack of its main thread, looked at every few milliseconds of processor time.

A profiler that traces every call makes small functions look expensive; looking now and then does not. What C code takes
counts for the function that called it; waiting takes nothing.
"""

from __future__ import annotations

import signal
import sysconfig
from collections import Counter
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

_EVERY = 0.001
_SHOWN = 40
#: What every path begins with, the longest first.
_ROOTS = (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), str(Path(__file__).parents[2]))


class Samples:
    """What was seen while the `with` block ran."""

    def __init__(self) -> None:
        self._own: Counter[str] = Counter()
        self._whole: Counter[str] = Counter()

    def __enter__(self) -> Self:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def report(self, messages: int, cpu: float) -> str:
        """Microseconds of processor a message, function by function, of `cpu` seconds."""
        one = cpu / messages * 1e6 / max(1, self._own.total())
        lines = []
        for title, seen in (("by itself", self._own), ("with all that it calls", self._whole)):
            lines.append(f"\nµs a message, {title}")
            lines += [f"{count * one:8.1f}  {name}" for name, count in seen.most_common(_SHOWN)]
        return "\n".join(lines)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        names = []
        while frame:
            names.append(_named(frame))
            frame = frame.f_back
        self._own[names[0]] += 1
        self._whole.update(set(names))


def _named(frame: FrameType) -> str:
    path = frame.f_code.co_filename
    for root in _ROOTS:
        path = path.removeprefix(f"{root}/")
    return f"{frame.f_code.co_qualname}  ({path})"
