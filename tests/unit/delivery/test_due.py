"""What is due, in groups: the same whether it is asked for as a whole or part by part."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import true

from outreach.definitions.model import Start
from outreach.delivery.due import grouped, grouped_in_parts
from outreach.planning.abroad import clocks
from outreach.storage.database import Database
from outreach.storage.tables import delivery
from tests.unit.planning.people import World, campaign, definitions


def test_parts_make_the_same_groups_as_the_whole(database: Database) -> None:
    letters = [campaign(name, start=Start("once", on=date(2026, 10, day))) for name, day in (("a", 6), ("b", 7))]
    world = World(database, definitions(*letters))
    for name in ("ann", "bob", "cis"):
        world.add(name)
    for day in (6, 7):
        world.tick(datetime(2026, 10, day, 10, tzinfo=UTC))
    with database.reading() as connection:
        by = clocks(connection, "Europe/Brussels", datetime(2026, 10, 7, 10, tzinfo=UTC))
        parts = [delivery.c.id <= 2, delivery.c.id > 2]
        whole = grouped(connection, true(), by)
        assert len(whole) == 2
        assert sorted(grouped_in_parts(connection, parts, by), key=lambda one: one.campaign) == whole
