"""Waiting: what is due at an hour or on a day on which its campaign sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Update, and_, case, literal, update

from outreach.definitions.model import ChannelKind, Workspace
from outreach.delivery import batches
from outreach.delivery.due import Group
from outreach.planning.abroad import Clocks, living_by
from outreach.planning.journeys import Releases
from outreach.planning.openings import hours_of
from outreach.storage.tables import delivery


@dataclass(frozen=True)
class Shut:
    """A campaign that may send nothing now by one kind of channel."""

    campaign: str
    channel: ChannelKind
    #: Of the deliveries: the windows are those that were approved with them.
    release_id: int
    #: `blackout`, `closed_day` or `outside_window`.
    reason: str
    #: When it may again; None where that is too far away.
    opens: datetime | None
    #: Those by whose clock it is so, as a clause on `delivery`.
    people: ColumnElement[bool]


def find_shut(
    groups: Sequence[Group], by: Clocks, workspace: Workspace, releases: Releases, now: datetime
) -> list[Shut]:
    """The campaigns that have something due and may send nothing now; notices wait for nothing."""
    found = []
    for one in groups:
        if one.is_notice:
            continue
        hours = hours_of(workspace, releases(one.release_id).campaigns[one.campaign], one.channel, one.zone)
        if reason := hours.shut(now):
            people = living_by(one.zone, delivery.c.person, by.zones)
            found.append(Shut(one.campaign, one.channel, one.release_id, reason, hours.opening(now), people))
    return found


def keep_waiting(due: ColumnElement[bool], shut: Shut) -> Update:
    """The statement that lets what is due wait for the opening, or for its latest time where that comes first."""
    latest: ColumnElement[datetime] = delivery.c.expires_at
    if shut.opens:
        opens = literal(shut.opens, delivery.c.due_at.type)
        latest = case((latest < opens, latest), else_=opens)
    group = and_(due, delivery.c.campaign == shut.campaign, delivery.c.release_id == shut.release_id)
    group = and_(group, batches.meant_for(shut.channel), shut.people)
    return update(delivery).where(group).values(reason=shut.reason, due_at=latest)
