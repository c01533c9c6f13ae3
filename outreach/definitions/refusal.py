"""What a reader of one value says when it cannot accept it, and how a near miss is named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

#: How many of the known names a remedy lists at most.
LISTED = 12


class RefusedError(ValueError):
    """A value was written that cannot be meant: what is wrong with it, and what to write instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` was most likely meant to be, or None."""
    names = {name.casefold(): name for name in sorted(known, reverse=True)}
    # A long word makes difflib slow, and is no near miss of a name anyway.
    written = word.casefold()[:100]
    # Letters that changed places: in a short word difflib finds that far off.
    swapped = [name for name in names if sorted(name) == sorted(written)]
    longer = [name for name in names if len(written) > 3 and name.startswith(written)]
    close = swapped or get_close_matches(written, names, n=1, cutoff=0.7) or longer
    return names[close[0]] if close else None


def advice(word: str, known: Iterable[str], what: str) -> str:
    """A remedy for an unknown name: its nearest neighbour, else the names there are.

    `what` says, in the plural, what kind of names they are: ``segments``.
    """
    names = sorted(known)
    if (near := nearest(word, names)) is not None:
        return f"Did you mean `{near}`?"
    if not names:
        return f"There are no {what} yet."
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"The {what} are: {', '.join(names[:LISTED])}{more}."


def shown(text: object) -> str:
    """A value as it may be quoted in a message: on one line, and not too long."""
    # Not all that `split` takes for a space: a no-break space would be left out, and is what is wrong.
    line = " ".join(re.split("[ \t\r\n]+", str(text).strip(" \t\r\n")))
    line = "".join(char if char.isprintable() else "�" for char in line)
    return f"`{line[:60]}…`" if len(line) > 60 else f"`{line}`"
