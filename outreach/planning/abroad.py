"""People who live by another clock than the workspace's: a message leaves at its local hour where they are.

Days are the workspace's for everything that is counted (segments, caps, when an event has taken effect); an hour is the
person's own. Where nobody has a zone of their own there is one place, and the same queries as if there were no zones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, null, or_, select, true

from outreach.planning.calendar import Occurrence, civil_day, occurrences, zone
from outreach.planning.scope import Scope
from outreach.storage.tables import person

#: Two places are never further apart than this, by the same local hour.
_APART = timedelta(days=2)


@dataclass(frozen=True)
class Place:
    """People who live by one clock."""

    where: ZoneInfo
    #: A clause on `person`.
    people: ColumnElement[bool]


@dataclass(frozen=True)
class Clocks:
    """By which clocks people live, at one moment."""

    #: The zones on file of anybody.
    zones: tuple[str, ...]
    #: The civil day where it is the latest, at home included.
    latest_day: date


def zones_on_file(connection: Connection) -> tuple[str, ...]:
    """The zones of people of whom one is known, in the order of the alphabet."""
    known = select(person.c.time_zone).where(person.c.time_zone.is_not(None)).distinct()
    return tuple(sorted(name for name in connection.scalars(known) if name))


def clocks(connection: Connection, home: str, now: datetime) -> Clocks:
    """As they are on file; `home` is the workspace's zone."""
    zones = zones_on_file(connection)
    return Clocks(zones, max(civil_day(now, zone(name)) for name in (home, *zones)))


def places(clocks: Clocks, home: str) -> list[Place]:
    """Everybody once: those at home, of whom no zone is on file or the workspace's, before the others."""
    abroad = [name for name in clocks.zones if name != home]
    if not abroad:
        return [Place(zone(home), true())]
    here = or_(person.c.time_zone.is_(None), person.c.time_zone == home)
    return [Place(zone(home), here), *(Place(zone(name), person.c.time_zone == name) for name in abroad)]


def coming(scope: Scope, where: ZoneInfo, since: datetime) -> list[Occurrence]:
    """The occurrences that are looked at now for the people of a place, by their clock.

    They are looked at when they come there and when they come at home: so that whoever moves to a place at which it
    was the hour already is not left out. Nobody has one twice, as it is named by its day.
    """
    at_home = occurrences(scope.workspace, scope.campaign, since, scope.now)
    if where == scope.zone:
        return at_home
    names = {occurrence.name for occurrence in at_home}
    there = replace(scope.workspace, time_zone=where.key)
    near = occurrences(there, scope.campaign, since - _APART, scope.now + _APART)
    return [one for one in near if one.name in names or since < one.at <= scope.now]


def with_zones(table: Table, columns: Sequence[ColumnElement[Any]], zones: Sequence[str]) -> Select[Any]:
    """Columns of a table of what people have, and `time_zone`, the zone on file of each; none where nobody has one."""
    if not zones:
        return select(*columns, null().label("time_zone"))
    return select(*columns, person.c.time_zone).join_from(table, person, person.c.id == table.c.person)


def living_by(name: str | None, who: Column[Any], zones: Sequence[str]) -> ColumnElement[bool]:
    """Whether the zone on file of a person (`who` holds their id) is that one, or none."""
    if not zones:
        return true()
    by_clock = person.c.time_zone.is_(None) if name is None else person.c.time_zone == name
    return select(person.c.id).where(person.c.id == who, by_clock).exists()
