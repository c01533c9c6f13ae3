"""No segment is made of itself, directly or through others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outreach.definitions.building import build_segment
from outreach.definitions.checks.filled import Filled
from outreach.definitions.findings import Findings
from outreach.definitions.model import EVERYONE
from outreach.definitions.predicates import named_segments


def check_segments(segments: list[Filled], findings: Findings) -> None:
    """Every cycle is named, and nobody takes the name of the segment that is always there."""
    places = {filled.id: filled.document for filled in segments}
    if EVERYONE in places:
        remedy = "Give the segment another id."
        findings.problem(places[EVERYONE], (EVERYONE,), f"`{EVERYONE}` is always there already", remedy, key=True)
    wheres = {filled.id: build_segment(filled.id, filled.form).where for filled in segments}
    for cycle in cycles({name: tuple(named_segments(where)) for name, where in wheres.items()}):
        way = " → ".join((*cycle, cycle[0]))
        remedy = "Take one of them out of another."
        findings.problem(places[cycle[0]], (cycle[0],), f"the segment is made of itself: {way}", remedy, key=True)


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
