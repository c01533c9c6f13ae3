"""Wording: why a person is in a segment or not, in a sentence, from the comparisons that decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from outreach.definitions.fields import DERIVED
from outreach.definitions.model import EVERYONE, All, AnyOf, Day, Fact, InSegment, Not, Predicate, Span
from outreach.roster.segments import Segments
from outreach.storage.tables import person

#: How a day of a person is said: `hired 143 days ago`.
_DAYS = {
    "hired_on": "hired",
    "born_on": "born",
    "retired_on": "retired",
    "contract_ends_on": "contract ends",
}
_OPS = {
    "under": "under",
    "over": "over",
    "at_least": "at least",
    "at_most": "at most",
    "in_last": "in the last",
    "in_next": "in the next",
    "before": "before",
    "after": "after",
}


@dataclass(frozen=True)
class Told:
    """A sentence, and the facts that it rests on."""

    words: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Finding:
    """One comparison that went against the person, or could not be made."""

    segment: str
    fact: Fact
    truth: bool | None


def tell(connection: Connection, segments: Segments, segment: str, who: Row[Any]) -> Told:
    """Why the person is in the segment, is not, or cannot be told: the comparisons that decide it."""
    if not connection.scalar(select(segments.population(segment)).where(person.c.id == who.id)):
        return Told(_status(who.status), {"status": who.status})
    if segment == EVERYONE:
        return Told(f"status is {who.status}", {"status": who.status})
    truths = _truths(connection, segments, segment, who)
    tree = _Tree(segments, truths)
    findings = list(tree.deciding(segments.segments[segment].where, segment))
    facts = {finding.fact.field: _plain(_value(who, segments, finding.fact.field)) for finding in findings}
    words = "; ".join(dict.fromkeys(_sentence(segments, finding, who) for finding in findings))
    return Told(words or f"as `{segment}` says", facts)


def _status(status: str) -> str:
    return {
        "died": "died",
        "left": "left",
        "contact": "a contact of an entity, and the segment does not speak of contacts",
    }.get(status, f"status is {status}")


def _truths(connection: Connection, segments: Segments, segment: str, who: Row[Any]) -> dict[Fact, bool | None]:
    facts = list(dict.fromkeys(segments.facts_of(segment)))
    if not facts:
        return {}
    row = connection.execute(
        select(*(segments.fact(fact).label(f"fact_{number}") for number, fact in enumerate(facts))).where(
            person.c.id == who.id
        )
    ).one()
    return {fact: None if truth is None else bool(truth) for fact, truth in zip(facts, row, strict=True)}


@dataclass(frozen=True)
class _Tree:
    """A segment's comparisons with their truths for one person."""

    segments: Segments
    truths: dict[Fact, bool | None]

    def truth(self, predicate: Predicate) -> bool | None:
        """The predicate's truth by Kleene's tables, as the database reckons it."""
        match predicate:
            case Fact():
                return self.truths[predicate]
            case All(parts):
                return _all([self.truth(part) for part in parts])
            case AnyOf(parts):
                return _not(_all([_not(self.truth(part)) for part in parts]))
            case Not(part):
                return _not(self.truth(part))
            case InSegment(name):
                return True if name == EVERYONE else self.truth(self.segments.segments[name].where)

    def deciding(self, predicate: Predicate, segment: str) -> Iterator[_Finding]:
        """The comparisons that make the predicate what it is, down to the leaves."""
        match predicate:
            case Fact():
                yield _Finding(segment, predicate, self.truths[predicate])
            case All(parts) | AnyOf(parts):
                whole = self.truth(predicate)
                for part in parts:
                    if self.truth(part) is whole:
                        yield from self.deciding(part, segment)
            case Not(part):
                yield from self.deciding(part, segment)
            case InSegment(name) if name != EVERYONE:
                yield from self.deciding(self.segments.segments[name].where, name)
            case InSegment():
                return


def _all(truths: list[bool | None]) -> bool | None:
    return False if False in truths else None if None in truths else True


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _sentence(segments: Segments, finding: _Finding, who: Row[Any]) -> str:
    """`hired 143 days ago, newcomers: in the last 90 days`; `no household on file`."""
    name = finding.fact.field
    value = _value(who, segments, name)
    label = name.replace("_", " ")
    if finding.truth is None or value is None:
        return f"no {DERIVED.get(name, name).replace('_', ' ')} on file"
    if isinstance(value, date):
        said = f"{_DAYS.get(DERIVED.get(name, name), label)} {_distance(value, segments.today)}"
    else:
        said = f"{label} is {value}"
    return f"{said}, {finding.segment}: {_wanted(finding.fact)}"


def _distance(day: date, today: date) -> str:
    days = (today - day).days
    if abs(days) > 730:
        return f"on {day.isoformat()}"
    return "today" if days == 0 else f"{days} days ago" if days > 0 else f"in {-days} days"


def _wanted(fact: Fact) -> str:
    values = [_said(value) for value in fact.values]
    match fact.op:
        case "in":
            return " or ".join(values)
        case "between":
            return f"between {values[0]} and {values[1]}"
        case "missing":
            return "missing" if fact.values[0] else "on file"
        case op:
            unit = " years" if fact.field in DERIVED and not isinstance(fact.values[0], Span) else ""
            return f"{_OPS[op]} {values[0]}{unit}"


def _said(value: object) -> str:
    match value:
        case Span(months, days):
            parts = [f"{months} months"] * bool(months) + [f"{days} days"] * bool(days)
            return " and ".join(parts) or "0 days"
        case Day(fixed, span, sign):
            if fixed:
                return fixed.isoformat()
            if span == Span():
                return "today"
            return f"{_said(span)} ago" if sign < 0 else f"in {_said(span)}"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _value(who: Row[Any], segments: Segments, name: str) -> Any:
    if name in segments.fields:
        return who.attributes.get(name)
    return getattr(who, DERIVED.get(name, name))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
