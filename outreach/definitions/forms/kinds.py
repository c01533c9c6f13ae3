"""The kinds of value that the forms share: texts, ids, references, spans, days, times.

Every scalar comes in as the text that was written (see `reading`); a kind makes of it what it stands for, or says
what it expected. Names that exist come in the validation context, as `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import CoreSchema, InitErrorDetails, core_schema

from outreach.definitions import spans
from outreach.definitions.model import EVENT_KINDS, Span
from outreach.definitions.names import PLURALS, Names
from outreach.definitions.refusal import RefusedError, advice, shown

#: Mistake in a part of a value: where in it, and what was refused.
Mistake = tuple[tuple[str | int, ...], RefusedError]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_FOUND = {dict: "several keys", list: "a list", type(None): "nothing"}
#: Starts the tags of alternatives in the paths of pydantic's errors; no key in a file can hold it.
MARK = "\0"
ID_LENGTH = 50
LINE_LENGTH = 200
TEXT_LENGTH = 5000


class Form(BaseModel):
    """A group of keys; a key that it does not know is a problem."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


#: Outside of a workspace, no name is known, and none is asked for.
_NO_NAMES = Names({})


# By identity: pydantic wants annotations that can be hashed.
@dataclass(frozen=True, eq=False)
class Kind:
    """An annotation: a value read by a function of it and of the names that exist, with its JSON Schema."""

    read: Callable[[Any, Names], Any]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any, info: ValidationInfo) -> Any:
            return self.read(value, info.context or _NO_NAMES)

        return core_schema.with_info_plain_validator_function(read)

    def __get_pydantic_json_schema__(self, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


def refuse_all(title: str, mistakes: Iterable[Mistake]) -> None:
    """Raise one error that holds every mistake, each with its own place; nothing when there are none."""
    errors = [
        InitErrorDetails(type="value_error", loc=loc, input=None, ctx={"error": error}) for loc, error in mistakes
    ]
    if errors:
        raise ValidationError.from_exception_data(title, errors)


def found(value: object) -> str:
    """What stands there instead of what was expected."""
    return _FOUND.get(type(value)) or shown(value)


def scalar(value: object, expected: str, example: str) -> str:
    """The text of a scalar.

    Raises:
        RefusedError: it is a list, a group of keys or nothing.
    """
    if isinstance(value, str):
        return value
    raise RefusedError(f"expected {expected}, found {found(value)}", f"Write for instance `{example}`.")


def of(parse: Callable[[str], object], expected: str, *examples: str, **schema: Any) -> Kind:
    """A kind: a scalar read by `parse`."""

    def read(value: object, _names: Names) -> object:
        return parse(scalar(value, expected, examples[0]))

    return Kind(read, {"type": "string", "$comment": expected, **schema})


def read_line(text: str) -> str:
    """A text on one line.

    Raises:
        RefusedError: it is empty, too long, or holds control characters.
    """
    text = text.strip()
    _no_control(text, "")
    if not text:
        raise RefusedError("expected a text, found an empty one", "Write something, or leave the key out.")
    if len(text) > LINE_LENGTH:
        raise RefusedError(
            f"a text of {len(text)} characters is too long here", f"Use at most {LINE_LENGTH} characters."
        )
    return text


def read_text(text: str) -> str:
    """A text of any number of lines.

    Raises:
        RefusedError: it is empty, too long, or holds control characters.
    """
    text = text.strip()
    _no_control(text, "\n")
    if not text:
        raise RefusedError("expected a text, found an empty one", "Write something, or leave the key out.")
    if len(text) > TEXT_LENGTH:
        raise RefusedError(
            f"a text of {len(text)} characters is too long here", f"Use at most {TEXT_LENGTH} characters."
        )
    return text


def _no_control(text: str, allowed: str) -> None:
    for char in text:
        if not (char.isprintable() or char in allowed or char in "\u00a0\u00ad\u200d\u200c\u200e\u200f\u202f"):
            said = "a line break" if char in "\r\n" else f"the control character U+{ord(char):04X}"
            raise RefusedError(f"the text holds {said}", "Write it on one line, without control characters.")


def read_id(text: str) -> str:
    """The text, when it is an id.

    Raises:
        RefusedError: it is not.
    """
    if not _ID.fullmatch(text):
        raise RefusedError(
            f"{shown(text)} is no id", "Use lower-case letters, digits and single hyphens: `welcome-letter`."
        )
    if len(text) > ID_LENGTH:
        raise RefusedError(f"the id {shown(text)} is too long", f"Use at most {ID_LENGTH} characters.")
    return text


def read_email(text: str) -> str:
    """An e-mail address, as it is written.

    Raises:
        RefusedError: it is none.
    """
    text = text.strip()
    if not _EMAIL.fullmatch(text) or ".." in text or text[0] == "." or ".@" in text or len(text) > 254:
        raise RefusedError(f"{shown(text)} is no e-mail address", "Write one like `info@sociale-dienst.example`.")
    return text


def _yes_no(text: str) -> bool:
    if text.casefold() not in YES_NO:
        raise RefusedError(f"expected true or false, found {shown(text)}", "Write `true` or `false`.")
    return YES_NO[text.casefold()]


YES_NO = {"true": True, "yes": True, "false": False, "no": False}


def whole(low: int, high: int) -> Kind:
    """A kind: a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", text.strip()) or not low <= int(text) <= high:
            raise RefusedError(
                f"expected a whole number from {low} to {high}, found {shown(text)}",
                f"Write a number from {low} to {high}.",
            )
        return int(text)

    schema = {"type": "integer", "minimum": low, "maximum": high}
    return of(parse, f"a whole number from {low} to {high}", str(max(low, 1)), **schema)


def choice(*options: str) -> Kind:
    """A kind: one of a few words."""

    def parse(text: str) -> str:
        if text not in options:
            raise RefusedError(f"expected {_either(options)}, found {shown(text)}", advice(text, options, "choices"))
        return text

    return of(parse, _either(options), *options, enum=list(options))


def reference(kind: str) -> Kind:
    """A kind: the name of something that exists, such as a segment."""
    expected = f"the id of {_article(kind)}"

    def read(value: object, there: Names) -> str:
        if not isinstance(value, str):
            options = there.known.get(kind) or ()
            raise RefusedError(f"expected {expected}, found {found(value)}", advice("", options, PLURALS[kind]))
        return known(kind, value, there)

    options = {"enum": list(EVENT_KINDS)} if kind == "event" else {}
    return Kind(read, {"type": "string", "$comment": expected, **options})


def known(kind: str, name: str, there: Names) -> str:
    """The name, when there is something of that kind with it.

    Raises:
        RefusedError: there is not; the nearest neighbour is named.
    """
    options = there.known.get(kind)
    if options is None or name in options:
        return name
    if kind == "outcome" and name in EVENT_KINDS:
        raise RefusedError(f"`{name}` is an event, and no outcome", f"Write `{{event: {name}}}`.")
    raise RefusedError(f"there is no {kind} {shown(name)}", advice(name, options, PLURALS[kind]))


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _either(options: tuple[str, ...]) -> str:
    return f"{', '.join(options[:-1])} or {options[-1]}" if len(options) > 1 else options[0]


def by_key(*keys: str) -> Callable[[Any], str | None]:
    """Which alternative a group is: the one whose key it holds; None where it holds none or several of them."""

    def tag(value: Any) -> str | None:
        there = [key for key in keys if isinstance(value, dict) and key in value]
        return MARK + there[0] if len(there) == 1 else None

    return tag


class _OneOrMore:
    """An annotation of a list: one of one may be written without brackets."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object) -> object:
            return [value] if isinstance(value, str) else value

        return core_schema.no_info_before_validator_function(read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}


ONE_OR_MORE = _OneOrMore()

# Numbers too: `title: 2026` is a text as it stands.
Line = Annotated[str, of(read_line, "a text on one line", "Welkom", type=["string", "number"])]
Text = Annotated[str, of(read_text, "a text", "Vraag het aan via het e-loket.")]
Id = Annotated[
    str, of(read_id, "an id: lower-case letters, digits, hyphens", "welcome", pattern="^[a-z0-9]+(-[a-z0-9]+)*$")
]
Email = Annotated[str, of(read_email, "an e-mail address", "info@sociale-dienst.example", format="email")]
YesNo = Annotated[bool, of(_yes_no, "true or false", "true", "false", type="boolean")]
AnySpan = Annotated[Span, of(spans.parse_span, "a length of time", *spans.SPAN_EXAMPLES)]
Length = Annotated[Span, of(spans.parse_length, "a length of time", *spans.SPAN_EXAMPLES)]
Days = Annotated[Span, of(spans.parse_days, "a length of time in days or weeks", "14 days", "2 weeks")]
Date = Annotated[date, of(spans.parse_date, "a date", "2026-10-17", format="date")]
Time = Annotated[time, of(spans.parse_time, "a time of day", "09:00")]
Share = Annotated[float, of(spans.parse_share, "a percentage", "10 %")]

SegmentId = Annotated[str, reference("segment")]
OfferId = Annotated[str, reference("offer")]
CampaignId = Annotated[str, reference("campaign")]
OutcomeId = Annotated[str, reference("outcome")]
TopicId = Annotated[str, reference("topic")]
SenderId = Annotated[str, reference("sender")]
ThemeDayId = Annotated[str, reference("theme day")]
MessageId = Annotated[str, reference("message")]
EventKind = Annotated[str, reference("event")]
SessionKind = Annotated[str, reference("kind of session")]
LanguageId = Annotated[str, reference("language")]
