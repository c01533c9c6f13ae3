"""Windows: the hours of the week in which messages may leave, as an officer writes them."""

from __future__ import annotations

import calendar
import re
from datetime import time

from outreach.definitions.model import Window
from outreach.definitions.refusal import RefusedError, nearest, shown
from outreach.definitions.spans import parse_time

EXAMPLES = ("mon-fri 08:00-18:00", "mon,wed 09:00-12:00", "sat 10:00-24:00")

_WINDOW = re.compile(r"([a-z, -]+?) ?([0-9]{1,2}:[0-9]{2}) ?- ?([0-9]{1,2}:[0-9]{2})")
_REMEDY = "Write days and hours: `mon-fri 08:00-18:00`."
#: `mon` and `monday` -> 0, and so on.
_DAYS = {
    name: number
    for number, long in enumerate(calendar.day_name)
    for name in (long.casefold(), long[:3].casefold())
}  # fmt: skip


def parse_window(text: str) -> Window:
    """`mon-fri 08:00-18:00` as a Window.

    Raises:
        RefusedError: it is none, or ends before it begins.
    """
    words = " ".join(text.casefold().split())
    match = _WINDOW.fullmatch(words)
    if not match:
        raise RefusedError(f"{shown(text)} is no window", _REMEDY)
    opens, closes = parse_time(match[2]), time(0) if match[3] == "24:00" else parse_time(match[3])
    if closes <= opens and match[3] != "24:00":
        remedy = "Write when it ends on the same day; for a night two windows, one until 24:00 and one from 00:00."
        raise RefusedError(f"{shown(text)} ends before it begins", remedy)
    days = {day for part in match[1].split(",") for day in _range(part.strip(), text)}
    return Window(words, tuple(sorted(days)), opens, closes)


def _range(part: str, text: str) -> list[int]:
    """`mon`, or from one day on to another, over the end of the week too: `fri-mon`."""
    first, *rest = (_day(name.strip(), text) for name in part.split("-"))
    if len(rest) > 1:
        raise RefusedError(f"{shown(text)} is no window", _REMEDY)
    last = rest[0] if rest else first
    return [(first + count) % 7 for count in range((last - first) % 7 + 1)]


def _day(name: str, text: str) -> int:
    if name not in _DAYS:
        near = nearest(name, _DAYS)
        message = f"{shown(name)} in {shown(text)} is no day of the week"
        raise RefusedError(message, f"Did you mean `{near}`?" if near else _REMEDY)
    return _DAYS[name]
