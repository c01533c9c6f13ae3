"""How many people are in each segment, in one pass over the roster, told by the small-number rule."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from sqlalchemy import BigInteger, ColumnElement, Connection, case, func, literal, select

from outreach.outcomes.small_numbers import cells, tell
from outreach.roster.segments import Segments, Truth
from outreach.storage.tables import person

#: Segments to a mask: a BIGINT has 63 bits and no sign to spare.
WIDTH = 60


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """A segment's size as it may be told."""

    segment: str
    #: None where the number is hidden.
    people: int | None
    #: People for whom a missing fact leaves it open; None where the number is hidden.
    indeterminate: int | None
    #: One of the two is hidden.
    suppressed: bool


def count(connection: Connection, segments: Segments, names: Sequence[str], limit: int) -> list[SegmentCount]:
    """The sizes of those segments today."""
    groups = [*names, *(_open(name) for name in names)]
    holds = [segments.holds(name) for name in names]
    found = cells(groups, _masks(connection, [*(h.is_(True) for h in holds), *(h.is_(None) for h in holds)]), WIDTH)
    sizes = {group: sum(people for cell, people in found.items() if group in cell) for group in groups}
    told = {group: shown.people for group, shown in tell(groups, found, limit).items()}
    # That nobody is left open says something about the files, not about a person.
    told |= {_open(name): 0 for name in names if sizes[_open(name)] == 0}
    return [_counted(name, told) for name in names]


def _masks(connection: Connection, members: Sequence[Truth]) -> list[tuple[list[int], int]]:
    """How many people there are for each combination of truths, these as bits."""
    parts = [members[i : i + WIDTH] for i in range(0, len(members), WIDTH)]
    sorted_out = select(*(mask(part).label(f"mask_{i}") for i, part in enumerate(parts))).select_from(person).subquery()
    query = select(*sorted_out.c, func.count()).group_by(*sorted_out.c)
    return [(list(row[:-1]), row[-1]) for row in connection.execute(query)]


def mask(members: Sequence[Truth]) -> ColumnElement[int]:
    """Which of at most `WIDTH` truths hold of a person, as bits."""
    bits = [
        case((member, literal(1 << i, BigInteger)), else_=literal(0, BigInteger)) for i, member in enumerate(members)
    ]
    return reduce(operator.add, bits)


def _counted(name: str, told: Mapping[str, int | None]) -> SegmentCount:
    people, indeterminate = told[name], told[_open(name)]
    return SegmentCount(name, people, indeterminate, people is None or indeterminate is None)


def _open(name: str) -> str:
    """The group of those who are indeterminate; no segment's id has a question mark."""
    return f"{name}?"
