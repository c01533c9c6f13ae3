"""Segments as SQL: one predicate on `person` with three values, true, false and unknown.

SQL's own AND, OR and NOT are Kleene's, so a predicate is built as it is written and nothing is ever coalesced;
the caller asks for `IS TRUE` (in) or `IS NULL` (indeterminate). Today is bound, the database's clock never read.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true

from outreach.definitions.civil import earlier, later, resolve, years_before
from outreach.definitions.fields import DERIVED, ENTITLED, FIELDS
from outreach.definitions.model import (
    EVERYONE,
    All,
    AnyOf,
    Day,
    Fact,
    Field,
    InSegment,
    Not,
    Predicate,
    Segment,
    Span,
)
from outreach.storage.tables import person

Truth = ColumnElement[bool]

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "under": operator.lt,
    "before": operator.lt,
    "over": operator.gt,
    "after": operator.gt,
    "at_least": operator.ge,
    "at_most": operator.le,
}
#: What people say themselves, on the page of their choices.
_CHOSEN = ("language",)


@dataclass(frozen=True)
class Segments:
    """The segments of a workspace, as they are decided on one civil day."""

    segments: dict[str, Segment]
    #: The organisation's own fields.
    fields: dict[str, Field]
    today: date

    def holds(self, segment: str) -> Truth:
        """Whether a person is in the segment: the people it may hold, and its predicate."""
        if segment == EVERYONE:
            return self.population(segment)
        return and_(self.population(segment), self.truth(self.segments[segment].where))

    def population(self, segment: str) -> Truth:
        """Whom a segment may hold at all: the entitled, and contacts if it speaks of them. Never unknown."""
        statuses = (*ENTITLED, "contact") if self._speaks_of_contacts(segment) else ENTITLED
        return person.c.status.in_(statuses)

    def truth(self, predicate: Predicate) -> Truth:
        """The predicate alone, three-valued."""
        match predicate:
            case All(parts):
                return and_(true(), *map(self.truth, parts))
            case AnyOf(parts):
                return or_(false(), *map(self.truth, parts))
            case Not(part):
                return not_(self.truth(part))
            case InSegment(name):
                return self.holds(name)
            case Fact():
                return self.fact(predicate)

    def fact(self, fact: Fact) -> Truth:
        """One comparison, unknown where the field is empty."""
        column = self.column(fact.field)
        if fact.op == "missing":
            return column.is_(None) if fact.values[0] else column.is_not(None)
        if fact.field in DERIVED and not isinstance(fact.values[0], Span):
            return self._years(column, fact)
        if fact.op in ("in_last", "in_next"):
            return column.between(*self._around_today(fact))
        values = [self._value(fact.field, value) for value in fact.values]
        if fact.field in DERIVED:
            return self._age_span(column, fact.op, values)
        if fact.op == "in":
            return column == values[0] if len(values) == 1 else column.in_(values)
        if fact.op == "between":
            return column.between(*values)
        return _COMPARE[fact.op](column, values[0])  # type: ignore[no-any-return]  # operators on columns

    def column(self, name: str) -> ColumnElement[Any]:
        """The column of a field: ours, the date behind a derived one, or the organisation's own."""
        name = DERIVED.get(name, name)
        if name in FIELDS:
            return person.c[name]
        item = person.c.attributes[name]
        read: ColumnElement[Any]
        match self.fields[name].type:
            case "whole number":
                read = item.as_integer()
            case "number":
                read = item.as_float()
            case "yes/no":
                read = item.as_boolean()
            case _:
                read = item.as_string()
        return read

    def facts_of(self, segment: str) -> Iterator[Fact]:
        """Every comparison that the segment makes, also through other segments, in order."""
        if segment != EVERYONE:
            yield from self._facts(self.segments[segment].where)

    def hangs_on_the_roster_alone(self, segment: str) -> bool:
        """Whether nobody comes into the segment or leaves it before HR says something new: neither as days go by, nor
        by what people choose themselves.
        """
        return not any(
            fact.field in DERIVED
            or fact.field in _CHOSEN
            or fact.op in ("in_last", "in_next")
            or any(isinstance(value, Day) and value.fixed is None for value in fact.values)
            for fact in self.facts_of(segment)
        )

    def _facts(self, predicate: Predicate) -> Iterator[Fact]:
        match predicate:
            case All(parts) | AnyOf(parts):
                for part in parts:
                    yield from self._facts(part)
            case Not(part):
                yield from self._facts(part)
            case InSegment(name):
                yield from self.facts_of(name)
            case Fact():
                yield predicate

    def _speaks_of_contacts(self, segment: str) -> bool:
        return any(
            fact.field == "role" or (fact.field == "status" and "contact" in fact.values)
            for fact in self.facts_of(segment)
        )

    def _value(self, field: str, value: str | int | float | bool | Span | Day) -> Any:
        """A value of a definition as the column compares it; own dates are stored as ISO text."""
        if isinstance(value, Span):
            return value
        if isinstance(value, Day):
            day = resolve(value, self.today)
            return day.isoformat() if field in self.fields else day
        return str(value) if self._is_text(field) else value

    def _is_text(self, field: str) -> bool:
        kind = (FIELDS.get(field) or self.fields.get(field) or Field(field, "date")).type
        return kind in ("text", "choice")

    def _around_today(self, fact: Fact) -> tuple[Any, Any]:
        span = fact.values[0]
        assert isinstance(span, Span)
        ends = (
            (earlier(self.today, span), self.today) if fact.op == "in_last" else (self.today, later(self.today, span))
        )
        if fact.field in self.fields:
            return ends[0].isoformat(), ends[1].isoformat()
        return ends

    def _years(self, born: ColumnElement[date], fact: Fact) -> Truth:
        """Completed years compared with whole numbers."""

        def completed(years: int) -> Truth:
            return born <= years_before(self.today, years)

        numbers = [int(value) for value in fact.values if not isinstance(value, (Span, Day))]
        first = numbers[0]
        match fact.op:
            case "under":
                return not_(completed(first))
            case "over":
                return completed(first + 1)
            case "at_least":
                return completed(first)
            case "at_most":
                return not_(completed(first + 1))
            case "between":
                return and_(completed(first), not_(completed(numbers[1] + 1)))
            case _:
                return or_(*(and_(completed(n), not_(completed(n + 1))) for n in numbers))

    def _age_span(self, since: ColumnElement[date], op: str, spans: list[Any]) -> Truth:
        """A length of time since a date, compared with spans: the longer ago, the greater."""
        bounds = [earlier(self.today, span) for span in spans]
        match op:
            case "under":
                return since > bounds[0]
            case "over":
                return since < bounds[0]
            case "at_least":
                return since <= bounds[0]
            case "at_most":
                return since >= bounds[0]
            case _:
                return since.between(bounds[-1], bounds[0])
