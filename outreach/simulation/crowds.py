"""Which segments people belong to, in a simulation: those of the day on which they were first there.

People are sorted into crowds, one for each combination of segments, so that the year is counted once per crowd and not
once per segment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection, exists, insert, literal, not_, select

from outreach.definitions.fields import ENTITLED
from outreach.definitions.model import EVERYONE, Definitions
from outreach.outcomes.segment_counts import WIDTH, count, mask
from outreach.roster.segments import Segments
from outreach.simulation.tables import crowd
from outreach.storage.tables import person

#: Whom the service may write to: the others get nothing, and are counted nowhere.
_WRITTEN_TO = (*ENTITLED, "contact")


class Crowds:
    """The crowds of one simulation, filled as people come."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        #: `everyone` first, then the others as they are defined.
        self.names: Sequence[str] = list(dict.fromkeys([EVERYONE, *definitions.segments]))
        self._numbers: dict[tuple[int, ...], int] = {}
        #: Segments that are large enough to be told of.
        self.told: frozenset[str] = frozenset()

    def place(self, connection: Connection, today: date) -> None:
        """Sort in who is there and was not before."""
        workspace = self.definitions.workspace
        segments = Segments(self.definitions.segments, workspace.fields, today)
        members = [segments.holds(name).is_(True) for name in self.names]
        parts = [mask(members[i : i + WIDTH]) for i in range(0, len(members), WIDTH)]
        known = exists(select(literal(1)).where(crowd.c.person == person.c.id))
        found = connection.execute(
            select(person.c.id, *parts).where(person.c.status.in_(_WRITTEN_TO), not_(known)).order_by(person.c.id)
        ).all()
        rows = [{"person": row[0], "crowd": self._number(tuple(row[1:]))} for row in found]
        if rows:
            connection.execute(insert(crowd), rows)
        if not self.told:
            sizes = count(connection, segments, self.names, workspace.small_numbers)
            self.told = frozenset(size.segment for size in sizes if size.people is not None)

    def _number(self, bits: tuple[int, ...]) -> int:
        return self._numbers.setdefault(bits, len(self._numbers))

    def segments(self) -> Mapping[int, Sequence[str]]:
        """Crowd -> the segments it is in."""
        return {
            number: [name for i, name in enumerate(self.names) if bits[i // WIDTH] >> (i % WIDTH) & 1]
            for bits, number in self._numbers.items()
        }
