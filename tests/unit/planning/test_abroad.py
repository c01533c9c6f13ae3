"""People who live by another clock: at the local hour, each occurrence once, and nothing of it where nobody does."""

from __future__ import annotations

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import event as happening
from sqlalchemy import select, update

from outreach.definitions.model import Closed, Condition, Remind, Rollout, Span, Start, Step
from outreach.definitions.recurrences import parse_recurrence
from outreach.definitions.windows import parse_window
from outreach.pipeline import plan_ahead
from outreach.planning.explain import explain
from outreach.planning.upcoming import next_due, next_midnight
from outreach.roster.applying import lot_of
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_copy
from outreach.storage.tables import delivery, person
from tests.unit.planning.people import NOW, World, campaign, definitions

TOKYO, NEW_YORK = "Asia/Tokyo", "America/New_York"
#: 09:00 on 6 October in Tokyo, Brussels and New York.
TUESDAY = {TOKYO: (6, 0), None: (6, 7), NEW_YORK: (6, 13)}
DAILY = Start("every", every=parse_recurrence("day"))


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC)


def sent(world: World) -> list[tuple[str, str, int, datetime]]:
    columns = (person.c.person_id, delivery.c.step, delivery.c.repetition, delivery.c.sent_at)
    query = select(*columns).join(person, person.c.id == delivery.c.person).where(delivery.c.state == "sent")
    with world.database.reading() as connection:
        return sorted(map(tuple, connection.execute(query)))


def move(world: World, who: str, to: str | None) -> None:
    with world.database.writing() as connection:
        connection.execute(update(person).where(person.c.person_id == who).values(time_zone=to))


def everybody(world: World) -> None:
    for name, zone in (("ann", None), ("bob", TOKYO), ("cat", NEW_YORK), ("dan", "Europe/Brussels")):
        world.add(name, time_zone=zone)


#: In UTC, an hour before and after every 09:00, in summer and in winter.
BUSY = {23, 0, 1, *range(6, 10), *range(12, 16)}


def hourly(world: World, first: datetime, last: datetime, hours: Container[int] = range(24)) -> None:
    while first <= last:
        if first.hour in hours:
            world.tick(first)
        first += timedelta(hours=1)


def test_a_letter_leaves_at_its_hour_where_each_person_is(database: Database) -> None:
    world = World(database, definitions(campaign()))
    everybody(world)
    hourly(world, at(5), at(8))
    assert [(who, when) for who, _, _, when in sent(world)] == [
        ("ann", at(6, 7)), ("bob", at(6, 0)), ("cat", at(6, 13)), ("dan", at(6, 7)),
    ]  # fmt: skip


def test_steps_and_reminders_leave_at_theirs(database: Database) -> None:
    remind = Remind(every=Span(days=2), max_reminders=1, until=Condition(outcomes=("done",)))
    journey = campaign(steps=(Step("a", 1, "a", remind=remind), Step("b", 2, "b")))
    world = World(database, definitions(journey))
    everybody(world)
    hourly(world, at(5), at(10))
    hours = {(who, when.hour) for who, _, _, when in sent(world)}
    assert hours == {("ann", 7), ("bob", 0), ("cat", 13), ("dan", 7)}
    assert len(sent(world)) == 12


def test_windows_are_judged_by_the_clock_on_each_persons_wall(database: Database) -> None:
    windows = (parse_window("mon-fri 10:00-18:00"),)
    world = World(database, definitions(campaign(), workspace={"windows": windows}))
    everybody(world)
    hourly(world, at(5), at(8))
    assert {who: when for who, _, _, when in sent(world)} == {
        "ann": at(6, 8), "bob": at(6, 1), "cat": at(6, 14), "dan": at(6, 8),
    }  # fmt: skip


@pytest.mark.parametrize("steps", [(Step("a", 1, "a"),), (Step("a", 1, "a"), Step("b", 2, "b"))])
@pytest.mark.parametrize("open_days", [False, True])
def test_each_wave_leaves_at_its_hour_where_each_person_is(
    database: Database, steps: tuple[Step, ...], open_days: bool
) -> None:
    """Spread over three days on which the campaign may send: the 6th, the 8th and the 9th."""
    rollout = Rollout(3, Span(days=1), open_days=open_days)
    closed = Closed(days=(date(2026, 10, 7),)) if open_days else Closed()
    world = World(database, definitions(campaign(steps=steps, rollout=rollout), workspace={"closed": closed}))
    for number in range(30):
        name = f"p{number}"
        world.add(name, time_zone=(TOKYO, None, NEW_YORK)[number % 3], lot=lot_of(name))
    hourly(world, at(5), at(11), BUSY)
    days = (6, 8, 9) if open_days else (6, 7, 8)
    query = select(person.c.time_zone, delivery.c.wave, delivery.c.sent_at).join(person)
    with database.reading() as connection:
        rows = connection.execute(query.where(delivery.c.step == "a")).all()
    assert len(rows) == 30
    assert {zone: when.hour for zone, _, when in rows} == {TOKYO: 0, None: 7, NEW_YORK: 13}
    assert all(when == at(days[wave - 1], {TOKYO: 0, None: 7, NEW_YORK: 13}[zone]) for zone, wave, when in rows)
    assert {wave for _, wave, _ in rows} == {1, 2, 3}


