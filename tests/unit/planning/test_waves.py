"""Everybody of a rollout is written to, in waves that a lot draws once and for all."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from outreach.definitions.model import Blackout, Closed, Condition, Remind, Rollout, Span, Step
from outreach.definitions.windows import parse_window
from outreach.pipeline import plan_ahead
from outreach.planning.explain import explain
from outreach.roster.applying import lot_of
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_copy
from outreach.storage.tables import delivery, person
from tests.unit.planning.people import NOW, World, campaign, definitions

WEEKLY = Rollout(4, Span(days=7))
DAYS = [date(2026, 10, 6) + timedelta(days=7 * number) for number in range(4)]


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def peopled(database: Database, *campaigns: object, count: int = 40, **more: object) -> World:
    world = World(database, definitions(*campaigns, **more))
    for number in range(count):
        world.add(f"p{number}", lot=lot_of(f"p{number}"))
    return world


def waves(world: World, name: str = "letter", step: str = "first") -> dict[str, tuple[int, date]]:
    """Each person's wave, and the day on which the message of a step was sent."""
    query = select(person.c.person_id, delivery.c.wave, delivery.c.sent_at).join(person)
    with world.database.reading() as connection:
        rows = connection.execute(query.where(delivery.c.campaign == name, delivery.c.step == step)).all()
    return {row.person_id: (row.wave, row.sent_at and row.sent_at.date()) for row in rows}


def test_everybody_is_written_to_on_the_day_of_their_wave(database: Database) -> None:
    world = peopled(database, campaign(rollout=WEEKLY))
    for day in DAYS:
        world.tick(at(day))
    found = waves(world)
    assert len(found) == 40
    assert all(day == DAYS[wave - 1] for wave, day in found.values())
    assert set(Counter(wave for wave, _ in found.values())) == {1, 2, 3, 4}


def test_the_draw_can_be_done_again_from_what_is_on_record(database: Database) -> None:
    world = peopled(database, campaign(rollout=WEEKLY), campaign("other", rollout=WEEKLY))
    world.tick(at(DAYS[0]))
    with database.reading() as connection:
        (told,) = explain(connection, world.current, "p7", world.now, "letter") or ()
    again = 1 + told.facts["lot"] * told.facts["seed"] % (2**31 - 1) * 4 // (2**31 - 1)
    drawn = {name: wave for name, (wave, _) in waves(world).items()}
    assert told.facts["wave"] == drawn["p7"] == again
    assert drawn != {name: wave for name, (wave, _) in waves(world, "other").items()}


def test_a_wave_whose_day_is_closed_waits_for_the_next_open_one(database: Database) -> None:
    closed = Closed(days=(DAYS[1],))
    world = peopled(database, campaign(rollout=WEEKLY), workspace={"closed": closed})
    for number in range(30):
        world.tick(at(DAYS[0] + timedelta(days=number)))
    assert {day for wave, day in waves(world).values() if wave == 2} == {DAYS[1] + timedelta(days=1)}


def test_the_latest_time_of_a_wave_counts_from_the_open_day_on_which_it_leaves(database: Database) -> None:
    """Two days after that, closed or not: what nobody sent by then, because nothing ran, expires."""
    closed = Closed(days=tuple(DAYS[1] + timedelta(days=number) for number in (0, 1, 3)))
    steps = (Step("first", 1, "hello", expires_after=Span(days=2)),)
    world = peopled(database, campaign(steps=steps, rollout=WEEKLY), workspace={"closed": closed})
    opens = DAYS[1] + timedelta(days=2)
    for moment in (at(DAYS[0]), at(opens + timedelta(days=2), 6), at(DAYS[2] + timedelta(days=2), 7)):
        world.tick(moment)
    query = select(delivery.c.wave, delivery.c.due_at, delivery.c.expires_at, delivery.c.state).distinct()
    with database.reading() as connection:
        found = {row.wave: tuple(row[1:]) for row in connection.execute(query)}
    assert found[2] == (at(opens, 7), at(opens + timedelta(days=2), 7), "sent")
    assert found[3] == (at(DAYS[2], 7), at(DAYS[2] + timedelta(days=2), 7), "expired")


