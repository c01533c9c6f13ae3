"""No segment is made of itself, directly or through others, nor of more than a database can be asked at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outreach.definitions.building import build_segment
from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.model import EVERYONE, All, AnyOf, Fact, InSegment, Not, Predicate
from outreach.definitions.predicates import named_segments

#: Most conditions and names of segments inside one another: SQLite's parser takes little more.
MOST_LEVELS = 32
#: Most facts that one segment asks for, those of the segments that it is made of included.
MOST_FACTS = 1000


def check_segments(segments: list[Filled], findings: Findings) -> None:
    """Every cycle is named, and nobody takes the name of the segment that is always there."""
    places = {filled.id: filled.document for filled in segments}
    if EVERYONE in places:
        remedy = "Give the segment another id."
        findings.problem(places[EVERYONE], (EVERYONE,), f"`{EVERYONE}` is always there already", remedy, key=True)
    wheres = {filled.id: build_segment(filled.id, filled.form).where for filled in segments}
    circles = cycles({name: tuple(named_segments(where)) for name, where in wheres.items()})
    for cycle in circles:
        way = " → ".join((*cycle, cycle[0]))
        remedy = "Take one of them out of another."
        findings.problem(places[cycle[0]], (cycle[0],), f"the segment is made of itself: {way}", remedy, key=True)

    if not circles:
        for name in _oversized(wheres):
            message = f"the segment is made of too much: {MOST_LEVELS} levels and {MOST_FACTS} facts are the most"
            findings.problem(places[name], (name,), message, "Make it of fewer segments.", key=True)


def _oversized(wheres: Mapping[str, Predicate]) -> list[str]:
    """Segments that ask too much, but for those that do so only by the segments that they name."""
    large = {name for name, where in wheres.items() if _facts(where, wheres, 0, 0) > MOST_FACTS}
    return [name for name in wheres if name in large and not large & set(named_segments(wheres[name]))]


def _facts(where: Predicate, wheres: Mapping[str, Predicate], level: int, count: int) -> int:
    """How many facts are asked for, added to `count`; more than the most as soon as they, or the levels, are."""
    if level > MOST_LEVELS:
        return MOST_FACTS + 1
    match where:
        case Fact():
            return count + 1
        case InSegment(name):
            return _facts(wheres[name], wheres, level + 1, count) if name in wheres else count + 1
        case Not(part):
            return _facts(part, wheres, level + 1, count)
        case All(parts) | AnyOf(parts):
            for part in parts:
                if count > MOST_FACTS:
                    break
                count = _facts(part, wheres, level + 1, count)
            return count


def cycles(uses: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Cycles in what uses what: each with its members in order, from the one that is met first.

    Depth first, without recursion: a chain may be as long as the file allows.
    """
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for root in uses:
        trail = [] if root in done else [(root, iter(uses[root]))]
        while trail:
            name = next(trail[-1][1], None)
            if name is None:
                done.add(trail.pop()[0])
            elif name in (way := [step for step, _ in trail]):
                found.append(tuple(way[way.index(name) :]))
            elif name in uses and name not in done:
                trail.append((name, iter(uses[name])))
    return found
