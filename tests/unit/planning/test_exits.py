"""What ends a journey for somebody, and what they then no longer get."""

from __future__ import annotations

from datetime import UTC, date, datetime

from outreach.definitions.model import Condition, Start
from outreach.storage.database import Database
from tests.unit.planning.people import World, campaign, definitions


def test_who_has_done_it_before_entering_gets_nothing(database: Database) -> None:
    welcome = campaign(start=Start("event", name="hired"), exit_when=Condition(outcomes=("came",)))
    world = World(database, definitions(welcome))
    world.tick()
    somebody = world.add("somebody")
    # HR was late: she was hired in September, and came to the session the next day.
    world.event(somebody, "hired", date(2026, 10, 2))
    world.outcome(somebody, "came", date(2026, 10, 3))

    assert world.tick(datetime(2026, 10, 5, 12, tzinfo=UTC)).sent == 0
    assert world.ledger() == []
