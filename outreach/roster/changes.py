"""What a change of facts means: which events it is, and the day they take effect.

A fact that becomes known, or unknown, is not something that happened to a person: a new column in HR's file must
not tell 45,000 people that their household has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from outreach.definitions.fields import ENTITLED
from outreach.definitions.model import EventKind

#: The facts of one person by column, as stored or as they are going to be.
Facts = dict[str, Any]

#: A change of one of these, between two known values, is such an event for who is in one of these statuses.
KINDS: tuple[tuple[EventKind, tuple[str, ...], tuple[str, ...]], ...] = (
    ("contract-changed", ("contract", "contract_ends_on"), ("active",)),
    ("moved", ("entity", "workplace", "postal_code"), ENTITLED),
    ("household-changed", ("household", "children"), ENTITLED),
)


def events(before: Facts, after: Facts, today: date) -> Iterator[tuple[EventKind, date]]:
    """What happened to somebody who was in the roster before, with the day it takes effect."""
    was, now = before["status"], after["status"]
    if was != now:
        yield from _turns(before, after, today)
    for kind, facts, statuses in KINDS:
        if was in statuses and now in statuses and any(_changed(before.get(f), after.get(f)) for f in facts):
            yield kind, today


def arrival(facts: Facts, today: date) -> Iterator[tuple[EventKind, date]]:
    """What the first sight of a person means: hired when active; a retiree or a contact was here long before."""
    if facts["status"] == "active":
        yield "hired", facts.get("hired_on") or today


def is_redating(before: Facts, after: Facts) -> bool:
    """Whether HR corrected the day on which somebody was hired, and nothing of the employment itself."""
    return (
        before["status"] == after["status"] == "active"
        and before.get("hired_on") != after.get("hired_on")
        and after.get("hired_on") is not None
    )


def _changed(before: object, after: object) -> bool:
    return before is not None and after is not None and before != after


def _turns(before: Facts, after: Facts, today: date) -> Iterator[tuple[EventKind, date]]:
    """Events of a change of status; one that makes a dead person active is a correction, not a hiring.

    Who was missing from HR's file for a while comes back as `left` to what they were: only a new date says that they
    were hired, or retired, anew.
    """
    was = before["status"]
    turns: dict[str, tuple[EventKind, date, bool]] = {
        "active": ("hired", after.get("hired_on") or today, was != "died" and _anew("hired_on", before, after)),
        "retired": ("retired", after.get("retired_on") or today, _anew("retired_on", before, after)),
        "died": ("died", today, True),
        "left": ("left", today, was != "died"),
    }
    kind, on, counts = turns.get(after["status"], ("left", today, False))
    if counts:
        yield kind, on


def _anew(since: str, before: Facts, after: Facts) -> bool:
    return before["status"] != "left" or after.get(since) not in (None, before.get(since))
