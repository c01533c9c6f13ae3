"""How many trials of a kind are made: few in an ordinary run, more where OUTREACH_TRIALS asks for a wider search."""

from __future__ import annotations

import os

#: Asks for the wide numbers.
_WIDE = 120
_ASKED = int(os.environ.get("OUTREACH_TRIALS", "0"))


def amount(usual: int, wide: int) -> int:
    """`usual`, or as many as OUTREACH_TRIALS asks for: `wide` for 120."""
    return max(usual, wide * _ASKED // _WIDE)
