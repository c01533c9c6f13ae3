"""Segments decided person by person, with None for unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from outreach.definitions.model import All, AnyOf, Day, Fact, InSegment, Not, Predicate, Segment, Span
from tests.reference import civil

_ENTITLED = {"active", "retired", "survivor"}
_DERIVED = {"age": "born_on", "tenure": "hired_on"}

Facts = Mapping[str, Any]


def member(segments: Mapping[str, Segment], segment: str, person: Facts, today: date) -> bool | None:
    """Whether somebody is in a segment; None where it cannot be decided."""
    if person["status"] in _ENTITLED:
        return _truth(segments, _where(segments, segment), person, today)
    if person["status"] == "contact" and segment != "everyone" and _speaks(segments, _where(segments, segment)):
        return _truth(segments, _where(segments, segment), person, today)
    return False


def _where(segments: Mapping[str, Segment], segment: str) -> Predicate:
    if segment == "everyone":
        return Fact("status", "in", tuple(sorted(_ENTITLED)))
    return segments[segment].where


def _speaks(segments: Mapping[str, Segment], where: Predicate) -> bool:
    """Whether it speaks of contacts: of a role, or of the status `contact`."""
    match where:
        case Fact(field="role"):
            return True
        case Fact(field="status", values=values):
            return "contact" in values
        case All(parts=parts) | AnyOf(parts=parts):
            return any(_speaks(segments, part) for part in parts)
        case Not(part=part):
            return _speaks(segments, part)
        case InSegment(segment="everyone"):
            return False
        case InSegment(segment=segment):
            return _speaks(segments, segments[segment].where)
    return False


def _truth(segments: Mapping[str, Segment], where: Predicate, person: Facts, today: date) -> bool | None:
    match where:
        case All(parts=parts):
            values = [_truth(segments, part, person, today) for part in parts]
            return False if False in values else None if None in values else True
        case AnyOf(parts=parts):
            values = [_truth(segments, part, person, today) for part in parts]
            return True if True in values else None if None in values else False
        case Not(part=part):
            value = _truth(segments, part, person, today)
            return None if value is None else not value
        case InSegment(segment=segment):
            return member(segments, segment, person, today)
        case Fact():
            return _fact(where, person, today)


def _fact(fact: Fact, person: Facts, today: date) -> bool | None:  # noqa: C901  # a table of comparisons
    value = person.get(_DERIVED.get(fact.field, fact.field))
    if fact.op == "missing":
        return (value is None) is fact.values[0]
    if value is None:
        return None
    if fact.field in _DERIVED:
        return _since(fact, value, today)
    values = [civil.resolved(v, today) if isinstance(v, Day) else v for v in fact.values]
    match fact.op:
        case "in":
            return value in values
        case "under" | "before":
            return value < values[0]
        case "over" | "after":
            return value > values[0]
        case "at_least":
            return value >= values[0]
        case "at_most":
            return value <= values[0]
        case "between":
            return values[0] <= value <= values[1]
        case "in_last":
            return civil.minus(today, values[0]) <= value <= today
        case "in_next":
            return today <= value <= civil.plus(today, values[0])
    raise AssertionError(fact.op)


def _since(fact: Fact, day: date, today: date) -> bool:
    """Age and tenure: the time since a day, in completed years or against spans."""
    lower, upper = fact.values[0], fact.values[-1]
    match fact.op:
        case "in":
            return any(_least(day, v, today) and _most(day, v, today) for v in fact.values)
        case "under":
            return not _least(day, lower, today)
        case "at_least":
            return _least(day, lower, today)
        case "at_most":
            return _most(day, lower, today)
        case "over":
            return not _most(day, lower, today)
        case "between":
            return _least(day, lower, today) and _most(day, upper, today)
    raise AssertionError(fact.op)


def _least(day: date, length: object, today: date) -> bool:
    """So long or longer."""
    if isinstance(length, Span):
        return day <= civil.minus(today, length)
    return _years(day, today) >= length


def _most(day: date, length: object, today: date) -> bool:
    """So long or shorter."""
    if isinstance(length, Span):
        return day >= civil.minus(today, length)
    return _years(day, today) <= length


def _years(day: date, today: date) -> int:
    """Completed years: a birthday on 29 February counts on 1 March of other years."""
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
