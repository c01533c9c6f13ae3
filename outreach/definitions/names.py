"""The names that a workspace declares, so that a reference to one that is not there is noticed.

They are taken from the raw data, not from what passed the grammar: a segment with a mistake in it still exists, and
whoever refers to it has made none. A set is None when the file that declares it cannot be read; nothing is then
said about references into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from outreach.definitions.fields import DERIVED, FIELDS
from outreach.definitions.model import EVENT_KINDS, EVERYONE, Field, FieldType
from outreach.definitions.refusal import nearest

#: Kind of name -> what several of them are called.
PLURALS = {
    "segment": "segments", "offer": "offers", "campaign": "campaigns", "outcome": "outcomes", "topic": "topics",
    "sender": "senders", "theme day": "theme days", "message": "messages (folders in templates/)",
    "language": "languages of outreach.yaml", "field": "fields", "event": "events",
    "kind of session": "kinds of sessions",
}  # fmt: skip

#: A language code.
LANGUAGE = re.compile("[a-z]{2}")

_TABLES = (
    "topics", "senders", "outcomes", "theme_days", "fields", "roster", "languages", "frequency_cap", "bounces",
    "closed", "windows", "blackouts", "budget", "retention", "web",
)  # fmt: skip

Known = frozenset[str] | None


@dataclass(frozen=True)
class Names:
    """What exists, by kind of name."""

    known: Mapping[str, Known]
    #: The first language; empty when unknown.
    default_language: str = ""
    languages: tuple[str, ...] = ()
    #: Roster fields, ours and the organisation's own.
    fields: Mapping[str, Field] = field(default_factory=lambda: FIELDS)
    #: Fields whose declaration is broken; None where that may be any.
    broken_fields: frozenset[str] | None = frozenset()

    @property
    def comparable(self) -> frozenset[str]:
        """Names that a segment may compare."""
        return frozenset((*self.fields, *DERIVED, *(self.broken_fields or ())))

    def is_broken(self, name: str) -> bool:
        """Whether nothing is to be said about a field, because its own declaration is broken."""
        return name not in self.fields and (self.broken_fields is None or name in self.broken_fields)


def collect(
    workspace: Any, segments: Any, campaigns: Iterable[str], offers: Iterable[str], messages: Iterable[str],
    sessions: Iterable[Any] = (),
) -> Names:  # fmt: skip
    """The names in the raw data of `outreach.yaml` and `segments.yaml` (None: unreadable) and in the folders."""
    languages = _languages(workspace)
    fields = _fields(workspace)
    known: dict[str, Known] = {
        "segment": None if segments is None else _meant((EVERYONE, *_keys(segments))),
        "campaign": frozenset(campaigns),
        "offer": frozenset(offers),
        "message": frozenset(messages),
        "kind of session": _kinds(sessions),
        "event": frozenset(EVENT_KINDS),
        "language": frozenset(languages) or None,
    }
    for kind, key in (("outcome", "outcomes"), ("topic", "topics"), ("sender", "senders"), ("theme day", "theme_days")):
        table = _table(workspace, key)
        known[kind] = None if table is None else _meant(table)
    own = _table(workspace, "fields")
    broken = None if own is None else frozenset(name for name in own if name not in fields)
    return Names(known, languages[0] if languages else "", languages, fields, broken)


def _table(workspace: Any, key: str) -> dict[str, Any] | None:
    """What a key of `outreach.yaml` declares; None when it is broken or misspelt, which is one mistake by itself."""
    if not isinstance(workspace, dict):
        return None
    if key in workspace:
        return workspace[key] if isinstance(workspace[key], dict) else None
    misspelt = any(name not in _TABLES and nearest(name, [key]) for name in workspace)
    return None if misspelt else {}


def _part(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, dict) else None


def _keys(data: Any) -> list[str]:
    return list(data) if isinstance(data, dict) else []


def _kinds(sessions: Iterable[Any]) -> Known:
    """The kinds of these sessions; None where one of them does not say its own."""
    kinds = [_part(one, "kind") for one in sessions]
    return _meant(kinds) if all(isinstance(kind, str) for kind in kinds) else None


def _languages(workspace: Any) -> tuple[str, ...]:
    """The languages; none when one of them is not written as it should be: nothing is said about the others then."""
    written = _part(workspace, "languages")
    sound = isinstance(written, list) and all(isinstance(item, str) and LANGUAGE.fullmatch(item) for item in written)
    return tuple(written) if sound else ()


def _meant(names: Iterable[str]) -> frozenset[str]:
    """The names, and those which are no ids also as they were probably meant: that is one mistake, not two."""
    return frozenset(form for name in names for form in (name, name.casefold().replace("_", "-").replace(" ", "-")))


def _fields(workspace: Any) -> dict[str, Field]:
    """Our fields and the organisation's own, as far as these are understood."""
    fields = dict(FIELDS)
    written = _part(workspace, "fields")
    for name, body in written.items() if isinstance(written, dict) else ():
        kind = _part(body, "type")
        choices = _part(body, "choices") or []
        if kind in get_args(FieldType) and isinstance(choices, list) and name not in FIELDS:
            values = tuple(choice for choice in choices if isinstance(choice, str))
            fields[name] = Field(name, cast(FieldType, kind), values, custom=True)
    return fields
