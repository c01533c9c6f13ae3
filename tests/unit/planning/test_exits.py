"""What ends a journey for somebody, and what they then no longer get."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from outreach.definitions.model import Condition, Fact, Segment, Start, Step
from outreach.definitions.windows import parse_window
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


STEPS = (Step("first", 1, "first"), Step("second", 6, "second"))


def at(day: int) -> datetime:
    return datetime(2026, 10, day, 12, tzinfo=UTC)


def hired(database: Database, exit_when: Condition) -> tuple[World, int]:
    """Ann, hired on the second of October, in a journey of two steps."""
    single = Segment("single", "Single", Fact("household", "in", ("single",)))
    nouns = campaign(start=Start("event", name="hired"), exit_when=exit_when, steps=STEPS)
    world = World(database, definitions(nouns, segments=[single]))
    ann = world.add("ann", household="couple")
    world.event(ann, "hired", date(2026, 10, 2))
    world.tick(at(2))
    return world, ann


def state(world: World) -> tuple[str, str | None]:
    ((_, _, _, state_, reason),) = world.enrolments()
    return state_, reason


@pytest.mark.parametrize(
    ("happened_on", "told_on", "ends_on"),
    [
        (4, 4, 4),
        # Told late, it still came after the start.
        (3, 5, 5),
        # Announced, it ends nothing before its day.
        (5, 3, 5),
        # What was before the start is of an earlier journey.
        (1, 3, None),
    ],
)
def test_an_event_ends_it_on_its_day_whenever_it_is_told(
    database: Database, happened_on: int, told_on: int, ends_on: int | None
) -> None:
    world, ann = hired(database, Condition(events=("moved",)))
    ended = None
    for day in range(3, 9):
        if day == told_on:
            world.event(ann, "moved", date(2026, 10, happened_on))
        world.tick(at(day))
        if ended is None and state(world) == ("exited", "exited"):
            ended = day
    assert ended == ends_on
    assert [row[2] for row in world.ledger()] == (["first"] if ends_on else ["first", "second"])


def test_coming_into_a_segment_ends_it(database: Database) -> None:
    world, ann = hired(database, Condition(segments=("single",)))
    world.tick(at(3))
    assert state(world) == ("active", None)
    world.change(ann, household="single")
    world.tick(at(4))
    assert state(world) == ("exited", "exited")


def test_it_stays_ended_when_what_ended_it_holds_no_more(database: Database) -> None:
    world, ann = hired(database, Condition(segments=("single",)))
    for day, household in ((3, "single"), (4, "couple"), (8, "couple")):
        world.change(ann, household=household)
        world.tick(at(day))
    assert [row[2] for row in world.ledger()] == ["first"]


def test_a_letter_to_all_is_held_back_too_once_what_ends_it_has_happened(database: Database) -> None:
    start, fridays = Start("once", on=date(2026, 10, 6)), (parse_window("fri 08:00-18:00"),)
    letter = campaign(start=start, exit_when=Condition(outcomes=("came",)), windows=fridays)
    world = World(database, definitions(letter))
    world.add("ann")
    bob = world.add("bob")
    # It waits for its hours, and meanwhile one of the two has done what it asks for.
    assert world.tick(at(6)).sent == 0
    world.outcome(bob, "came", date(2026, 10, 7))

    assert world.tick(at(9)).sent == 1
    assert {(row[-2], row[-1]) for row in world.ledger()} == {("sent", None), ("cancelled", "exited")}


def test_who_is_where_it_ends_when_a_letter_to_all_leaves_gets_none(database: Database) -> None:
    single = Segment("single", "Single", Fact("household", "in", ("single",)))
    letter = campaign(start=Start("once", on=date(2026, 10, 6)), exit_when=Condition(segments=("single",)))
    world = World(database, definitions(letter, segments=[single]))
    world.add("ann", household="single")
    world.add("bob", household="couple")
    assert world.tick(at(6)).sent == 1
