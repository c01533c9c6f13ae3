"""What is due, in parts, and in groups that are judged alike: read once a round, as that is to go through all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from outreach.definitions.model import Campaign, ChannelKind
from outreach.delivery import batches
from outreach.planning.abroad import Clocks, with_zones
from outreach.planning.arbitration import Plans
from outreach.planning.audience import chunks_between, in_chunk
from outreach.planning.journeys import Releases
from outreach.planning.naming import named
from outreach.planning.notices import is_notice
from outreach.storage.tables import delivery

#: What the parameters of a statement about one part are.
Values = Mapping[str, int]


@dataclass(frozen=True)
class Group:
    """Deliveries that are due, of one campaign as it was approved, by one kind of channel."""

    campaign: str
    release_id: int
    channel: ChannelKind
    #: Notices wait for no window and no turn.
    is_notice: bool
    #: The zone on file of their people; None where there is none.
    zone: str | None
    #: Whether the frequency cap counts any of them.
    is_counted: bool
    #: The latest time of the first whose latest time comes.
    expires_at: datetime


@dataclass(frozen=True)
class Parts:
    """What is due, in parts of which each has all that is due of its people. A statement about it is built once, and
    executed for each part with the part's values.
    """

    #: A clause on `delivery`.
    due: ColumnElement[bool]
    #: The values of each part; none where nothing is due.
    values: Sequence[Values]


def in_parts(connection: Connection, due: ColumnElement[bool]) -> Parts:
    """What a clause on `delivery` names, in parts.

    Few are named by their ids: the statements that follow need not go through everything that waits for another day.
    """
    few = named(connection, delivery.c.id, due)
    if few:
        number, clause = few
        return Parts(and_(due, clause), [{}] if number else [])
    first, last = connection.execute(select(func.min(delivery.c.person), func.max(delivery.c.person)).where(due)).one()
    return Parts(and_(due, in_chunk(delivery.c.person)), list(chunks_between(first, last)))


def grouped(connection: Connection, parts: Parts, by: Clocks) -> list[Group]:
    """What is due, in groups: read part by part, as SQLite sorts each statement in memory."""
    query = _grouping(parts.due, by)
    found: dict[tuple[object, ...], Group] = {}
    for row in (row for values in parts.values for row in connection.execute(query, values)):
        campaign, release_id, channel, notice, zone, counted, expires_at = row
        one = Group(campaign, release_id, channel, bool(notice), zone, bool(counted), expires_at)
        alike = (campaign, release_id, channel, notice, zone)
        known = found.get(alike, one)
        counted, first = known.is_counted or one.is_counted, min(known.expires_at, one.expires_at)
        found[alike] = replace(one, is_counted=counted, expires_at=first)
    return list(found.values())


def _grouping(due: ColumnElement[bool], by: Clocks) -> Select[Any]:
    notice = case((is_notice(delivery.c.step), 1), else_=0).label("notice")
    columns = (delivery.c.campaign, delivery.c.release_id, batches.kind.label("kind"), notice)
    counted = func.max(case((delivery.c.rank > 0, 1), else_=0))
    query = with_zones(delivery, columns, by.zones).add_columns(counted, func.min(delivery.c.expires_at))
    names = ("campaign", "release_id", "kind", "notice", "time_zone")
    return query.where(due).group_by(*names).order_by(*names)


def metered(groups: Sequence[Group], campaigns: Mapping[str, Campaign], releases: Releases) -> list[Campaign]:
    """The campaigns with a limit that have something due: as published last, or as approved where they are gone."""
    newest = {one.campaign: one.release_id for one in groups if not one.is_notice}
    found = (campaigns.get(name) or releases(release_id).campaigns[name] for name, release_id in newest.items())
    return [campaign for campaign in found if campaign.at_most]


def plans_of(groups: Sequence[Group], releases: Releases) -> Plans:
    """The campaigns that have something due that the frequency cap counts, by the releases whose words hold."""
    found = {}
    for one in groups:
        if one.is_counted:
            definitions = releases(one.release_id)
            found[one.campaign, one.release_id] = definitions.campaigns[one.campaign], definitions
    return found
