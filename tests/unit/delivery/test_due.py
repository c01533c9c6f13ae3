"""What is due, in groups: the same whether it is asked for as a whole or part by part."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, select, true

from outreach.definitions.model import Start
from outreach.delivery.due import Parts, grouped, in_parts
from outreach.planning import audience, naming
from outreach.planning.abroad import clocks
from outreach.planning.plan import plan_due
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
        whole = grouped(connection, Parts(true(), [{}]), by)
        assert len(whole) == 2
        half = delivery.c.id.between(bindparam("first"), bindparam("last"))
        parts = Parts(half, [{"first": 1, "last": 2}, {"first": 3, "last": 9}])
        assert sorted(grouped(connection, parts, by), key=lambda one: one.campaign) == whole


@pytest.mark.parametrize("few", [0, 1, 100])
def test_few_are_named_and_many_come_in_parts_of_people_and_both_are_all(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(naming, "FEW", few)
    monkeypatch.setattr(audience, "CHUNK", 2)
    world = World(database, definitions(campaign("a"), campaign("b")))
    people = [world.add(name) for name in ("ann", "bob", "cis", "dan", "eve")]
    plan_due(database, world.current, datetime(2026, 10, 6, 10, tzinfo=UTC))
    with database.reading() as connection:
        parts = in_parts(connection, delivery.c.campaign == "a")
        query = select(delivery.c.person).where(parts.due)
        found = [sorted(connection.scalars(query, values)) for values in parts.values]
        nobody = in_parts(connection, delivery.c.campaign == "c")
    assert sorted(who for part in found for who in part) == people
    assert len(found) == (1 if few == 100 else 3)
    assert not nobody.values


def test_of_nothing_there_are_no_parts(database: Database) -> None:
    with database.reading() as connection:
        assert not in_parts(connection, true()).values
