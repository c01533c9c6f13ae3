"""To which session somebody is invited, by looking at one after another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from outreach.definitions.model import Campaign, Session


def words(session: Session) -> Session:
    """A session as those know it who were told of it."""
    return replace(session, kind="", language="", entity="", seats=None)


def kinds(campaign: Campaign) -> set[str]:
    """Of the sessions that a campaign invites to."""
    return {step.invite for step in campaign.steps if step.invite}


def next_one(
    sessions: Collection[Session],
    kind: str,
    person: dict[str, Any],
    languages: tuple[str, ...],
    today: date,
    seated: dict[str, set[int]],
) -> str | None:
    """The name of the first session after today that is for this person and has room; `seated` are who has a seat."""
    spoken = person.get("language")
    spoken = spoken if spoken in languages else languages[0]
    fitting = [
        (one.on, one.starts, one.id)
        for one in sessions
        if one.kind == kind
        and not one.cancelled
        and one.on > today
        and one.language in ("", spoken)
        and (not one.entity or one.entity == person.get("entity"))
        and (one.seats is None or len(seated.get(one.id, set())) < one.seats)
    ]
    return min(fitting)[2] if fitting else None
