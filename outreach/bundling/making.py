"""Bundles for the contacts whose message is planned: made once, kept, and named by the delivery that brings them.

Between planning and dispatch, under the same lock as both. Whoever dies in between leaves deliveries without a bundle,
which the next tick gives one before they can leave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from outreach.bundling.outlook import outlook
from outreach.definitions import codec
from outreach.definitions.model import Definitions
from outreach.planning.plan import Current
from outreach.rendering.told import Told
from outreach.roster import among
from outreach.storage.database import Database
from outreach.storage.inserting import insert_into
from outreach.storage.tables import PLANNED, bundle, delivery, person

NO_ENTITY, NOTHING_TO_TELL = "no_entity", "nothing_to_tell"
_GROUP = (delivery.c.campaign, delivery.c.occurrence, delivery.c.release_id)


def bringing(definitions: Definitions) -> list[str]:
    """The campaigns that bring bundles."""
    return [name for name, campaign in definitions.campaigns.items() if campaign.start.kind == "bundles"]


def make_bundles(database: Database, current: Current, now: datetime) -> None:
    """Give every planned message that brings a bundle its own; where there is none to bring, it is skipped."""
    campaigns = bringing(current.definitions)
    if not campaigns:
        return
    waits = (delivery.c.campaign.in_(campaigns), delivery.c.state == PLANNED, delivery.c.bundle.is_(None))
    with database.reading() as connection:
        groups = connection.execute(select(*_GROUP).where(*waits).distinct().order_by(*_GROUP)).all()
    for group in groups:
        with database.writing() as connection:
            _make(connection, current.releases(group.release_id), group, now)


def _make(connection: Connection, definitions: Definitions, group: Any, now: datetime) -> None:
    """The bundles of one day, for the entities whose contacts wait for one."""
    contacts = _contacts(connection, group)
    _skip(connection, contacts.pop(None, []), NO_ENTITY)
    if not contacts:
        return
    found = outlook(connection, definitions, group.release_id, group.campaign, group.occurrence)
    for entity, waiting in contacts.items():
        told = found.of(entity or "")
        if told is None:
            _skip(connection, waiting, NOTHING_TO_TELL)
        else:
            number = _keep(connection, group, entity or "", told, now)
            connection.execute(update(delivery).where(_among(connection, waiting)).values(bundle=number))


def _contacts(connection: Connection, group: Any) -> dict[str | None, list[int]]:
    """The deliveries that wait for a bundle, by the entity of their reader."""
    same = (column == value for column, value in zip(_GROUP, group, strict=True))
    rows = connection.execute(
        select(delivery.c.id, person.c.entity)
        .join(person, person.c.id == delivery.c.person)
        .where(*same, delivery.c.state == PLANNED, delivery.c.bundle.is_(None))
        .order_by(delivery.c.id)
    )
    found: dict[str | None, list[int]] = defaultdict(list)
    for number, entity in rows:
        found[entity or None].append(number)
    return found


def _keep(connection: Connection, group: Any, entity: str, told: Told, now: datetime) -> int:
    """Write a bundle down; the one that is there already stays. Returns its number."""
    values = dict(zip((column.name for column in _GROUP), group, strict=True)) | {"entity": entity}
    added = insert_into(connection, bundle).values(**values, made_at=now, told=codec.dumps(told))
    connection.execute(added.on_conflict_do_nothing())
    same = (bundle.c[name] == value for name, value in values.items())
    return int(connection.execute(select(bundle.c.id).where(*same)).scalar_one())


def _skip(connection: Connection, waiting: Iterable[int], reason: str) -> None:
    connection.execute(update(delivery).where(_among(connection, waiting)).values(state="skipped", reason=reason))


def _among(connection: Connection, numbers: Iterable[int]) -> ColumnElement[bool]:
    return delivery.c.id.in_(among.numbers(connection, numbers))
