"""From the bytes of a request to events and outcomes, or to what is wrong with which element.

All of a body or nothing: whoever posts again after a refusal must not have to know which half was taken.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from outreach.definitions.model import EVENT_KINDS
from outreach.outcomes.recording import Known, Sighting, wrong_with
from outreach.roster.happenings import Happening, wrong
from outreach.roster.judging import FIRST_YEAR, YEARS_AHEAD
from outreach.roster.values import HOSTILE
from outreach.web.api.problems import Fault, Problem

#: Elements of one body.
MOST = 1000
#: Longest number of a person, as the roster keeps it.
_LONGEST = 100
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

#: The member that is wrong (empty: the element itself), and why.
Wrong = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """An event, as it was told."""

    happening: Happening
    #: It did not happen after all.
    withdrawn: bool


Item = TypeVar("Item", Told, Sighting)


class _NotJsonError(ValueError):
    """The body is not JSON as RFC 8259 has it, or says a member twice."""


def events(body: bytes, today: date) -> list[Told]:
    """The events of a body.

    Raises:
        Problem: it cannot be read, or an element is wrong.
    """

    def judge(element: dict[str, Any]) -> Told | Wrong:
        happening = Happening(_person(element), element["event"], _day(element["date"]))
        if found := _unlikely(happening.on, today) or wrong(happening, today):
            return found
        return Told(happening, element.get("withdrawn", False))

    return _all(body, judge, dict.fromkeys(("person", "event", "date"), str), {"withdrawn": bool})


def outcomes(body: bytes, known: Known, today: date) -> list[Sighting]:
    """The outcomes of a body.

    Raises:
        Problem: it cannot be read, or an element is wrong.
    """

    def judge(element: dict[str, Any]) -> Sighting | Wrong:
        on = _day(element["date"])
        sighting = Sighting(_person(element), element["outcome"], on, element.get("session", ""))
        return _unlikely(on, today) or wrong_with(sighting, known, today) or sighting

    return _all(body, judge, dict.fromkeys(("person", "outcome", "date"), str), {"session": str})


def pointed(indexes: Iterable[tuple[int, str, str]], *, single: bool) -> list[Fault]:
    """Faults of elements, as (index, member, detail)."""
    return [Fault(_pointer(index, member, single=single), detail) for index, member, detail in indexes]


def is_single(body: bytes) -> bool:
    """Whether a body that was read is one element and no list."""
    return body.lstrip()[:1] == b"{"


# --- one element ------------------------------------------------------------------------------------------


class _WrongError(ValueError):
    """A member cannot be what it says."""

    def __init__(self, member: str, detail: str) -> None:
        super().__init__(detail)
        self.member = member


def _person(element: dict[str, Any]) -> str:
    number = element["person"]
    if HOSTILE.search(number) or number != number.strip() or not 0 < len(number) <= _LONGEST:
        raise _WrongError("person", f"not the number of a person: 1 to {_LONGEST} characters, no control characters")
    return unicodedata.normalize("NFC", number)


def _day(text: str) -> date:
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise _WrongError("date", "not a day; write it as 2026-11-20") from None


def _unlikely(day: date, today: date) -> Wrong | None:
    if FIRST_YEAR <= day.year <= today.year + YEARS_AHEAD:
        return None
    return "date", f"not a day from {FIRST_YEAR} to {YEARS_AHEAD} years from now"


# --- the body ---------------------------------------------------------------------------------------------


def _all(
    body: bytes, judge: Callable[[dict[str, Any]], Item | Wrong], required: dict[str, type], optional: dict[str, type]
) -> list[Item]:
    elements, single = _elements(body)
    taken: list[Item] = []
    faults: list[tuple[int, str, str]] = []
    for index, element in enumerate(elements):
        wrong = list(_misshapen(element, required, optional))
        judged = wrong or _judged(judge, element)
        if isinstance(judged, list):
            faults += [(index, member, detail) for member, detail in judged]
        else:
            taken.append(judged)
    if faults:
        title = "an element is wrong" if len(faults) == 1 else f"{len(faults)} elements are wrong"
        raise Problem(422, title, "Nothing of it was taken. Mend what `errors` names, and post it again.",
                      pointed(faults, single=single))  # fmt: skip
    return taken


def _judged(judge: Callable[[dict[str, Any]], Item | Wrong], element: dict[str, Any]) -> Item | list[Wrong]:
    try:
        judged = judge(element)
    except _WrongError as error:
        return [(error.member, str(error))]
    return [judged] if isinstance(judged, tuple) else judged


def _misshapen(element: object, required: dict[str, type], optional: dict[str, type]) -> Iterator[Wrong]:
    if not isinstance(element, dict):
        yield "", "not an object"
        return
    for name in required.keys() - element.keys():
        yield "", f"there is no `{name}`"
    if strange := len(element.keys() - required.keys() - optional.keys()):
        named = ", ".join(f"`{name}`" for name in (*required, *optional))
        yield "", f"{strange} members are none of {named}"
    for name, kind in (required | optional).items():
        if name in element and type(element[name]) is not kind:
            yield name, "not a text" if kind is str else "neither true nor false"


def _elements(body: bytes) -> tuple[list[Any], bool]:
    """The elements, and whether it was one without a list around it."""
    try:
        said = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_none)
    except (ValueError, RecursionError):
        raise Problem(400, "not JSON", "Post one object, or a list of them, as JSON in UTF-8.") from None
    if isinstance(said, dict):
        return [said], True
    if not isinstance(said, list) or not said:
        raise Problem(
            422, "neither an object nor a list of objects", "", [Fault("#", "not an object, and no list of any")]
        )
    if len(said) > MOST:
        raise Problem(422, "too many elements", f"Post {MOST} at a time at most.", [Fault("#", f"more than {MOST}")])
    return said, False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _NotJsonError
    return members


def _none(_name: str) -> object:
    """NaN and Infinity are not JSON."""
    raise _NotJsonError


def _pointer(index: int, member: str, *, single: bool) -> str:
    return "#" + ("" if single else f"/{index}") + (f"/{member}" if member else "")


# --- the same as JSON Schema ------------------------------------------------------------------------------

_PERSON = {
    "type": "string",
    "minLength": 1,
    "maxLength": _LONGEST,
    "pattern": r"^(?!\s)[^\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
    r"(?<!\s)$",
    "description": "The HR system's number of the person.",
    "examples": ["104733"],
}
_ON = {
    "type": "string",
    "format": "date",
    "pattern": r"^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$",
    "examples": ["2026-11-20"],
}


def events_schema() -> dict[str, Any]:
    """What the body of `/api/events` is."""
    return _one_or_many(
        {
            "person": _PERSON,
            "event": {"type": "string", "enum": list(EVENT_KINDS), "description": "What happened."},
            "date": _ON | {"description": "The civil day on which it takes effect; for `died` today or before."},
            "withdrawn": {"type": "boolean", "description": "It did not happen after all.", "default": False},
        },
        ["person", "event", "date"],
    )


def outcomes_schema() -> dict[str, Any]:
    """What the body of `/api/outcomes` is."""
    return _one_or_many(
        {
            "person": _PERSON,
            "outcome": {"type": "string", "maxLength": 100, "description": "An id under `outcomes` in outreach.yaml."},
            "date": _ON | {"description": "The civil day on which it was done, today or before."},
            "session": {"type": "string", "maxLength": 50, "description": "The id of the session that it was about."},
        },
        ["person", "outcome", "date"],
    )


def _one_or_many(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    one = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    return {"oneOf": [one, {"type": "array", "minItems": 1, "maxItems": MOST, "items": one}]}
