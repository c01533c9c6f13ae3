"""A campaign with `at_most` lets no more leave in a day than who answers can answer, and the oldest first."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from outreach.definitions.model import Campaign, Cap, Closed, Span, Start, Step
from outreach.delivery.counts import SendCounts
from outreach.delivery.rehearsing import rehearse
from outreach.pipeline import tick
from outreach.planning.explain import explain
from outreach.storage.database import Database
from outreach.storage.tables import delivery
from tests.unit.planning.people import World, campaign, definitions
from tests.unit.planning.test_branches import at

ONCE = Start("once", on=date(2026, 10, 5))


def calls(most: int = 3, **changes: Any) -> Campaign:
    """A call for action on Monday 5 October 2026, to at most so many a day."""
    return campaign("calls", **{"start": ONCE, "steps": (Step("call", 1, "call"),), "at_most": most} | changes)


def crowd(database: Database, nouns: Campaign, number: int = 10, **workspace: Any) -> World:
    world = World(database, definitions(nouns, workspace=workspace), at(1))
    for count in range(number):
        world.add(f"p{count}")
    return world


def left(world: World) -> dict[int, int]:
    """How many left on each day of October 2026."""
    with world.database.reading() as connection:
        return Counter(one.day for one in connection.scalars(select(delivery.c.sent_at)) if one)


def ticks(world: World, first: int, last: int) -> None:
    for day in range(first, last + 1):
        world.tick(at(day))


def test_so_many_leave_each_day_until_all_have_it(database: Database) -> None:
    world = crowd(database, calls())
    for hour in (8, 12, 13, 20):
        world.tick(at(5).replace(hour=hour))
    ticks(world, 6, 9)
    assert left(world) == {5: 3, 6: 3, 7: 3, 8: 1}


def test_the_others_leave_on_open_days(database: Database) -> None:
    world = crowd(database, calls(), closed=Closed(days=(date(2026, 10, 6), date(2026, 10, 7))))
    ticks(world, 5, 12)
    assert left(world) == {5: 3, 8: 3, 9: 3, 10: 1}


def test_who_waits_too_long_does_not_get_it_and_why_is_on_record(database: Database) -> None:
    world = crowd(database, calls(steps=(Step("call", 1, "call", expires_after=Span(days=2)),)))
    ticks(world, 5, 9)
    assert left(world) == {5: 3, 6: 3}
    assert Counter(row[5:] for row in world.ledger()) == {("sent", None): 6, ("expired", "at_most"): 4}


def test_who_was_planned_first_goes_first(database: Database) -> None:
    world = crowd(database, calls(2, start=Start("event", name="hired")), 0)
    early, late = [f"a{count}" for count in range(5)], ["b0", "b1"]
    for day, names in ((5, early), (6, late)):
        for name in names:
            world.event(world.add(name), "hired", date(2026, 10, day))
        world.tick(at(day))
    ticks(world, 7, 7)
    waiting = {row[0] for row in world.ledger() if row[5] == "planned"}
    assert len(waiting) == 1
    assert waiting < set(late)


def test_a_place_that_somebody_leaves_is_taken_by_the_next(database: Database) -> None:
    world = crowd(database, calls())
    ticks(world, 5, 5)
    with database.reading() as connection:
        row = select(delivery.c.person).where(delivery.c.due_at < at(7), delivery.c.state == "planned").limit(1)
        whose = connection.execute(row).scalar_one()
    world.change(whose, status="left")
    ticks(world, 6, 9)
    assert left(world) == {5: 3, 6: 3, 7: 3}


def test_each_campaign_has_a_limit_of_its_own_and_all_of_its_steps_count(database: Database) -> None:
    steps = (Step("call", 1, "call"), Step("again", 2, "again"))
    world = World(database, definitions(calls(steps=steps), replace(calls(2), id="other")), at(1))
    for count in range(4):
        world.add(f"p{count}")
    ticks(world, 5, 8)
    assert left(world) == {5: 3 + 2, 6: 3 + 2, 7: 2}


def test_what_was_published_last_says_how_many(database: Database) -> None:
    world = crowd(database, calls())
    ticks(world, 5, 5)
    world.publish(definitions(calls(4)))
    ticks(world, 6, 7)
    assert left(world) == {5: 3, 6: 4, 7: 3}


def test_several_machines_at_once_let_go_no_more(database: Database) -> None:
    world = crowd(database, calls(), 12)
    with ThreadPoolExecutor(4) as machines:
        for day in (5, 6):
            work = [machines.submit(tick, database, world.current, at(day), _sent) for _ in range(8)]
            for one in work:
                one.result()
    assert left(world) == {5: 3, 6: 3}


def test_explain_says_why_somebody_waits_and_when_it_is_their_turn(database: Database) -> None:
    world = crowd(database, calls(steps=(Step("call", 1, "call", expires_after=Span(days=3)),)), 11)
    ticks(world, 5, 5)
    words = Counter()
    with database.reading() as connection:
        for count in range(11):
            (found,) = explain(connection, world.current, f"p{count}", at(5)) or ()
            words[found.verdict, found.reason, found.words] += 1
    why = "as many of the campaign left that day as its `at_most` allows; "
    assert words == {
        ("sent", "", "sent on 2026-10-05"): 3,
        ("planned", "at_most", why + "by who waits before it, its turn comes on Tuesday 2026-10-06 at 09:00"): 3,
        ("planned", "at_most", why + "by who waits before it, its turn comes on Wednesday 2026-10-07 at 09:00"): 3,
        ("planned", "at_most", why + "its turn does not come before the latest time, 2026-10-08 09:00"): 2,
    }


def test_what_the_cap_holds_back_leaves_its_place_free_and_is_over_no_limit(database: Database) -> None:
    cap = Cap(1, Span(days=3))
    first = replace(calls(10), id="first", priority="high")
    world = World(database, definitions(calls(), replace(first, at_most=None), workspace={"frequency_cap": cap}), at(1))
    for count in range(5):
        world.add(f"p{count}")
    ticks(world, 5, 12)
    with database.reading() as connection:
        called = select(delivery.c.sent_at).where(delivery.c.campaign == "calls", delivery.c.sent_at.is_not(None))
        days = Counter(one.day for one in connection.scalars(called))
    assert (max(days.values()), days.total()) == (3, 5)


def _sent(database: Database, now: datetime) -> SendCounts:
    return rehearse(database, now, "Europe/Brussels")
