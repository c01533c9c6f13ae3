"""A campaign that starts by an outcome: whoever asked to be called is called, each time, unless they take it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from outreach.definitions.model import EVERYONE, Exclusion, Reentry, Span, Start, Step
from outreach.outcomes.withdrawing import Said, take_back
from outreach.planning.explain import explain
from outreach.storage.database import Database
from tests.unit.planning.people import NOW, World, campaign, definitions

TODAY = NOW.date()
CALL = Start("outcome", name="call-requested")


def calling(database: Database, **more: object) -> World:
    back = campaign(start=CALL, audience=EVERYONE, **more)
    return World(database, definitions(back))


def ledger(world: World) -> list[tuple[str, str, str]]:
    return [(who, occurrence, state) for who, _, _, occurrence, _, state, _ in world.ledger()]


def unsay(world: World, who: int) -> bool:
    with world.database.writing() as connection:
        said = Said(who, "call-requested", "web")
        return take_back(connection, world.current.releases, said, world.now)


def test_who_did_it_since_the_approval_is_in_it_once(database: Database) -> None:
    world = calling(database)
    ann, bob = world.add("ann"), world.add("bob")
    world.tick()
    world.outcome(ann, "call-requested", TODAY)
    world.outcome(bob, "came", TODAY)
    for hours in (1, 2, 30):
        world.tick(NOW + timedelta(hours=hours))
    assert ledger(world) == [("ann", "entry-1", "sent")]


@pytest.mark.parametrize("include", [False, True])
def test_what_was_there_at_the_approval_counts_where_it_says_so(database: Database, include: bool) -> None:
    back = campaign(start=Start("outcome", name="call-requested", include_present=include))
    world = World(database, definitions(back))
    world.now = NOW - timedelta(days=1)
    world.outcome(world.add("ann"), "call-requested", TODAY - timedelta(days=1))
    world.tick(NOW + timedelta(hours=1))
    assert [row[0] for row in world.enrolments()] == (["ann"] if include else [])


def test_each_time_they_ask_they_are_called_where_reentry_says_so(database: Database) -> None:
    world = calling(database, reentry=Reentry("each event"))
    ann = world.add("ann")
    for days in (0, 2):
        world.now = NOW + timedelta(days=days)
        world.outcome(ann, "call-requested", world.now.date())
        world.tick(world.now + timedelta(hours=1))
        world.tick(world.now + timedelta(hours=12))
    assert ledger(world) == [("ann", "entry-1", "sent"), ("ann", "entry-2", "sent")]


def test_a_wish_taken_back_in_time_calls_nobody_and_can_be_said_again(database: Database) -> None:
    world = calling(database, steps=(Step("call", 3, "m"),))
    ann = world.add("ann")
    world.outcome(ann, "call-requested", TODAY)
    world.tick(NOW + timedelta(hours=1))
    assert unsay(world, ann)
    assert [row[3:] for row in world.enrolments()] == [("refused", "withdrawn")]
    world.outcome(ann, "call-requested", TODAY)
    world.tick(NOW + timedelta(days=4))
    assert [row[2:] for row in world.enrolments()] == [("entry-1", "refused", "withdrawn"), ("entry-2", "active", None)]
    assert ledger(world) == [("ann", "entry-2", "sent")]


def test_what_is_too_old_or_of_somebody_excepted_is_noted_and_starts_nothing(database: Database) -> None:
    start = Start("outcome", name="call-requested", ignore_if_older_than=Span(days=7))
    back = campaign(start=start, audience=EVERYONE, except_=Exclusion(outcomes=("came",)))
    world = World(database, definitions(back))
    ann, bob = world.add("ann"), world.add("bob")
    world.outcome(ann, "call-requested", TODAY - timedelta(days=8))
    world.outcome(bob, "call-requested", TODAY)
    world.outcome(bob, "came", TODAY)
    world.tick(NOW + timedelta(hours=1))
    assert [(row[0], *row[3:]) for row in world.enrolments()] == [
        ("ann", "refused", "too_old"), ("bob", "refused", "excepted"),
    ]  # fmt: skip


def test_explain_says_what_it_waits_for(database: Database) -> None:
    world = calling(database)
    ann = world.add("ann")
    world.tick()
    assert asked(world) == ("not_started", "no_outcome")
    world.outcome(ann, "call-requested", date(2026, 10, 3))
    assert asked(world) == ("planned", "")
    world.tick(NOW + timedelta(days=3))
    assert asked(world) == ("sent", "")


def asked(world: World) -> tuple[str, str]:
    with world.database.reading() as connection:
        (told,) = explain(connection, world.current, "ann", world.now) or []
    return told.verdict, told.reason
