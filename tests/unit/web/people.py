"""People, and deliveries of theirs in every state, for tests of the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select

from outreach import pipeline
from outreach.planning.plan import Current
from outreach.rendering.links import Purpose, Signer
from outreach.storage.tables import delivery, person
from tests.unit.web.conftest import NOW, SECRET, Site

TOPIC = "news"
TODAY = NOW.date()


def add_person(site: Site, number: int = 1, **facts: Any) -> int:
    """Somebody in the roster; returns their surrogate id."""
    row = {
        "person_id": f"P{number}", "source": "test", "status": "active", "email": f"p{number}@staff.example",
        "language": "nl", "attributes": {}, "lot": number, "version": 1, "imported_at": NOW, **facts,
    }  # fmt: skip
    with site.installation.database.writing() as connection:
        return int(connection.scalar(insert(person).values(row).returning(person.c.id)) or 0)


def add_delivery(site: Site, who: int, occurrence: str, **facts: Any) -> int:
    """A delivery of `news` to them; returns its id."""
    release_id, _ = site.installation.current()
    row = {
        "campaign": "news", "step": "news", "occurrence": occurrence, "repetition": 0, "person": who,
        "release_id": release_id, "state": "planned", "rank": 1, "due_at": NOW, "expires_at": NOW.replace(month=12),
        "planned_at": NOW, **facts,
    }  # fmt: skip
    with site.installation.database.writing() as connection:
        return int(connection.scalar(insert(delivery).values(row).returning(delivery.c.id)) or 0)


def token(who: int, purpose: Purpose = "unsubscribe", topic: str = TOPIC, on: date = TODAY) -> str:
    """Their token, of a message of that day."""
    return Signer(SECRET.encode(), purpose).sign(who, topic, on)


def states(site: Site) -> dict[str, tuple[str, str | None, str | None]]:
    """State, reason and owner of every delivery, by occurrence."""
    with site.installation.database.reading() as connection:
        return {row.occurrence: (row.state, row.reason, row.lease_owner) for row in _all(connection)}


def _all(connection: Connection) -> Any:
    return connection.execute(select(delivery)).all()


def current(site: Site) -> Current:
    """The release in force."""
    found = pipeline.current_of(site.installation.database, site.installation.definitions)
    assert found
    return found


def everything(site: Site) -> dict[str, list[Any]]:
    """Every row of every table: to see that nothing has changed."""
    from outreach.storage.tables import metadata

    with site.installation.database.reading() as connection:
        return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}
