"""Walking through predicates."""

from __future__ import annotations

from collections.abc import Iterator

from outreach.definitions.model import All, AnyOf, Fact, InSegment, Not, Predicate


def named_segments(predicate: Predicate) -> Iterator[str]:
    """Ids of the segments that a predicate names itself, in order."""
    match predicate:
        case InSegment(segment):
            yield segment
        case Not(part):
            yield from named_segments(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from named_segments(part)
        case Fact():
            return
