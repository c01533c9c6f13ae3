"""Who goes first when more want to leave than the frequency cap lets through, and what becomes of the others."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import select, update

from outreach.definitions.model import Campaign, Cap, Goal, Offer, Recurrence, Span, Start, Step
from outreach.planning.arbitration import COUNTED, lot_of
from outreach.planning.explain import explain
from outreach.planning.explanation import Explanation
from outreach.storage.database import Database
from outreach.storage.tables import delivery
from tests.unit.planning.people import World, campaign, definitions

#: 09:00 in Brussels on 6 October 2026, when the campaigns of `people` leave.
MORNING = datetime(2026, 10, 6, 7, tzinfo=UTC)
ONE_A_WEEK = {"frequency_cap": Cap(1, Span(days=7))}


def at(day: int, hour: int = 7) -> datetime:
    return MORNING.replace(day=day, hour=hour)


def short(days: int) -> tuple[Step, ...]:
    return (Step("first", 1, "first", expires_after=Span(days=days)),)


def told(world: World, name: str, who: str = "ann") -> Explanation:
    with world.database.reading() as connection:
        return (explain(connection, world.current, who, world.now, name) or [])[0]


def sent(world: World) -> set[str]:
    return {row[1] for row in world.ledger() if row[5] == "sent"}


@pytest.mark.parametrize(
    ("first", "other", "words"),
    [
        ({}, {"frequency": "nice", "priority": "high", "steps": short(1)}, "its class is `normal`"),
        ({"steps": short(2), "priority": "low"}, {"priority": "high"}, "its latest time was near"),
        ({"priority": "high"}, {}, "its priority is higher"),
        ({}, {"goal": Goal("card-taken", Span(days=30))}, "the person uses already"),
        ({}, {"about": ("card",)}, "the person uses already"),
    ],
)
def test_the_first_weight_that_differs_decides_and_is_named(
    database: Database, first: dict[str, Any], other: dict[str, Any], words: str
) -> None:
    offers = {"card": Offer("card", {}, outcome="card-taken")}
    nouns = definitions(campaign("a", **first), campaign("b", **other), workspace=ONE_A_WEEK, offers=offers)
    world = World(database, nouns)
    # So many that the lot would not let the same one win for all of them.
    people = [f"person-{number}" for number in range(12)]
    for name in people:
        world.outcome(world.add(name), "card-taken", date(2026, 9, 1))
    world.tick(MORNING)
    assert sent(world) == {"a"}
    for name in people:
        said = told(world, "b", name)
        assert (said.verdict, said.reason, said.facts["before"]) == ("planned", "frequency_cap", ["a"])
        assert "`a` on 2026-10-06: " in said.words
        assert words in said.words


def test_among_equals_the_lot_decides_and_not_for_everybody_alike(database: Database) -> None:
    world = World(database, definitions(campaign("a"), campaign("b"), workspace=ONE_A_WEEK))
    lots = {f"person-{number}": zlib.crc32(bytes([number])) % 2**31 for number in range(12)}
    for name, lot in lots.items():
        world.add(name, lot=lot)
    world.tick(MORNING)
    drawn = {name: min("ab", key=lambda one: lot * lot_of(one) % (2**31 - 1)) for name, lot in lots.items()}
    assert {row[0]: row[1] for row in world.ledger() if row[5] == "sent"} == drawn
    assert set(drawn.values()) == {"a", "b"}
    assert "drawn by lot" in told(world, "ab".replace(drawn["person-3"], ""), "person-3").words


def test_what_was_passed_over_goes_before_what_is_new(database: Database) -> None:
    tuesday = Start("once", on=date(2026, 10, 13))
    nouns = definitions(
        campaign("first", priority="high"), campaign("waits"), campaign("new", start=tuesday), workspace=ONE_A_WEEK
    )
    world = World(database, nouns)
    for number in range(6):
        world.add(f"person-{number}")
    world.tick(MORNING)
    world.tick(at(13))
    assert sent(world) == {"first", "waits"}
    assert "it was passed over more often" in told(world, "new", "person-0").words


def test_who_must_wait_is_told_the_day_on_which_a_place_is_free(database: Database) -> None:
    early = campaign("early", start=Start("once", on=date(2026, 10, 4)))
    nouns = definitions(
        early, campaign("high", priority="high"), campaign(), workspace={"frequency_cap": Cap(2, Span(days=7))}
    )
    world = World(database, nouns)
    world.add("ann")
    world.tick(at(4))
    world.tick(MORNING)
    said = told(world, "letter")
    assert said.words == (
        "the places of `frequency_cap` are taken by `high` on 2026-10-06: its priority is higher, "
        "`early` on 2026-10-04; passed over once; it is looked at again on Sunday 2026-10-11 at 09:00"
    )
    assert (said.facts["passed_over"], said.facts["before"]) == (1, ["high", "early"])
    # Not an hour earlier, not even when the planner looks.
    assert world.tick(at(11, 6)).sent == 0
    assert world.tick(at(11)).sent == 1


def test_what_finds_no_place_in_time_says_so_at_once_and_expires_then(database: Database) -> None:
    nouns = definitions(campaign("high", priority="high"), campaign(steps=short(5)), workspace=ONE_A_WEEK)
    world = World(database, nouns)
    world.add("ann")
    world.tick(MORNING)
    assert "no place is free before its latest time, 2026-10-11 09:00" in told(world, "letter").words
    assert dict(world.tick(at(11)).skipped) == {"frequency_cap": 1}
    assert [(row[1], row[5]) for row in world.ledger()] == [("high", "sent"), ("letter", "expired")]


def test_a_cap_that_was_lowered_waits_until_fewer_are_in_the_period(database: Database) -> None:
    days = [campaign(f"day-{day}", start=Start("once", on=date(2026, 10, day))) for day in (4, 5)]
    wide = definitions(*days, campaign(), workspace={"frequency_cap": Cap(3, Span(days=7))})
    world = World(database, wide)
    world.add("ann")
    world.tick(at(4))
    world.tick(at(5))
    world.nouns = definitions(*days, campaign(), workspace=ONE_A_WEEK)
    world.tick(MORNING)
    assert "Monday 2026-10-12" in told(world, "letter").words
    assert world.tick(at(12)).sent == 1


def test_what_is_passed_over_again_and_again_is_told(database: Database) -> None:
    daily = Start(
        "every", at=time(8), every=Recurrence("day", "FREQ=DAILY"), first=date(2026, 10, 6), last=date(2026, 10, 9)
    )
    nouns = definitions(
        campaign("daily", priority="high", start=daily),
        campaign("nice", frequency="nice", start=Start("once", on=date(2026, 10, 6), at=time(8))),
        workspace={"frequency_cap": Cap(1, Span(days=1)), "send_at": time(8), "passed_over_limit": 3},
    )
    world = World(database, nouns)
    world.add("ann")
    assert [world.tick(at(day, 6)).passed_over for day in range(6, 11)] == [0, 0, 1, 1, 0]
    with database.reading() as connection:
        found = select(delivery.c.passed_over, delivery.c.state).where(delivery.c.campaign == "nice")
        assert tuple(connection.execute(found).one()) == (4, "sent")


def test_must_neither_waits_nor_takes_a_place(database: Database) -> None:
    must: list[Campaign] = [campaign(f"must-{number}", frequency="must") for number in range(2)]
    world = World(database, definitions(*must, campaign(), workspace=ONE_A_WEEK))
    world.add("ann")
    assert world.tick(MORNING).sent == 3


@pytest.mark.parametrize("state", [*COUNTED, "skipped", "rejected", "expired", "cancelled"])
def test_a_place_is_taken_by_what_the_person_may_have_got_and_not_by_what_came_to_nothing(
    database: Database, state: str
) -> None:
    tomorrow = Start("once", on=date(2026, 10, 7))
    world = World(database, definitions(campaign("a"), campaign("b", start=tomorrow), workspace=ONE_A_WEEK))
    world.add("ann")
    world.tick(MORNING)
    with database.writing() as connection:
        # A planned one that was let go is waiting for its sender.
        held = {"lease_owner": "a sender"} if state == "planned" else {}
        connection.execute(update(delivery).where(delivery.c.campaign == "a").values(state=state, **held))
    world.tick(at(7))
    waits = next(row for row in world.ledger() if row[1] == "b")
    assert (waits[5] == "planned") == (state in COUNTED)
