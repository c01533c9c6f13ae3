"""What becomes of who is under way when their campaign is edited and approved again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from outreach.definitions.model import Branch, Campaign, Condition, Edited, Remind, Span, Start, Step, Way
from outreach.planning.explain import explain
from outreach.planning.scope import Scope
from outreach.planning.under_way import UnderWay, under_way
from outreach.storage.database import Database
from outreach.storage.tables import campaign_state, enrolment, move
from tests.unit.planning.people import World, campaign, definitions

FIRST, SECOND, THIRD = Step("first", 1, "first"), Step("second", 5, "second"), Step("third", 9, "third")
BEFORE = campaign("welcome", start=Start("event", name="hired"), steps=(FIRST, SECOND, THIRD))
FINISH = replace(BEFORE, title="Edited")
MOVE = replace(BEFORE, title="Edited", edited=Edited("move", "third"))


def at(day: int) -> datetime:
    return datetime(2026, 10, day, 12, tzinfo=UTC)


def story(database: Database, after: Campaign, *, edited_on: int, before: Campaign = BEFORE) -> World:
    """Ann is hired on the second of October; the campaign is edited on a later day."""
    world = World(database, definitions(before))
    ann = world.add("ann")
    world.event(ann, "hired", date(2026, 10, 2))
    for day in range(2, 25):
        if day == edited_on:
            world.publish(definitions(after))
        world.tick(at(day))
    return world


def steps(world: World) -> list[tuple[str, int, str]]:
    """Step, number and state of what Ann has in the ledger."""
    return [(row[2], row[4], row[5]) for row in world.ledger()]


def moves(world: World) -> list[str]:
    """The steps at which somebody went on."""
    with world.database.reading() as connection:
        return list(connection.scalars(select(move.c.step)))


def set_state(world: World, state: str) -> None:
    with world.database.writing() as connection:
        connection.execute(update(campaign_state).values(state=state))


def told(world: World, day: int) -> dict[str, Any]:
    with world.database.reading() as connection:
        return {one.step: one for one in explain(connection, world.current, "ann", at(day)) or ()}


def test_they_finish_what_they_began_where_nothing_is_said(database: Database) -> None:
    shorter = replace(FINISH, steps=(FIRST,))
    world = story(database, shorter, edited_on=3)
    assert steps(world) == [("first", 0, "sent"), ("second", 0, "sent"), ("third", 0, "sent")]


def test_they_move_to_the_step_that_is_named_and_skip_those_between(database: Database) -> None:
    assert steps(story(database, MOVE, edited_on=3)) == [("first", 0, "sent"), ("third", 0, "sent")]


def test_who_had_that_step_goes_on_after_it(database: Database) -> None:
    again = replace(MOVE, edited=Edited("move", "first"))
    world = story(database, again, edited_on=7)
    assert steps(world) == [("first", 0, "sent"), ("second", 0, "sent"), ("third", 0, "sent")]
    assert moves(world) == ["third"]


def test_a_day_that_is_past_is_the_day_of_the_approval_and_the_next_keep_their_distance(database: Database) -> None:
    sooner = replace(MOVE, steps=(FIRST, Step("now", 2, "now"), Step("then", 4, "then")), edited=Edited("move", "now"))
    world = story(database, sooner, edited_on=6, before=replace(BEFORE, steps=(FIRST, Step("late", 20, "late"))))
    with database.reading() as connection:
        row = connection.execute(select(enrolment)).one()
    assert steps(world) == [("first", 0, "sent"), ("now", 0, "sent"), ("then", 0, "sent")]
    assert row.ends_on == date(2026, 10, 21)


def test_a_release_that_leaves_the_campaign_as_it_was_moves_nobody(database: Database) -> None:
    world = World(database, definitions(MOVE))
    ann = world.add("ann")
    world.event(ann, "hired", date(2026, 10, 2))
    for day in range(2, 12):
        world.publish(definitions(MOVE, campaign("another", title=f"On day {day}")))
        world.tick(at(day))
    assert [row[2] for row in world.ledger() if row[1] == "welcome"] == ["first", "second", "third"]


def test_nobody_moves_while_it_is_paused(database: Database) -> None:
    world = World(database, definitions(BEFORE))
    world.event(world.add("ann"), "hired", date(2026, 10, 2))
    world.tick(at(2))
    world.publish(definitions(MOVE))
    set_state(world, "paused")
    world.tick(at(3))
    assert moves(world) == []
    set_state(world, "running")
    world.tick(at(4))
    assert moves(world) == ["third"]


def test_whose_journey_is_over_stays_where_they_are(database: Database) -> None:
    longer = replace(MOVE, steps=(FIRST, SECOND, THIRD, Step("fourth", 30, "fourth")), edited=Edited("move", "fourth"))
    assert len(steps(story(database, longer, edited_on=15))) == 3


REMINDING = replace(SECOND, remind=Remind(Span(days=2), 3, Condition(outcomes=("done",))))


@pytest.mark.parametrize(
    ("after", "reminders"),
    [
        (REMINDING, 3),
        (replace(REMINDING, remind=Remind(Span(days=2), 2, Condition(outcomes=("done",)))), 2),
        (SECOND, 1),
    ],
)
def test_reminders_go_on_as_the_new_release_has_them(database: Database, after: Step, reminders: int) -> None:
    before = replace(BEFORE, steps=(FIRST, REMINDING))
    edited = replace(MOVE, steps=(FIRST, after), edited=Edited("move", "second"))
    world = story(database, edited, before=before, edited_on=9)
    assert [row for row in steps(world) if row[0] == "second"] == [
        ("second", number, "sent") for number in range(reminders + 1)
    ]


def test_a_branch_that_is_to_come_is_asked_anew(database: Database) -> None:
    came = Condition(outcomes=("came",))
    fork = Step("fork", 3, "", branch=Branch((Way(came, None, 2),), 3, 3))
    steps_ = (FIRST, fork, replace(SECOND, then=4), THIRD)
    before = replace(BEFORE, steps=steps_)
    world = World(database, definitions(before))
    ann = world.add("ann")
    world.event(ann, "hired", date(2026, 10, 2))
    for day in range(2, 20):
        if day == 6:
            world.outcome(ann, "came", date(2026, 10, 5))
            world.publish(definitions(replace(before, title="Edited", edited=Edited("move", "fork"))))
        world.tick(at(day))
    assert steps(world) == [("first", 0, "sent"), ("second", 0, "sent")]


def test_it_is_explained_before_and_after(database: Database) -> None:
    world = World(database, definitions(BEFORE))
    world.event(world.add("ann"), "hired", date(2026, 10, 2))
    world.tick(at(2))
    world.publish(definitions(FINISH))
    assert told(world, 3)["second"].words.endswith("; the journey goes on as in release 1")
    world.publish(definitions(MOVE))
    assert told(world, 3)["third"].words.endswith("; with the next run the journey goes on at `third` as in release 3")
    assert told(world, 3)["second"].reason == "moved_on"
    world.tick(at(3))
    assert told(world, 3)["third"].words.endswith("; since 2026-10-03 the journey goes on at `third` as in release 3")
    assert (told(world, 3)["second"].verdict, told(world, 3)["first"].verdict) == ("skipped", "sent")


def test_how_many_are_under_way_is_known_before_the_approval(database: Database) -> None:
    world = World(database, definitions(BEFORE))
    for name, day in (("ann", 2), ("ben", 2), ("eve", 6)):
        world.event(world.add(name), "hired", date(2026, 10, day))
    for day in range(2, 8):
        world.tick(at(day))
    counted = {}
    for after in (FINISH, replace(MOVE, edited=Edited("move", "second"))):
        world.publish(definitions(after))
        scope = Scope(world.nouns, world.current.release_id, after, at(8))
        with database.reading() as connection:
            counted[after.edited.under_way] = under_way(connection, scope)
    assert counted == {
        "finish": [UnderWay(1, 3)],
        "move": [UnderWay(1, 3, {"second": 1, "third": 2})],
    }
