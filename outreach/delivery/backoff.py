"""How long a message waits that a server did not take now: by what it said, by how often, and spread."""

from __future__ import annotations

import re
import zlib
from datetime import timedelta

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
#: Wait before the next attempt, after the first, the second and so on; the last one serves all that follow. By the
#: beginning of the enhanced status code (RFC 3463), the longest that fits; the empty one fits all.
WAITS: dict[str, tuple[timedelta, ...]] = {
    "": (5 * _MINUTE, 15 * _MINUTE, _HOUR, 4 * _HOUR),
    # The mailbox is full or out of service: its owner has to do something.
    "4.2": (_HOUR, 4 * _HOUR, 12 * _HOUR),
    # Their system is busy, or the way to it.
    "4.3": (2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, 2 * _HOUR),
    "4.4": (2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, 2 * _HOUR),
    # Policy: mostly greylisting, whose waits are five minutes, sometimes ten; a retry too early begins them anew.
    "4.7": (6 * _MINUTE, 12 * _MINUTE, _HOUR, 4 * _HOUR),
}
#: What is said of the connection and not of the message: try again soon.
_LINE = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR)
_OF_THE_LINE = frozenset({"lost", "unreachable", "garbled", "421"})
#: Share of the wait by which rows are spread, so that a mail server that was down is not hit by all at once.
_SPREAD = 0.2
_enhanced = re.compile(r"\d{3} ([245]\.\d{1,3})\.\d{1,3}").match
#: Greylisting says 450 or 451 without an enhanced code where it is old.
_GREY = frozenset({"450", "451"})


def backoff(code: str, row: int, attempts: int) -> timedelta:
    """How long after its `attempts`-th attempt a row is tried again: spread by its id, the same each time."""
    waits = _waits(code)
    share = zlib.crc32(f"{row}/{attempts}".encode()) / 2**32
    return waits[min(attempts, len(waits)) - 1] * (1 + _SPREAD * share)


def _waits(code: str) -> tuple[timedelta, ...]:
    if code in _OF_THE_LINE:
        return _LINE
    if code in _GREY:
        return WAITS["4.7"]
    status = _enhanced(code)
    return WAITS.get(f"4.{status[1][2:]}", WAITS[""]) if status else WAITS[""]
