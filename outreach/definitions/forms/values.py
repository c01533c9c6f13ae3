"""One value of a person's fact, read by the type of its field, and which comparisons go with that type."""

from __future__ import annotations

import re
from collections.abc import Callable

from outreach.definitions.fields import DERIVED
from outreach.definitions.forms.kinds import YES_NO, scalar
from outreach.definitions.model import Day, Field, Op, Span
from outreach.definitions.refusal import RefusedError, advice, shown
from outreach.definitions.spans import parse_day, parse_length
from outreach.definitions.zones import read_zone

Value = str | int | float | bool | Span | Day

_NUMBERS: tuple[Op, ...] = ("under", "over", "at_least", "at_most", "between")
_DAYS: tuple[Op, ...] = ("before", "after", "in_last", "in_next", "between", "under", "over", "at_least", "at_most")
#: Type of the field -> comparisons it can take; plain values, lists, `not` and `missing` go with every type.
OPS: dict[str, tuple[Op, ...]] = {
    "text": (),
    "choice": (),
    "yes/no": (),
    "number": _NUMBERS,
    "whole number": _NUMBERS,
    "date": _DAYS,
    "derived": _NUMBERS,
}
#: Every comparison -> what it asks, for the schema and the reference page.
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
    "missing": "`true`: nothing is on file; `false`: something is",
    "not": "a value or a list of values that it is not; unknown where nothing is on file",
}
_EXAMPLES = {
    "number": "{at_least: 2}",
    "whole number": "{at_least: 2}",
    "date": "{in_last: 90 days}",
    "derived": "{under: 35}",
    "yes/no": "true",
}


def kind_of(field: Field) -> str:
    """Its type; `derived` for age and tenure."""
    return "derived" if field.name in DERIVED else field.type


def operator(field: Field, op: str) -> Op:
    """The comparison, when it can be asked of the field.

    Raises:
        RefusedError: it cannot, or there is no such comparison.
    """
    allowed = OPS[kind_of(field)]
    for known in allowed:
        if known == op:
            return known
    if op in OP_TEXTS:
        raise RefusedError(
            f"`{op}` cannot be asked of `{field.name}`, which is {_described(field)}", f"Write {example(field)}."
        )
    raise RefusedError(
        f"there is no comparison {shown(op)}", advice(op, (*allowed, "missing", "not"), "comparisons here")
    )


def reader(field: Field, op: Op) -> Callable[[object], Value]:
    """What reads the operand of a comparison; it raises `RefusedError` for what it cannot read."""
    if op in ("in_last", "in_next"):
        return lambda value: parse_length(scalar(value, "a length of time", "90 days"))
    if field.type == "date" and kind_of(field) != "derived":
        return lambda value: parse_day(scalar(value, "a day", "2026-10-17"))
    if kind_of(field) == "derived":
        return _years
    return lambda value: _number(scalar(value, "a number", "2"), whole=field.type == "whole number")


def _years(value: object) -> Value:
    """Whole years, or a span."""
    text = scalar(value, "a number of years, or a length of time", "35").strip()
    if re.fullmatch(r"[0-9]{1,3}", text):
        return int(text)
    if re.fullmatch(r"-?[0-9.]+", text):
        raise RefusedError(
            f"expected a whole number of years, found {shown(text)}", "Write for instance `35` or `6 months`."
        )
    try:
        return parse_length(text)
    except RefusedError:
        remedy = "Write for instance `35`, `6 months` or `2 years`."
        raise RefusedError(f"expected a number of years or a length of time, found {shown(text)}", remedy) from None


def read_value(field: Field, item: object) -> Value:
    """One value that a field may have.

    Raises:
        RefusedError: it may not have it.
    """
    if isinstance(item, dict):
        raise RefusedError("expected a value, found several keys", f"Write for instance {example(field)}.")
    if item is None:
        raise RefusedError("expected a value, found nothing", "To ask whether it is empty, write `{missing: true}`.")
    text = scalar(item, "a value", example(field))
    match kind_of(field):
        case "choice":
            if text not in field.choices:
                raise RefusedError(
                    f"`{field.name}` is never {shown(text)}", advice(text, field.choices, f"values of `{field.name}`")
                )
            return text
        case "yes/no":
            return read_yes_no(text)
        case "date":
            return parse_day(text)
        case "derived":
            return _exact_years(field, text)
        case "number" | "whole number":
            return _number(text, whole=field.type == "whole number")
    if not text.strip():
        raise RefusedError(
            "expected a value, found an empty text", "To ask whether it is empty, write `{missing: true}`."
        )
    return text if field.custom else _as_in_the_roster(field, text)


def _as_in_the_roster(field: Field, text: str) -> str:
    """A value of a text that the import writes in one way only; written otherwise it would be nobody's."""
    if field.name == "language" and not re.fullmatch("[a-z]{2,3}", text):
        remedy = "Write two lower-case letters: `nl`, `fr`, `en`, `de`."
        raise RefusedError(f"{shown(text)} is no language code", remedy)
    if field.name == "time_zone":
        return read_zone(text)
    return text


def _exact_years(field: Field, text: str) -> Value:
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise RefusedError(
            f"expected a whole number of years, found {shown(text)}",
            f"Write `{field.name}: 35`, or compare: `{field.name}: {{under: 6 months}}`.",
        )
    return int(text)


def _number(text: str, *, whole: bool) -> int | float:
    expected = "a whole number" if whole else "a number"
    if re.fullmatch(r"[+-]?[0-9]{1,15}", text.strip()):
        return int(text)
    if whole or not re.fullmatch(r"[+-]?[0-9]{1,15}\.[0-9]{1,15}", text.strip()):
        raise RefusedError(
            f"expected {expected}, found {shown(text)}",
            "Write digits." if whole else "Write digits, with a point before decimals.",
        )
    return float(text)


def read_yes_no(value: object) -> bool:
    """True or false, as written.

    Raises:
        RefusedError: it is neither.
    """
    text = scalar(value, "true or false", "true").casefold()
    if text not in YES_NO:
        raise RefusedError(f"expected true or false, found {shown(text)}", "Write `true` or `false`.")
    return YES_NO[text]


def _described(field: Field) -> str:
    kind = kind_of(field)
    return {"derived": "counted in years", "yes/no": "true or false", "choice": "one of a few values"}.get(
        kind, f"a {kind}"
    )


def example(field: Field) -> str:
    """How one may write a comparison of the field."""
    if field.choices:
        return f"`{field.name}: {field.choices[0]}`"
    kind = kind_of(field)
    return f"`{field.name}: {_EXAMPLES.get(kind, 'some value')}`"
