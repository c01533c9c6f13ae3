"""Who is under way in a campaign as another release has it, and what becomes of them under this one."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from outreach.planning.moving import goes_on, standing, under_another
from outreach.planning.scope import Scope
from outreach.storage.tables import enrolment


@dataclass
class UnderWay:
    """People who follow the same release."""

    release: int
    people: int = 0
    #: How many go on at each step of this release, in the order of the steps; "" where nothing more comes. Empty
    #: where they finish the release that they follow.
    go_on: dict[str, int] = field(default_factory=dict)


def under_way(connection: Connection, scope: Scope) -> list[UnderWay]:
    """By the release that they follow, oldest first."""
    if scope.campaign.edited.under_way == "finish":
        rows = select(enrolment.c.release_id, func.count()).where(under_another(scope))
        grouped = rows.group_by(enrolment.c.release_id).order_by(enrolment.c.release_id)
        return [UnderWay(release, people) for release, people in connection.execute(grouped)]
    found: dict[int, UnderWay] = {}
    who = standing(scope).subquery()
    counted = select(who.c.release_id, who.c.last, func.count()).group_by(who.c.release_id, who.c.last)
    for release, last, people in sorted(connection.execute(counted), key=lambda row: (row[0], row[1] or 0)):
        one = found.setdefault(release, UnderWay(release))
        place = goes_on(scope.campaign, last)
        step = "" if place is None else scope.campaign.steps[place].id
        one.people += people
        one.go_on[step] = one.go_on.get(step, 0) + people
    return list(found.values())
