"""Which campaigns will reach the people of each entity in a period, and how many of them, as far as that may be told.

Every entity's bundle names the same campaigns: that one is left out would say that nobody there is in its audience.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy import Connection, func, select, true

from outreach.bundling.periods import Period
from outreach.definitions.fields import ENTITLED
from outreach.definitions.model import Campaign, Definitions
from outreach.outcomes.segment_counts import WIDTH, mask
from outreach.outcomes.small_numbers import Shown, cells, tell
from outreach.planning.calendar import moment, occurrences, zone
from outreach.rendering.told import News
from outreach.roster.segments import Segments, Truth
from outreach.storage.tables import person

#: All people of an entity, whose number its contact may know; no campaign's id has this sign.
_ALL = "*"
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Reached:
    """What will reach people in a period."""

    #: Campaigns in the order of their first day; those that run all year come last.
    days: Mapping[str, tuple[date, ...]]
    #: Entity -> campaign -> people, as they may be told.
    people: Mapping[str, Mapping[str, Shown]]
    #: Campaign -> people of the entity, whether they may be told or not.
    counts: Mapping[str, Mapping[str, int]]
    #: Campaigns about which no number is told.
    discreet: frozenset[str]
    limit: int

    def news(self, entity: str) -> tuple[News, ...]:
        """What the contacts of an entity are told."""
        return tuple(self._news(name, days, entity) for name, days in self.days.items())

    def _news(self, name: str, days: tuple[date, ...], entity: str) -> News:
        if not days or name in self.discreet:
            return News(name, days)
        shown = self.people.get(entity, {}).get(name)
        few = self.counts.get(entity, {}).get(name, 0) < self.limit
        return News(name, days, shown.people if shown else None, few)


def reached(connection: Connection, definitions: Definitions, running: Collection[str], period: Period) -> Reached:
    """What the running campaigns will do in a period, by what is on file of people now."""
    told = [one for name, one in sorted(definitions.campaigns.items()) if name in running and _is_told(one)]
    dated = {one.id: days for one in told if (days := _days(definitions, one, period))}
    sizes = _sizes(connection, definitions, dated)
    # What is for contacts alone reaches nobody of whom a contact could tell.
    reaching = frozenset[str]().union(*(cell for found in sizes.values() for cell in found))
    dated = {name: days for name, days in dated.items() if name in reaching}
    lasting = [one.id for one in told if one.start.is_per_person and one.announce and one.announce.titles]
    discreet = frozenset(one.id for one in told if one.sensitive)
    groups, limit = [_ALL, *(name for name in dated if name not in discreet)], definitions.workspace.small_numbers
    return Reached(
        days=dict(sorted(dated.items(), key=lambda item: (item[1], item[0]))) | dict.fromkeys(lasting, ()),
        people={entity: tell(groups, found, limit) for entity, found in sizes.items()},
        counts={entity: {name: _size(found, name) for name in dated} for entity, found in sizes.items()},
        discreet=discreet,
        limit=limit,
    )


def _is_told(campaign: Campaign) -> bool:
    """A sensitive one is told of only in words that are meant for that."""
    if campaign.announce is None or campaign.start.kind == "bundles":
        return False
    return not campaign.sensitive or bool(campaign.announce.titles)


def _days(definitions: Definitions, campaign: Campaign, period: Period) -> tuple[date, ...]:
    if campaign.start.is_per_person:
        return ()
    where = zone(definitions.workspace.time_zone)
    since, until = (moment(day, time(), where) - _INSTANT for day in (period.first, period.last + timedelta(days=1)))
    found = occurrences(definitions.workspace, campaign, since, until)
    return tuple(sorted({occurrence.day for occurrence in found}))


def _sizes(
    connection: Connection, definitions: Definitions, dated: Mapping[str, tuple[date, ...]]
) -> dict[str, dict[frozenset[str], int]]:
    """Entity -> people by the audiences that they are in on the campaigns' first days, as cells."""
    groups = [_ALL, *dated]
    members = [true(), *(_holds(definitions, name, days[0]) for name, days in dated.items())]
    parts = [mask(members[i : i + WIDTH]).label(f"mask_{i}") for i in range(0, len(members), WIDTH)]
    entitled = select(person.c.entity, *parts).where(person.c.status.in_(ENTITLED), person.c.entity.is_not(None))
    sorted_out = entitled.subquery()
    rows = connection.execute(select(*sorted_out.c, func.count()).group_by(*sorted_out.c))
    found: dict[str, list[tuple[list[int], int]]] = defaultdict(list)
    for entity, *bits, people in rows:
        found[entity].append((bits, people))
    return {entity: cells(groups, masks, WIDTH) for entity, masks in found.items()}


def _holds(definitions: Definitions, campaign: str, day: date) -> Truth:
    segments = Segments(definitions.segments, definitions.workspace.fields, day)
    return segments.holds(definitions.campaigns[campaign].audience).is_(True)


def _size(found: Mapping[frozenset[str], int], group: str) -> int:
    return sum(people for cell, people in found.items() if group in cell)
