"""The bundles that come next, before anybody gets them: for which entities, to how many contacts, telling of what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from outreach.bundling.making import bringing
from outreach.bundling.outlook import Outlook, outlook
from outreach.definitions.fields import ENTITLED
from outreach.planning.calendar import Occurrence
from outreach.planning.plan import Current
from outreach.planning.scope import Scope
from outreach.planning.upcoming import upcoming_occurrence
from outreach.rendering.told import News
from outreach.storage.tables import person


@dataclass(frozen=True, slots=True)
class Given:
    """What the contacts of an entity will be given."""

    entity: str
    contacts: int
    news: tuple[News, ...]
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The next bundles of a campaign."""

    campaign: str
    #: The name of their day in the ledger.
    occurrence: str
    leaves_at: datetime
    #: The period that they tell of.
    first: date
    last: date
    entities: tuple[Given, ...]
    #: Entities with entitled people and nobody to write to.
    without_contact: tuple[str, ...]
    #: Contacts of whom it is not on file of which entity they are.
    without_entity: int


def overviews(connection: Connection, current: Current, now: datetime) -> list[Overview]:
    """The next bundles of every campaign that brings some, as they would be made now."""
    scopes = (
        Scope(current.definitions, current.release_id, current.definitions.campaigns[name], now)
        for name in bringing(current.definitions)
    )
    return [made for scope in scopes if (made := _overview(connection, scope))]


def next_outlook(connection: Connection, scope: Scope) -> Outlook | None:
    """What the next bundles of a campaign tell of; None where none comes within a year."""
    occurrence = upcoming_occurrence(scope)
    return _outlook(connection, scope, occurrence) if occurrence else None


def contacts(connection: Connection, scope: Scope) -> dict[str, int]:
    """How many contacts of each entity get a campaign's bundles, by what is on file now; of none on file under ``."""
    holds = scope.segments.holds(scope.campaign.audience).is_(True)
    entity = func.coalesce(person.c.entity, "")
    rows = connection.execute(select(entity, func.count()).where(holds).group_by(entity))
    return dict(sorted((name, people) for name, people in rows))


def _overview(connection: Connection, scope: Scope) -> Overview | None:
    occurrence = upcoming_occurrence(scope)
    if occurrence is None:
        return None
    found, who = _outlook(connection, scope, occurrence), contacts(connection, scope)
    without_entity = who.pop("", 0)
    return Overview(
        campaign=scope.campaign.id,
        occurrence=occurrence.name,
        leaves_at=occurrence.at,
        first=found.period.first,
        last=found.period.last,
        entities=tuple(_given(found, entity, people) for entity, people in who.items()),
        without_contact=_without_contact(connection, who),
        without_entity=without_entity,
    )


def _outlook(connection: Connection, scope: Scope, occurrence: Occurrence) -> Outlook:
    return outlook(connection, scope.definitions, scope.release_id, scope.campaign.id, occurrence.name)


def _given(found: Outlook, entity: str, people: int) -> Given:
    told = found.of(entity)
    return Given(entity, people, told.news if told else (), tuple(told.sessions or ()) if told else ())


def _without_contact(connection: Connection, contacts: Mapping[str, int]) -> tuple[str, ...]:
    entitled = (person.c.status.in_(ENTITLED), person.c.entity.is_not(None))
    entities = set(connection.scalars(select(person.c.entity).where(*entitled).distinct()))
    return tuple(sorted(name for name in entities - contacts.keys() if name))