def test_what_is_spread_goes_out_on_days_on_which_it_may(database: Database) -> None:
    """6 October 2026 is a Tuesday, and the 8th is closed: five days end on the next Tuesday."""
    spread = campaign(rollout=Rollout(5, Span(days=1), open_days=True), windows=(parse_window("mon-fri 08:00-18:00"),))
    world = peopled(database, spread, workspace={"closed": Closed(days=(date(2026, 10, 8),))})
    for number in range(12):
        world.tick(at(DAYS[0] + timedelta(days=number)))
    found = waves(world)
    assert len(found) == 40
    days = [date(2026, 10, day) for day in (6, 7, 9, 12, 13)]
    assert all(day == days[wave - 1] for wave, day in found.values())
    assert set(Counter(wave for wave, _ in found.values())) == {1, 2, 3, 4, 5}


def test_where_no_day_is_open_nobody_of_a_spread_is_lost(database: Database) -> None:
    blackout = Blackout(date(2026, 10, 1), date(2027, 12, 31), "moving house")
    spread = campaign(rollout=Rollout(3, Span(days=1), open_days=True))
    world = peopled(database, spread, workspace={"blackouts": (blackout,)})
    for number in range(0, 30, 3):
        world.tick(at(DAYS[0] + timedelta(days=number)))
    assert [(row[-2:]) for row in world.ledger()] == [("expired", "blackout")] * 40


def test_a_journey_keeps_its_distance_from_the_first_step_to_the_last(database: Database) -> None:
    steps = (
        Step("first", 1, "first", remind=Remind(Span(days=2), 1, Condition(outcomes=("came",)))),
        Step("second", 4, "second"),
    )
    world = peopled(database, campaign(steps=steps, rollout=WEEKLY), count=12)
    for number in range(30):
        world.tick(at(DAYS[0] + timedelta(days=number)))
    second = waves(world, step="second")
    assert len(second) == 12
    assert all(day == DAYS[wave - 1] + timedelta(days=3) for wave, day in second.values())
    with database.reading() as connection:
        assert None not in connection.scalars(select(delivery.c.wave)).all()


def test_what_somebody_did_while_they_waited_for_their_wave_ends_their_journey(database: Database) -> None:
    steps = (Step("first", 1, "first"), Step("second", 4, "second"))
    nouns = campaign(steps=steps, rollout=WEEKLY, exit_when=Condition(outcomes=("came",)))
    world = peopled(database, nouns)
    world.tick(at(DAYS[0]))
    reached = waves(world)
    waiting = next(number for number in range(40) if f"p{number}" not in reached)
    world.outcome(waiting + 1, "came", DAYS[0] + timedelta(days=1))
    for day in DAYS[1:]:
        world.tick(at(day))
    assert f"p{waiting}" not in waves(world)
    assert len(waves(world)) == 39


def test_a_plan_shows_the_waves_with_their_days(database: Database) -> None:
    world = peopled(database, campaign(rollout=WEEKLY))
    with scratch_copy(database) as copy:
        sends = plan_ahead(copy, world.current, NOW, 15)
    assert [(send.wave, send.local_time) for send in sends] == [
        (number, f"{day} 09:00") for number, day in enumerate(DAYS, 1)
    ]
    assert sum(send.send + send.waiting for send in sends) == 40
    assert [bool(send.waiting) for send in sends] == [False, False, True, True]


def test_who_waits_is_told_their_wave_before_and_after_it_is_planned(database: Database) -> None:
    world = peopled(database, campaign(rollout=WEEKLY))
    with database.reading() as connection:
        (before,) = explain(connection, world.current, "p7", world.now) or ()
    world.tick(at(DAYS[0]))
    (wave, day) = waves(world)["p7"]
    with database.reading() as connection:
        (after,) = explain(connection, world.current, "p7", world.now) or ()
    assert (wave, day) == (3, None)
    drawn = "; drawn by lot: wave 3 of 4, 14 days after the first"
    assert before.words == f"nothing stops it: next on 2026-10-06{drawn}"
    assert after.words == f"planned for 2026-10-20{drawn}"


def test_an_edit_moves_nobody_to_another_wave(database: Database) -> None:
    world = peopled(database, campaign(rollout=WEEKLY))
    world.tick(at(DAYS[0]))
    before = {name: wave for name, (wave, _) in waves(world).items()}
    again = replace(world.nouns.campaigns["letter"], title="another")
    world.nouns = replace(world.nouns, campaigns={"letter": again})
    for day in DAYS[1:]:
        world.tick(at(day))
    assert {name: wave for name, (wave, _) in waves(world).items()} == before
