"""What becomes of people who are under way in a campaign that was edited, as it is shown before an approval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from outreach.definitions.model import Campaign, Definitions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from outreach.planning.under_way import UnderWay


@dataclass(frozen=True, slots=True)
class Moving:
    """People who follow the same release, as they may be told of; numbers of few people are None."""

    campaign: str
    release: int
    people: int | None
    #: `finish` or `move`.
    becomes: str
    #: Step -> how many go on there; "" for those of whom nothing more comes. None where that tells of few people.
    go_on: dict[str, int] | None
    words: str


def moving(
    connection: Connection, definitions: Definitions, release_id: int, names: Iterable[str], now: datetime
) -> Iterator[Moving]:
    """Of the campaigns of these names, in the release that is to be approved."""
    from outreach.planning.scope import Scope
    from outreach.planning.under_way import under_way

    for name in names:
        campaign = definitions.campaigns[name]
        scope = Scope(definitions, release_id, campaign, now)
        for one in under_way(connection, scope):
            yield _told(campaign, one, definitions.workspace.small_numbers)


def _told(campaign: Campaign, one: UnderWay, limit: int) -> Moving:
    from outreach.outcomes.small_numbers import in_words, shown

    people, becomes = shown(one.people, limit).people, campaign.edited.under_way
    go_on = one.go_on if people is not None and all(number >= limit for number in one.go_on.values()) else None
    words = f"{in_words(people, limit)} people are under way in release {one.release}: {_becomes(campaign, go_on)}"
    return Moving(campaign.id, one.release, people, becomes, go_on, words)


def _becomes(campaign: Campaign, go_on: dict[str, int] | None) -> str:
    if campaign.edited.under_way == "finish":
        return "they finish it"
    if go_on is None:
        return f"they go on at {campaign.edited.to}, or after it where they had that"
    parts = [
        f"{number:,} go on at {step}" if step else f"{number:,} get nothing more" for step, number in go_on.items()
    ]
    return ", ".join(parts)
