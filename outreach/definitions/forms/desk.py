"""How many a day somebody can answer, as an officer writes it."""

from __future__ import annotations

import re

from outreach.definitions.refusal import RefusedError, shown

EXAMPLES = ("40 a day",)
_MOST = 1_000_000


def parse_per_day(text: str) -> int:
    """`40 a day`.

    Raises:
        RefusedError: it is no number of messages a day.
    """
    found = re.fullmatch(r"([0-9]{1,7}) (?:a|per) day", " ".join(text.casefold().split()))
    if found is None:
        raise RefusedError(f"{shown(text)} does not say how many a day", f"Write for instance `{EXAMPLES[0]}`.")
    number = int(found[1])
    if not 1 <= number <= _MOST:
        raise RefusedError(f"{number} is no limit", f"Write a number from 1 to {_MOST}: `{EXAMPLES[0]}`.")
    return number
