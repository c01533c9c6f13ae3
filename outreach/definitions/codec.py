"""Nouns to JSON and back, for the release: small, exact, and quick to load.

A dataclass becomes an object of its fields that differ from their defaults; a union's members carry their class
name under `is`; dates and times are ISO texts. The same noun always gives the same text, so digests can be
taken of it.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from outreach.definitions import model

T = TypeVar("T")

_UNIONS = {
    cls.__name__: cls for cls in (model.Fact, model.All, model.AnyOf, model.Not, model.InSegment, model.Span, model.Day)
}


def dumps(noun: object) -> str:
    """The canonical JSON of a noun: sorted keys, no spaces."""
    return json.dumps(plain(noun), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(noun: object) -> Any:
    """The noun as dicts, lists and scalars."""
    if is_dataclass(noun) and not isinstance(noun, type):
        body = {f.name: plain(value) for f in fields(noun) if (value := getattr(noun, f.name)) != _default(f)}
        if type(noun).__name__ in _UNIONS:
            body["is"] = type(noun).__name__
        return body
    if isinstance(noun, dict):
        return {key: plain(value) for key, value in noun.items()}
    if isinstance(noun, (tuple, list)):
        return [plain(value) for value in noun]
    if isinstance(noun, (date, time)):
        return noun.isoformat()
    return noun


def loads(cls: type[T], text: str) -> T:
    """The noun of class `cls` that `dumps` wrote."""
    return unplain(cls, json.loads(text))


def unplain(cls: type[T], body: Any) -> T:
    """The noun of class `cls` that `plain` made dicts and lists of."""
    noun: T = _reader(cast(Any, cls))(body)
    return noun


def _default(field: Any) -> object:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


@cache
def _reader(hint: Any) -> Callable[[Any], Any]:
    """A function that reads a value of this type hint."""
    origin = get_origin(hint)
    if origin is Literal or hint in (str, int, float, bool, type(None), object):
        return _itself
    if hint is date or hint is time:
        return cast(Callable[[Any], Any], hint.fromisoformat)
    if origin is tuple:
        item = _reader(get_args(hint)[0])
        return lambda body: tuple(map(item, body))
    if origin is dict:
        value = _reader(get_args(hint)[1])
        return lambda body: {key: value(item) for key, item in body.items()}
    if origin in (Union, types.UnionType):
        return _union(tuple(member for member in get_args(hint) if member is not type(None)))
    return _noun(hint)


def _itself(body: Any) -> Any:
    return body


def _union(members: tuple[Any, ...]) -> Callable[[Any], Any]:
    if len(members) == 1:
        only = _reader(members[0])
        return lambda body: None if body is None else only(body)
    return lambda body: _reader(_UNIONS[body["is"]])(body) if isinstance(body, dict) else body


def _noun(cls: Any) -> Callable[[Any], Any]:
    hints: dict[str, Any] = {}
    known = {f.name for f in fields(cls)}

    def read(body: dict[str, Any]) -> Any:
        # Resolved at first use: predicates refer to themselves.
        if not hints:
            hints.update(get_type_hints(cls))
        return cls(**{key: _reader(hints[key])(value) for key, value in body.items() if key in known})

    return read
