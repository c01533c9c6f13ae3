"""Numbers about few people are not shown, and none from which such a number follows by subtraction.

A count below the limit is hidden, nought among them: "nobody here is in debt help" is news about everybody here.
Groups overlap, so what follows from what is decided exactly: people are sorted into the cells that the groups
cut them into, each group is the sum of its cells, and a hidden group follows from the shown ones when it is
a combination of them. So does the difference of two shown groups of which one holds the other. Then the smallest
shown group that gives it away is hidden as well (complementary suppression).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

#: Combinations are reckoned modulo this prime (2**61 - 1): exact but for a chance of one in 10**18.
_PRIME = (1 << 61) - 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as it may be told: `people` is None where it is hidden."""

    people: int | None
    #: Hidden because it is small itself, or because a small one follows from it.
    suppressed: bool


def shown(count: int, limit: int) -> Shown:
    """One count that stands alone."""
    hidden = count < limit
    return Shown(None if hidden else count, hidden)


def in_words(people: int | None, limit: int) -> str:
    """The count as text: `1,204`, or `< 10`, or `hidden` where it is not known to be small."""
    return f"< {limit}" if people is None else f"{people:,}"


def tell(groups: Sequence[str], cells: Mapping[frozenset[str], int], limit: int) -> dict[str, Shown]:
    """Which of several overlapping counts may be told together.

    `cells` says how many people are in exactly those groups and no others; people in none need not be listed.
    """
    filled = {cell: people for cell, people in cells.items() if people}
    counts = {group: sum(people for cell, people in filled.items() if group in cell) for group in groups}
    told = [group for group in groups if counts[group] >= limit]
    while suspects := _giving_away(groups, told, counts, list(filled), limit):
        told.remove(min(suspects, key=lambda group: (counts[group], group)))
    return {group: Shown(counts[group] if group in told else None, group not in told) for group in groups}


def cells(groups: Sequence[str], rows: Iterable[tuple[Sequence[int], int]], width: int) -> dict[frozenset[str], int]:
    """Cells from rows of (bit masks of `width` groups each, people), as a database counts them."""
    return {
        frozenset(group for i, group in enumerate(groups) if bits[i // width] >> (i % width) & 1): people
        for bits, people in rows
    }


def _giving_away(
    groups: Sequence[str], told: Sequence[str], counts: Mapping[str, int], cells: Sequence[frozenset[str]], limit: int
) -> set[str]:
    """Shown groups that together give a small number away; empty when none do."""
    members = {group: sum(1 << i for i, cell in enumerate(cells) if group in cell) for group in groups}
    for whole, part in permutations(told, 2):
        if 0 < counts[whole] - counts[part] < limit and not members[part] & ~members[whole]:
            return {part}
    # An empty group is the sum of nothing: hiding others would not keep it.
    hidden = [group for group in groups if group not in told and members[group]]
    return _combination(told, hidden, cells)


def _combination(told: Sequence[str], hidden: Sequence[str], cells: Sequence[frozenset[str]]) -> set[str]:
    """The shown groups of which the first derivable hidden one is a combination."""
    # One equation per cell: the shown groups' coefficients, and then what each hidden group has there.
    rows = [list(row) for row in {tuple(int(group in cell) for group in (*told, *hidden)) for cell in cells}]
    pivots = _reduce(rows, len(told))
    for column in range(len(told), len(told) + len(hidden)):
        if not any(row[column] for row in rows[len(pivots) :]):
            return {told[pivot] for row, pivot in zip(rows, pivots, strict=False) if row[column]}
    return set()


def _reduce(rows: list[list[int]], columns: int) -> list[int]:
    """Gauss and Jordan on the first columns, in place, modulo the prime; the pivot column of each leading row."""
    pivots: list[int] = []
    for column in range(columns):
        rank = len(pivots)
        found = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if found is None:
            continue
        rows[rank], rows[found] = rows[found], rows[rank]
        inverse = pow(rows[rank][column], -1, _PRIME)
        rows[rank] = [value * inverse % _PRIME for value in rows[rank]]
        _clear(rows, rank, column)
        pivots.append(column)
    return pivots


def _clear(rows: list[list[int]], rank: int, column: int) -> None:
    lead = rows[rank]
    for i, row in enumerate(rows):
        if i != rank and (factor := row[column]):
            rows[i] = [(value - factor * base) % _PRIME for value, base in zip(row, lead, strict=True)]
