"""What is due, in groups that are judged alike: read once a round, as to read it is to go through all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func

from outreach.definitions.model import Campaign, ChannelKind
from outreach.delivery import batches
from outreach.planning.abroad import Clocks, with_zones
from outreach.planning.arbitration import Plans
from outreach.planning.journeys import Releases
from outreach.planning.notices import is_notice
from outreach.storage.tables import delivery


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


def grouped_in_parts(connection: Connection, parts: Sequence[ColumnElement[bool]], by: Clocks) -> list[Group]:
    """What clauses on `delivery` name together, in groups; part by part, as SQLite sorts each statement in memory."""
    found: dict[tuple[object, ...], Group] = {}
    for one in (one for part in parts for one in grouped(connection, part, by)):
        alike = (one.campaign, one.release_id, one.channel, one.is_notice, one.zone)
        known = found.get(alike, one)
        counted, first = known.is_counted or one.is_counted, min(known.expires_at, one.expires_at)
        found[alike] = replace(one, is_counted=counted, expires_at=first)
    return list(found.values())


def grouped(connection: Connection, due: ColumnElement[bool], by: Clocks) -> list[Group]:
    """What a clause on `delivery` names, in groups."""
    notice = case((is_notice(delivery.c.step), 1), else_=0).label("notice")
    columns = (delivery.c.campaign, delivery.c.release_id, batches.kind.label("kind"), notice)
    counted = func.max(case((delivery.c.rank > 0, 1), else_=0))
    query = with_zones(delivery, columns, by.zones).add_columns(counted, func.min(delivery.c.expires_at))
    names = ("campaign", "release_id", "kind", "notice", "time_zone")
    rows = connection.execute(query.where(due).group_by(*names).order_by(*names))
    return [
        Group(campaign, release_id, channel, bool(notice), zone, bool(counted), expires_at)
        for campaign, release_id, channel, notice, zone, counted, expires_at in rows
    ]


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
