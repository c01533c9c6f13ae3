"""A scratch copy has everything, and what is done to it stays there."""

from __future__ import annotations

from datetime import timedelta

from outreach.definitions.model import Recurrence, Start
from outreach.pipeline import plan_ahead
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_copy
from tests.unit.planning.people import NOW, World, campaign, definitions


def test_a_forecast_shows_what_would_leave_and_leaves_the_database_alone(database: Database) -> None:
    tuesdays = Start("every", every=Recurrence("tuesday", "FREQ=WEEKLY;BYDAY=TU"))
    world = World(database, definitions(campaign("news", start=tuesdays)))
    world.add("ann")
    world.add("bob", email=None)
    with scratch_copy(database) as copy:
        sends = plan_ahead(copy, world.current, NOW, 15)
    assert [(send.occurrence, send.local_time, send.audience, send.send, send.skipped) for send in sends] == [
        (day, f"{day} 09:00", 2, 1, {"no_address": 1}) for day in ("2026-10-06", "2026-10-13")
    ]
    assert world.ledger() == []


def test_a_forecast_says_the_same_as_what_then_happens(database: Database) -> None:
    tuesdays = Start("every", every=Recurrence("tuesday", "FREQ=WEEKLY;BYDAY=TU"))
    world = World(database, definitions(campaign("news", start=tuesdays), campaign("once")))
    world.add("ann")
    with scratch_copy(database) as copy:
        sends = plan_ahead(copy, world.current, NOW, 15)
    for hours in range(0, 15 * 24, 6):
        world.tick(NOW + timedelta(hours=hours))
    assert sum(send.send for send in sends) == len([row for row in world.ledger() if row[5] == "sent"]) == 3
