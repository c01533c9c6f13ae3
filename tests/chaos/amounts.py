"""How many trials of a kind are made: few in an ordinary run, more where OUTREACH_TRIALS asks for a wider search."""

from __future__ import annotations

import os

#: Asks for the wide numbers, as `.ci/run` does.
_WIDE = 60
_ASKED = int(os.environ.get("OUTREACH_TRIALS", "0"))


def amount(usual: int, wide: int) -> int:
    """`usual`, or as many as OUTREACH_TRIALS asks for: `wide` for 60."""
    return max(usual, wide * _ASKED // _WIDE)