@pytest.mark.parametrize("first", [TOKYO, None, NEW_YORK])
@pytest.mark.parametrize("then", [TOKYO, None, NEW_YORK])
@pytest.mark.parametrize("hour", [3, 9])
def test_who_moves_on_the_day_gets_it_once_all_the_same(
    database: Database, first: str | None, then: str | None, hour: int
) -> None:
    world = World(database, definitions(campaign()))
    world.add("ann", time_zone=first)
    hourly(world, at(5), at(6, hour), BUSY)
    move(world, "ann", then)
    hourly(world, at(6, hour + 1), at(8), BUSY)
    assert len(sent(world)) == len(world.ledger()) == 1


def test_what_is_planned_keeps_its_hour_when_its_reader_moves(database: Database) -> None:
    world = World(database, definitions(campaign()))
    world.add("ann", time_zone=NEW_YORK)
    world.tick(at(6, 7))
    move(world, "ann", None)
    hourly(world, at(6, 8), at(6, 14))
    assert [when for *_, when in sent(world)] == [at(6, 13)]


def test_each_local_day_comes_once_over_both_changes_of_the_clocks(database: Database) -> None:
    world = World(database, definitions(campaign(start=DAILY)), now=at(20))
    everybody(world)
    hourly(world, at(20), at(31) + timedelta(days=3), BUSY)
    for who in ("ann", "bob", "cat"):
        days = [row[3] for row in world.ledger() if row[0] == who]
        expected = [(date(2026, 10, 20) + timedelta(days=count)).isoformat() for count in range(len(days))]
        assert days == expected
        assert len(days) >= 14


def test_what_is_due_before_midnight_is_the_same_as_what_is_due_next(database: Database) -> None:
    steps = (Step("a", 1, "a", remind=Remind(Span(days=1), 1, Condition())), Step("b", 2, "b"), Step("c", 4, "c"))
    journey = campaign(start=Start("event", name="hired", at=time(0, 30)), steps=steps)
    world = World(database, definitions(journey))
    for name, zone in (("ann", None), ("bob", TOKYO), ("cat", NEW_YORK), ("eve", "Pacific/Kiritimati")):
        world.event(world.add(name, time_zone=zone), "hired", date(2026, 10, 23))
    some = 0
    # Two days of 24 hours, one of 25, and one more.
    for hours in range(0, 4 * 24, 3):
        now = at(22, 22) + timedelta(hours=hours)
        world.tick(now)
        midnight = next_midnight(world.current, now)
        with database.reading() as connection:
            whenever, before = (
                next_due(connection, world.current, now),
                next_due(connection, world.current, now, midnight),
            )
        assert before == (whenever if whenever and whenever < midnight else None)
        some += before is not None
    assert 4 * 8 > some > 4


def test_explain_and_plan_name_the_zone(database: Database) -> None:
    world = World(database, definitions(campaign()))
    everybody(world)
    with scratch_copy(database) as copy:
        sends = plan_ahead(copy, world.current, NOW, 15)
    assert [(send.local_time, send.time_zone, send.send) for send in sends] == [
        ("2026-10-06 09:00", TOKYO, 1), ("2026-10-06 09:00", "", 2), ("2026-10-06 09:00", NEW_YORK, 1),
    ]  # fmt: skip
    world.tick(at(6, 7))
    with database.reading() as connection:
        (told,) = explain(connection, world.current, "cat", world.now) or ()
    assert told.words == f"planned for 2026-10-06 at 09:00 in {NEW_YORK}"
    assert told.facts["time_zone"] == NEW_YORK


def test_where_nobody_has_a_zone_nothing_is_asked_of_people_for_it(database: Database) -> None:
    def queries() -> list[str]:
        return [
            one for one in asked if "person.time_zone" in one and not one.startswith("SELECT DISTINCT person.time_zone")
        ]

    asked: list[str] = []
    world = World(database, definitions(campaign(steps=(Step("a", 1, "a"), Step("b", 2, "b")))))
    world.add("ann")
    happening.listen(database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    hourly(world, at(6), at(8))
    assert len(sent(world)) == 2
    assert queries() == []
    move(world, "ann", TOKYO)
    asked.clear()
    world.tick(at(9))
    assert queries()
