"""Comparisons of a person's facts: `{age: {under: 35}}` becomes predicates, judged by the type of the field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Annotated, Any

from outreach.definitions.fields import DERIVED, FIELDS
from outreach.definitions.forms.kinds import YES_NO, Kind, Mistake, found, refuse_all, scalar
from outreach.definitions.model import All, Day, Fact, Field, Not, Op, Predicate, Span
from outreach.definitions.names import Names
from outreach.definitions.refusal import Refused, advice, shown
from outreach.definitions.spans import parse_day, parse_length

Value = str | int | float | bool | Span | Day

_NUMBERS: tuple[Op, ...] = ("under", "over", "at_least", "at_most", "between")
_DAYS: tuple[Op, ...] = ("before", "after", "in_last", "in_next", "between", "under", "over", "at_least", "at_most")
_ANY = ("missing", "not")
#: Type of the field -> comparisons it can take; plain values, lists, `not` and `missing` go with every type.
OPS: dict[str, tuple[Op, ...]] = {
    "text": (), "choice": (), "yes/no": (), "number": _NUMBERS, "whole number": _NUMBERS, "date": _DAYS, "derived": _NUMBERS,
}  # fmt: skip
ALL_OPS = ("under", "over", "at_least", "at_most", "between", "in_last", "in_next", "before", "after", *_ANY)
_EXAMPLES = {
    "number": "{at_least: 2}", "whole number": "{at_least: 2}", "date": "{in_last: 90 days}", "derived": "{under: 35}",
}  # fmt: skip
#: Longest list of values.
LONGEST = 500


class _Mistakes:
    """Mistakes found so far, each at its path inside `where`."""

    def __init__(self) -> None:
        self.found: list[Mistake] = []

    def attempt(self, path: tuple[str | int, ...], read: Callable[[], Any]) -> Any:
        """What `read` gives, or None after noting what it refused."""
        try:
            return read()
        except Refused as error:
            self.found.append((path, error))
            return None


def read_where(value: object, names: Names) -> Predicate:
    """The predicate that a `where` stands for.

    Raises:
        Refused: it is no group of keys.
        ValidationError: with every mistake inside it.
    """
    if not isinstance(value, dict) or not value:
        raise Refused(
            f"expected fields and values, found {found(value)}", "Write for instance `where: {status: active}`."
        )
    mistakes = _Mistakes()
    facts: list[Predicate] = []
    for name, written in value.items():
        if name in names.broken_fields:
            # Nothing more is said about a field whose own declaration is broken.
            continue
        kind = mistakes.attempt((name, "[key]"), lambda name=name: _field(name, names))
        if kind is not None:
            facts += _entry(kind, written, (name,), mistakes)
    refuse_all("where", mistakes.found)
    return facts[0] if len(facts) == 1 else All(tuple(facts))


def _field(name: str, names: Names) -> Field:
    if name in names.fields:
        return names.fields[name]
    if name in DERIVED:
        return Field(name, "number")
    raise Refused(f"the roster has no field {shown(name)}", advice(name, names.comparable, "fields"))


def _kind(field: Field) -> str:
    return "derived" if field.name in DERIVED else field.type


def _entry(field: Field, written: object, path: tuple[str | int, ...], mistakes: _Mistakes) -> list[Predicate]:
    """The facts of one entry of `where`."""
    if not isinstance(written, dict):
        values = _values(field, written, path, mistakes)
        return [Fact(field.name, "in", values)] if values else []
    if not written:
        mistakes.found.append(
            (path, Refused("expected a comparison, found none", f"Write for instance `{_example(field)}`."))
        )
    facts: list[Predicate] = []
    for op, operand in written.items():
        facts += _comparison(field, op, operand, (*path, op), mistakes)
    return facts


def _comparison(
    field: Field, op: str, operand: object, path: tuple[str | int, ...], mistakes: _Mistakes
) -> list[Predicate]:
    if op == "not":
        values = _values(field, operand, path, mistakes)
        return [Not(Fact(field.name, "in", values))] if values else []
    if op == "missing":
        answer = mistakes.attempt(path, lambda: _yes_no(operand))
        return [] if answer is None else [Fact(field.name, "missing", (answer,))]
    allowed = mistakes.attempt((*path, "[key]"), lambda: _operator(field, op))
    if allowed is None:
        return []
    values = _operands(field, allowed, operand, path, mistakes)
    return [Fact(field.name, allowed, values)] if values else []


def _operator(field: Field, op: str) -> Op:
    allowed = OPS[_kind(field)]
    for known in allowed:
        if known == op:
            return known
    if op in ALL_OPS:
        raise Refused(
            f"`{op}` cannot be asked of `{field.name}`, which is {_described(field)}", f"Write {_example(field)}."
        )
    raise Refused(f"there is no comparison {shown(op)}", advice(op, (*allowed, *_ANY), "comparisons here"))


def _operands(
    field: Field, op: Op, operand: object, path: tuple[str | int, ...], mistakes: _Mistakes
) -> tuple[Value, ...]:
    read = _reader(field, op)
    if op != "between":
        value = mistakes.attempt(path, lambda: read(operand))
        return () if value is None else (value,)
    if not isinstance(operand, list) or len(operand) != 2:
        mistakes.found.append(
            (path, Refused("expected the lowest and the highest value", "Write `between: [lowest, highest]`."))
        )
        return ()
    values = [mistakes.attempt((*path, index), lambda item=item: read(item)) for index, item in enumerate(operand)]
    if None not in values and not _ascending(values):
        mistakes.found.append(
            (
                path,
                Refused(
                    "the lowest value stands after the highest, or is of another kind",
                    "Write `between: [lowest, highest]`.",
                ),
            )
        )
    return () if None in values else tuple(values)


def _ascending(values: list[Any]) -> bool:
    """Whether the first is not above the second, as far as that can be told without knowing today."""
    low, high = values
    if isinstance(low, Span) and isinstance(high, Span):
        return (low.months * 30.4 + low.days) <= (high.months * 30.5 + high.days)
    if isinstance(low, Day) and isinstance(high, Day):
        return low.fixed is None or high.fixed is None or low.fixed <= high.fixed
    return isinstance(low, (int, float)) and isinstance(high, (int, float)) and low <= high


def _reader(field: Field, op: Op) -> Callable[[object], Value]:
    if op in ("in_last", "in_next"):
        return lambda value: parse_length(scalar(value, "a length of time", "90 days"))
    if field.type == "date" and _kind(field) != "derived":
        return lambda value: parse_day(scalar(value, "a day", "2026-10-17"))
    if _kind(field) == "derived":
        return _years
    return lambda value: _number(scalar(value, "a number", "2"), whole=field.type == "whole number")


def _years(value: object) -> Value:
    """Whole years, or a span."""
    text = scalar(value, "a number of years, or a length of time", "35").strip()
    if re.fullmatch(r"\d{1,3}", text):
        return int(text)
    if re.fullmatch(r"-?[\d.]+", text):
        raise Refused(
            f"expected a whole number of years, found {shown(text)}", "Write for instance `35` or `6 months`."
        )
    return parse_length(text)


def _values(field: Field, written: object, path: tuple[str | int, ...], mistakes: _Mistakes) -> tuple[Value, ...]:
    """The values of an equality; a single one counts as a list of one."""
    items = written if isinstance(written, list) else [written]
    if not items or len(items) > LONGEST:
        said = "an empty list" if not items else f"{len(items)} values"
        mistakes.found.append(
            (path, Refused(f"expected 1 to {LONGEST} values, found {said}", "List the values that count."))
        )
        return ()
    places = [(*path, index) for index in range(len(items))] if isinstance(written, list) else [path]
    values = [
        mistakes.attempt(place, lambda item=item: _value(field, item))
        for place, item in zip(places, items, strict=True)
    ]
    return () if None in values else tuple(values)


def _value(field: Field, item: object) -> Value:
    """One value that a field may have."""
    if isinstance(item, dict):
        raise Refused("expected a value, found several keys", f"Write for instance `{_example(field)}`.")
    if item is None:
        raise Refused("expected a value, found nothing", "To ask whether it is empty, write `{missing: true}`.")
    text = scalar(item, "a value", _example(field))
    match _kind(field):
        case "choice":
            if text not in field.choices:
                raise Refused(
                    f"`{field.name}` is never {shown(text)}", advice(text, field.choices, f"values of `{field.name}`")
                )
            return text
        case "yes/no":
            return _yes_no(text)
        case "date":
            return parse_day(text)
        case "derived":
            return _exact_years(field, text)
        case "number" | "whole number":
            return _number(text, whole=field.type == "whole number")
    if not text.strip():
        raise Refused("expected a value, found an empty text", "To ask whether it is empty, write `{missing: true}`.")
    return text


def _exact_years(field: Field, text: str) -> Value:
    if not re.fullmatch(r"\d{1,3}", text):
        raise Refused(
            f"expected a whole number of years, found {shown(text)}",
            f"Write `{field.name}: 35`, or compare: `{field.name}: {{under: 6 months}}`.",
        )
    return int(text)


def _number(text: str, *, whole: bool) -> int | float:
    expected = "a whole number" if whole else "a number"
    if re.fullmatch(r"[+-]?\d{1,15}", text.strip()):
        return int(text)
    if whole or not re.fullmatch(r"[+-]?\d{1,15}\.\d{1,15}", text.strip()) or not math.isfinite(float(text)):
        raise Refused(f"expected {expected}, found {shown(text)}", "Write digits, with a point before decimals.")
    return float(text)


def _yes_no(value: object) -> bool:
    text = scalar(value, "true or false", "true").casefold()
    if text not in YES_NO:
        raise Refused(f"expected true or false, found {shown(text)}", "Write `true` or `false`.")
    return YES_NO[text]


def _described(field: Field) -> str:
    kind = _kind(field)
    return {"derived": "counted in years", "yes/no": "true or false", "choice": "one of a few values"}.get(
        kind, f"a {kind}"
    )


def _example(field: Field) -> str:
    if field.choices:
        return f"`{field.name}: {field.choices[0]}`"
    kind = _kind(field)
    return f"`{field.name}: {_EXAMPLES.get(kind, 'true' if kind == 'yes/no' else 'some value')}`"


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
        "properties": {**known, **derived},
        "additionalProperties": comparison,
        "minProperties": 1,
    }


#: Comparison -> what it asks, for the schema and the reference page.
OP_TEXTS = {
    "under": "below this number, day or length of time, itself excluded",
    "over": "above this, itself excluded",
    "at_least": "this or above",
    "at_most": "this or below",
    "between": "`[lowest, highest]`, both included",
    "in_last": "within this length of time before today, today included",
    "in_next": "within this length of time from today on, both ends included",
    "before": "earlier than this day: `2026-10-17`, `today`, `30 days ago`, `in 2 weeks`",
    "after": "later than this day",
    "missing": "true: nothing is on file; false: something is",
    "not": "a value or a list of values that it is not; unknown where nothing is on file",
}

Where = Annotated[object, Kind(read_where, _schema())]
