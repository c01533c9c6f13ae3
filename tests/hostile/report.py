"""What came of a trial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: Characters of what is shown of a violation.
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Report:
    """What was tried, and what broke out."""

    #: Kind and seed.
    name: str
    #: Place -> what is wrong there.
    found: Mapping[str, Sequence[str]]
    #: How many of each were tried, or came of it.
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def violations(self) -> list[str]:
        """All that is wrong."""
        return [f"{place}: {one[:_SHOWN]}" for place, wrong in self.found.items() for one in wrong]
