"""How many go which way at the branches of campaigns, in a stretch of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from outreach.planning.journeys import Releases
from outreach.planning.turning import places
from outreach.storage.tables import enrolment, turn


@dataclass(frozen=True)
class WaysTaken:
    """What became of who came to one branch, under one release."""

    campaign: str
    release: int
    step: str
    #: Way (`turning.places`) -> people, in the order in which the ways are asked; those that nobody goes are not in it.
    people: dict[str, int]


def ways_taken(connection: Connection, releases: Releases, since: datetime) -> Iterator[WaysTaken]:
    """Of who turned at `since` or later."""
    which = (enrolment.c.campaign, enrolment.c.release_id, turn.c.step)
    rows = connection.execute(
        select(*which, turn.c.way, func.count())
        .join(enrolment, enrolment.c.id == turn.c.enrolment)
        .where(turn.c.turned_at >= since)
        .group_by(*which, turn.c.way)
        .order_by(*which)
    )
    found: dict[tuple[str, int, str], dict[str, int]] = {}
    for campaign, release, step, way, people in rows:
        found.setdefault((campaign, release, step), {})[way] = people
    for (campaign, release, name), people in found.items():
        branch = releases(release).campaigns[campaign].step(name).branch
        # Waits keep what came of them in the same table.
        if branch:
            yield WaysTaken(campaign, release, name, {way: people[way] for way in places(branch) if way in people})
