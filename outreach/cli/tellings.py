"""What people will be told of sessions that changed after they were invited, as it is shown before an approval."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from outreach.definitions.model import Definitions

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Told:
    """People who hear of one change, as they may be told of; a number of few people is None."""

    campaign: str
    session: str
    #: `moved` or `cancelled`.
    becomes: str
    people: int | None
    #: Whether they are told without another approval.
    approved: bool
    words: str


def told(connection: Connection, definitions: Definitions, now: datetime) -> Iterator[Told]:
    """By the campaigns that are not stopped."""
    from outreach import release
    from outreach.outcomes.small_numbers import in_words, shown

    limit = definitions.workspace.small_numbers
    for one in release.tellings(connection, definitions, now):
        people = shown(one.people, limit).people
        words = f"session {one.session} {one.becomes}: {in_words(people, limit)} people will be told"
        words += "" if one.approved else ", once it is approved"
        yield Told(one.campaign, one.session, one.becomes, people, one.approved, words)


def gone_sessions(connection: Connection, limit: int, now: datetime) -> list[str]:
    """What to know, and to do, of sessions whose files are gone."""
    from outreach import release
    from outreach.outcomes.small_numbers import in_words, shown

    return [
        f"session {one.session} is gone: {in_words(shown(one.people, limit).people, limit)} people were invited to it, "
        "and nobody tells them. Put its file back with `cancelled: true`."
        for one in release.gone_sessions(connection, now)
    ]


def unapproved(told: Collection[Told]) -> list[str]:
    """The campaigns that wait for an approval to tell of a change."""
    return sorted({one.campaign for one in told if not one.approved})


def waiting(connection: Connection, release_id: int, definitions: Definitions, now: datetime) -> list[str]:
    """The campaigns that wait for an approval: as they stand in the release, or to tell of a change."""
    from outreach import release

    changed = unapproved(list(told(connection, definitions, now)))
    return sorted({*release.waiting(connection, release_id), *changed})
