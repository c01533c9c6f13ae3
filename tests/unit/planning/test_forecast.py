"""A scratch copy has everything, and what is done to it stays there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from outreach.definitions.model import Cap, Recurrence, Span, Start
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


def test_a_forecast_shows_what_was_planned_before_and_waits(database: Database) -> None:
    first, second = campaign("first"), campaign("second", start=Start("once", on=date(2026, 10, 7)))
    world = World(database, definitions(first, second, workspace={"frequency_cap": Cap(1, Span(days=7))}))
    world.add("ann")
    world.add("bob", email=None)
    for day in (6, 7):
        world.tick(datetime(2026, 10, day, 7, 0, tzinfo=UTC))
    with scratch_copy(database) as copy:
        sends = plan_ahead(copy, world.current, world.now + timedelta(hours=1), 15)
    assert [(send.campaign, send.local_time, send.send, send.skipped) for send in sends] == [
        ("second", "2026-10-13 09:00", 1, {})
    ]
