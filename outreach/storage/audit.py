"""The audit log: who did what, to what, and what was so before and after.

A line is written in the transaction that does the thing, so that there is neither without the other. People are named
by our own number (`of_person`), which leads nowhere once they are erased; never by an address, a name or an HR number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from outreach.storage.tables import audit

#: Who acts where nobody who works here does.
RECIPIENT, OURSELVES = "recipient's link", "outreach"
#: Longest name of an actor, and longest subject, that are kept whole.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that somebody did."""

    #: A user of the machine, `token` and its name, RECIPIENT or OURSELVES.
    actor: str
    #: A word or two in the past tense: `approved`, `paused`, `opted out`, `looked at`.
    action: str
    #: A kind and a name: `campaign welcome`, `release 3`, `person 17`.
    subject: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: those that agree with everything that is given."""

    action: str | None = None
    #: The whole subject (`campaign welcome`), or its kind alone (`campaign`).
    subject: str | None = None
    since: datetime | None = None


def of_person(person: int) -> str:
    """The subject of what is about somebody, by our own number."""
    return f"person {person}"


def record(connection: Connection, entry: Entry, now: datetime) -> None:
    """Write a line."""
    row = {
        "at": now,
        "actor": entry.actor[:_LONGEST],
        "action": entry.action,
        "subject": entry.subject[:_LONGEST],
        "before": None if entry.before is None else dict(entry.before),
        "after": None if entry.after is None else dict(entry.after),
    }
    connection.execute(insert(audit), row)


def read(connection: Connection, wanted: Wanted, limit: int | None = None) -> Iterator[Line]:
    """The lines that are wanted, the latest first."""
    query = select(audit).where(*_conditions(wanted)).order_by(audit.c.id.desc())
    for row in connection.execute(query.limit(limit)):
        yield Line(**row._mapping)


def actions(connection: Connection) -> set[str]:
    """Whatever was done, as `Entry.action` says it."""
    return set(connection.scalars(select(audit.c.action).distinct()))


def _conditions(wanted: Wanted) -> Iterator[Any]:
    if wanted.action:
        yield audit.c.action == wanted.action
    if wanted.subject and " " in wanted.subject:
        yield audit.c.subject == wanted.subject
    elif wanted.subject:
        yield audit.c.subject.startswith(f"{wanted.subject} ", autoescape=True)
    if wanted.since:
        yield audit.c.at >= wanted.since
