"""What the doctor says of one thing that was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

#: `fail`: something must be changed; `warn`: somebody should look; `not_checked`: nobody could tell from here.
Level = Literal["ok", "warn", "fail", "not_checked"]
#: From the best to the worst.
LEVELS: tuple[Level, ...] = ("ok", "not_checked", "warn", "fail")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; neither a person nor a secret stands in it."""

    #: What was looked at: `SPF of example.org`.
    check: str
    level: Level
    #: What was seen.
    saw: str
    #: What to do about it; empty where nothing is.
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A part of a finding: one thing that was seen, how bad it is, and what to do."""

    level: Level
    saw: str
    remedy: str = ""


def together(check: str, remarks: Sequence[Remark]) -> Finding:
    """Several remarks as one finding, as bad as the worst of them; what is bad comes first."""
    ordered = sorted(remarks, key=lambda remark: -LEVELS.index(remark.level))
    saw = "; ".join(remark.saw for remark in ordered)
    return Finding(check, ordered[0].level, saw, " ".join(remark.remedy for remark in ordered if remark.remedy))
