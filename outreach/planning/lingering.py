"""Who stands at a wait of a campaign now, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from outreach.planning.awaiting import WAITING
from outreach.storage.tables import enrolment, turn


@dataclass(frozen=True)
class Lingering:
    """People who stand at the same wait, under the same release."""

    campaign: str
    release: int
    step: str
    people: int
    #: The first and the last day on which one of them goes on at the latest.
    first: date
    last: date


def lingering(connection: Connection, campaigns: Iterable[str]) -> Iterator[Lingering]:
    """By campaign, release and wait."""
    place = (enrolment.c.campaign, enrolment.c.release_id, turn.c.step)
    counted = (func.count(), func.min(enrolment.c.next_on), func.max(enrolment.c.next_on))
    rows = (
        select(*place, *counted)
        .join(turn, turn.c.enrolment == enrolment.c.id)
        .where(
            enrolment.c.campaign.in_(list(campaigns)),
            enrolment.c.state == "active",
            enrolment.c.next_on.is_not(None),
            turn.c.way == WAITING,
        )
        .group_by(*place)
        .order_by(*place)
    )
    yield from (Lingering(*row) for row in connection.execute(rows))
