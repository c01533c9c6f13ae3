"""Small rosters for the tests of this room, and one way to import them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from outreach.definitions.model import Field, Workspace
from outreach.roster.importing import import_roster
from outreach.roster.report import ImportReport
from outreach.storage.database import Database
from outreach.storage.tables import event, person

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
#: Of the organisation's own, one of every type.
OWN = {
    "works_shifts": Field("works_shifts", "yes/no", custom=True),
    "team": Field("team", "choice", ("north", "south"), custom=True),
    "badge_until": Field("badge_until", "date", custom=True),
    "floor": Field("floor", "whole number", custom=True),
    "part_time": Field("part_time", "number", custom=True),
    "motto": Field("motto", "text", custom=True),
}
#: Rosters of tests are small, so one of them may leave without being asked about.
WORKSPACE = Workspace({"nl": "Dienst"}, ("nl",), "https://dienst.example", fields=OWN, leavers_limit=0.5)


def workspace(**changes: Any) -> Workspace:
    """The workspace of the tests, changed."""
    return replace(WORKSPACE, **changes)


def row(person_id: object = 1, **facts: object) -> dict[str, object]:
    """One person, active where nothing else is said."""
    return {"person_id": person_id, "status": "active", **facts}


def people(count: int = 10, **facts: object) -> list[dict[str, object]]:
    """So many alike, numbered from 1."""
    return [row(number, **facts) for number in range(1, count + 1)]


def take(database: Database, rows: Any, **options: Any) -> ImportReport:
    """Import these rows, or this file."""
    plain = {"workspace": WORKSPACE, "source": "payroll", "now": NOW, "today": TODAY}
    settings = plain | options
    return import_roster(database, rows, settings.pop("workspace"), **settings)


def stored(database: Database) -> dict[str, dict[str, Any]]:
    """Everybody as they stand in the database, by person_id, without what every import gives anew."""
    with database.reading() as connection:
        rows = [dict(found._mapping) for found in connection.execute(select(person))]
    return {found["person_id"]: _lasting(found) for found in rows}


def _lasting(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name not in ("id", "version", "imported_at")}


def happened(database: Database) -> list[tuple[str, str, date]]:
    """What is on record, as (person_id, kind, day), in order."""
    query = select(person.c.person_id, event.c.kind, event.c.effective_on).join(event, event.c.person == person.c.id)
    with database.reading() as connection:
        return sorted((found[0], found[1], found[2]) for found in connection.execute(query))
