"""Comparisons of a person's facts: `{age: {under: 35}}` becomes predicates, judged by the type of the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from outreach.definitions.fields import DERIVED, FIELDS
from outreach.definitions.forms.kinds import Kind, Mistake, found, refuse_all
from outreach.definitions.forms.values import OP_TEXTS, Value, example, operator, read_value, read_yes_no, reader
from outreach.definitions.model import All, Day, Fact, Field, Not, Op, Predicate, Span
from outreach.definitions.names import Names
from outreach.definitions.refusal import RefusedError, advice, shown

T = TypeVar("T")
Path = tuple[str | int, ...]

#: Statuses of which nobody is ever looked at.
_GONE = frozenset({"died", "left"})
#: Longest list of values.
LONGEST = 500


class _Mistakes:
    """Mistakes found so far, each at its path inside `where`."""

    def __init__(self) -> None:
        self.found: list[Mistake] = []

    def add(self, path: Path, message: str, remedy: str) -> None:
        """Note a mistake."""
        self.found.append((path, RefusedError(message, remedy)))

    def attempt(self, path: Path, read: Callable[..., T], *arguments: object) -> T | None:
        """What `read` makes of the arguments, or None after noting what it refused."""
        try:
            return read(*arguments)
        except RefusedError as error:
            self.found.append((path, error))
            return None


def read_where(value: object, names: Names) -> Predicate:
    """The predicate that a `where` stands for.

    Raises:
        RefusedError: it is no group of keys.
        ValidationError: with every mistake inside it.
    """
    if value == {}:
        raise RefusedError("this `where` says nothing", "Write for instance `where: {status: active}`.")
    if not isinstance(value, dict):
        raise RefusedError(
            f"expected fields and values, found {found(value)}", "Write for instance `where: {status: active}`."
        )
    mistakes = _Mistakes()
    facts: list[Predicate] = []
    for name, written in value.items():
        if name not in DERIVED and names.is_broken(name):
            # Nothing more is said about a field whose own declaration is broken.
            continue
        kind = mistakes.attempt((name, "[key]"), _field, name, names)
        if kind is not None:
            facts += _entry(kind, written, (name,), mistakes)
    refuse_all("where", mistakes.found)
    return facts[0] if len(facts) == 1 else All(tuple(facts))


def _field(name: str, names: Names) -> Field:
    if name in names.fields:
        return names.fields[name]
    if name in DERIVED:
        return Field(name, "number")
    raise RefusedError(f"the roster has no field {shown(name)}", advice(name, names.comparable, "fields"))


def _entry(field: Field, written: object, path: Path, mistakes: _Mistakes) -> list[Predicate]:
    """The facts of one entry of `where`."""
    if not isinstance(written, dict):
        values = _values(field, written, path, mistakes)
        if field.name == "status":
            for gone in _GONE.intersection(values):
                mistakes.add(path, f"who {gone} is in no segment", f"Take `{gone}` out: they get nothing.")
        return [Fact(field.name, "in", values)] if values else []
    if not written:
        mistakes.add(path, "expected a comparison, found none", f"Write for instance {example(field)}.")
    facts: list[Predicate] = []
    for op, operand in written.items():
        facts += _comparison(field, op, operand, (*path, op), mistakes)
    return facts


def _comparison(field: Field, op: str, operand: object, path: Path, mistakes: _Mistakes) -> list[Predicate]:
    if op == "not":
        values = _values(field, operand, path, mistakes)
        return [Not(Fact(field.name, "in", values))] if values else []
    if op == "missing":
        answer = mistakes.attempt(path, read_yes_no, operand)
        return [] if answer is None else [Fact(field.name, "missing", (answer,))]
    allowed = mistakes.attempt((*path, "[key]"), operator, field, op)
    if allowed is None:
        return []
    values = _operands(field, allowed, operand, path, mistakes)
    return [Fact(field.name, allowed, values)] if values else []


def _operands(field: Field, op: Op, operand: object, path: Path, mistakes: _Mistakes) -> tuple[Value, ...]:
    read = reader(field, op)
    if op != "between":
        value = mistakes.attempt(path, read, operand)
        return () if value is None else (value,)
    if not isinstance(operand, list) or len(operand) != 2:
        mistakes.add(path, "expected the lowest and the highest value", "Write `between: [lowest, highest]`.")
        return ()
    values = [mistakes.attempt((*path, index), read, item) for index, item in enumerate(operand)]
    if None not in values and not _ascending(values):
        mistakes.add(
            path,
            "the lowest value stands after the highest, or is of another kind",
            "Write `between: [lowest, highest]`.",
        )
    return _whole(values)


def _ascending(values: list[Any]) -> bool:
    """Whether the first is not above the second, as far as that can be told without knowing today."""
    low, high = values
    if isinstance(low, Span) and isinstance(high, Span):
        return (low.months * 30.4 + low.days) <= (high.months * 30.5 + high.days)
    if isinstance(low, Day) and isinstance(high, Day):
        return low.fixed is None or high.fixed is None or low.fixed <= high.fixed
    return isinstance(low, (int, float)) and isinstance(high, (int, float)) and low <= high


def _values(field: Field, written: object, path: Path, mistakes: _Mistakes) -> tuple[Value, ...]:
    """The values of an equality; a single one counts as a list of one."""
    items = written if isinstance(written, list) else [written]
    if not items or len(items) > LONGEST:
        said = "an empty list" if not items else f"{len(items)} values"
        mistakes.add(path, f"expected 1 to {LONGEST} values, found {said}", "List the values that count.")
        return ()
    places = [(*path, index) for index in range(len(items))] if isinstance(written, list) else [path]
    values = [mistakes.attempt(place, read_value, field, item) for place, item in zip(places, items, strict=True)]
    return _whole(values)


def _whole(values: list[Value | None]) -> tuple[Value, ...]:
    """The values, or none of them when one was refused."""
    return () if None in values else tuple(value for value in values if value is not None)


def _schema() -> dict[str, Any]:
    scalar_schema: dict[str, Any] = {"type": ["string", "number", "boolean"]}
    ops = {op: {"description": text} for op, text in OP_TEXTS.items()}
    comparison = {
        "anyOf": [
            scalar_schema,
            {"type": "array", "items": scalar_schema, "minItems": 1},
            {"type": "object", "properties": ops, "additionalProperties": False, "minProperties": 1},
        ]
    }
    known = {
        name: {**comparison, "description": field.title or name.replace("_", " ")} for name, field in FIELDS.items()
    }
    derived = {
        name: {**comparison, "description": f"years since `{source}`, or a length of time"}
        for name, source in DERIVED.items()
    }
    return {
        "type": "object",
        "$comment": "fields and values",
        "properties": {**known, **derived},
        "additionalProperties": comparison,
        "minProperties": 1,
    }


Where = Annotated[object, Kind(read_where, _schema())]
