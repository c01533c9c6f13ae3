"""What lands on a closed day: moved, skipped or sent, and never twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from outreach.definitions.model import Closed, Condition, OnClosed, Remind, Span, Start, Step
from outreach.definitions.recurrences import parse_recurrence
from outreach.planning.explain import explain
from outreach.planning.upcoming import next_due
from outreach.storage.database import Database
from outreach.storage.tables import delivery
from tests.unit.planning.people import World, campaign, definitions

#: The Tuesday of the campaigns here, the Monday before it, and the weekend before that.
CLOSED = Closed(
    days=(date(2026, 10, 5), date(2026, 10, 6)),
    rules=(parse_recurrence("saturday and sunday"),),
)
SHUT = {"workspace": {"closed": CLOSED}}


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


def sent(world: World) -> list[tuple[str, str, datetime]]:
    columns = (delivery.c.step, delivery.c.occurrence, delivery.c.sent_at)
    with world.database.reading() as connection:
        rows = connection.execute(select(*columns).where(delivery.c.state == "sent").order_by(delivery.c.id))
        return [tuple(row) for row in rows]


def told(world: World, who: str = "ann") -> Any:
    with world.database.reading() as connection:
        found = explain(connection, world.current, who, world.now)
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("rule", "day", "words"),
    [
        ("before", 2, "nothing stops it: next on 2026-10-02, because 2026-10-06 is closed"),
        ("after", 7, "nothing stops it: next on 2026-10-07, because 2026-10-06 is closed"),
        ("send", 6, "nothing stops it: next on 2026-10-06"),
        ("skip", None, "its day, 2026-10-06, is closed, and the campaign skips closed days"),
    ],
)
def test_an_occurrence_leaves_on_the_day_that_its_rule_says(
    database: Database, rule: OnClosed, day: int | None, words: str
) -> None:
    world = World(database, definitions(campaign(on_closed=rule), **SHUT))
    world.add("ann")
    assert (told(world).words, told(world).reason) == (words, "" if day else "closed_day")
    for one in range(1, 10):
        world.tick(at(one))
    assert sent(world) == ([("first", "once", at(day))] if day else [])


def test_another_list_of_closed_days_sends_nothing_twice(database: Database) -> None:
    daily = campaign(start=Start("every", every=parse_recurrence("tuesday")), on_closed="before")
    world = World(database, definitions(daily, **SHUT))
    world.add("ann")
    world.tick(at(2))
    world.nouns = definitions(daily)
    for day in (5, 6, 7):
        world.tick(at(day))
    assert sent(world) == [("first", "2026-10-06", at(2))]


@pytest.mark.parametrize(("rule", "meant"), [("after", (1, 2, 7, 8)), ("before", (1, 2, 7, 8)), ("skip", (1, 2, 7, 8))])
def test_what_would_land_on_another_makes_way_for_it(
    database: Database, rule: OnClosed, meant: tuple[int, ...]
) -> None:
    daily = campaign(start=Start("every", every=parse_recurrence("day")), on_closed=rule)
    world = World(database, definitions(daily, **SHUT))
    world.add("ann")
    for day in range(1, 9):
        world.tick(at(day))
    assert sent(world) == [("first", f"2026-10-0{day}", at(day)) for day in meant]


@pytest.mark.parametrize(("rule", "days"), [("after", (2, 7, 8)), ("send", (2, 4, 6))])
def test_steps_and_reminders_wait_for_an_open_day(database: Database, rule: OnClosed, days: tuple[int, ...]) -> None:
    remind = Remind(Span(days=1 if rule == "after" else 2), 1, Condition())
    steps = (Step("first", 1, "first"), Step("second", 3, "second", remind=remind))
    journey = campaign(start=Start("event", name="hired"), steps=steps, on_closed=rule)
    world = World(database, definitions(journey, **SHUT))
    world.event(world.add("ann"), "hired", date(2026, 10, 2))
    for day in range(2, 10):
        world.tick(at(day))
    assert [(step, moment) for step, _, moment in sent(world)] == [
        ("first", at(days[0])), ("second", at(days[1])), ("second", at(days[2])),
    ]  # fmt: skip


def test_a_step_that_waits_for_an_open_day_is_what_is_due_next(database: Database) -> None:
    journey = campaign(start=Start("event", name="hired"), steps=(Step("a", 1, "a"), Step("b", 3, "b")))
    world = World(database, definitions(journey, **SHUT))
    world.event(world.add("ann"), "hired", date(2026, 10, 2))
    for day in (2, 4, 5):
        world.tick(at(day))
    with database.reading() as connection:
        assert next_due(connection, world.current, at(5)) == at(7, 7)


def test_the_latest_time_counts_from_the_day_on_which_it_leaves(database: Database) -> None:
    brief = campaign(steps=(Step("first", 1, "first", expires_after=Span(days=1)),))
    world = World(database, definitions(brief, **SHUT))
    world.add("ann")
    world.tick(at(7, 20))
    assert sent(world) == [("first", "once", at(7, 20))]
