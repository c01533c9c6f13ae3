"""People wait in a journey for a day, or until they have done something, and no longer than is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from outreach.definitions.model import Campaign, Closed, Edited, Remind, Span, Start, Step, Wait
from outreach.definitions.recurrences import parse_undated
from outreach.planning.lingering import Lingering, lingering
from outreach.planning.upcoming import next_due
from outreach.storage.database import Database
from outreach.storage.tables import delivery, enrolment, person
from tests.unit.planning.people import World, campaign, definitions
from tests.unit.planning.test_branches import CAME, SINGLE, SINGLES, at, hired, sent, told

FOR_A_WEEK = Wait(until=CAME, at_most=Span(days=7))
OR_ENDS = replace(FOR_A_WEEK, ends=True)


def waits(wait: Wait, day: int = 3, **changes: Any) -> Campaign:
    """A letter, a wait, and two more letters."""
    steps = (
        Step("first", 1, "first"),
        Step("quiet", day, "", wait=wait),
        Step("second", day, "second"),
        Step("third", day + 2, "third"),
    )
    return campaign("patient", start=Start("event", name="hired"), **{"steps": steps} | changes)


def days(world: World, who: str) -> dict[str, int]:
    """On which day of October 2026 each step was sent."""
    columns = select(delivery.c.step, delivery.c.sent_at).join(person, person.c.id == delivery.c.person)
    with world.database.reading() as connection:
        rows = connection.execute(columns.where(person.c.person_id == who, delivery.c.sent_at.is_not(None))).all()
    return {step: sent_at.day for step, sent_at in rows}


def ticks(world: World, first: int, last: int) -> None:
    for day in range(first, last + 1):
        world.tick(at(day))


def under_way_until(world: World, who: int) -> date:
    with world.database.reading() as connection:
        return connection.execute(select(enrolment.c.ends_on).where(enrolment.c.person == who)).scalar_one()


@pytest.mark.parametrize(
    ("wait", "second"),
    [
        (Wait(day=date(2026, 10, 8)), 8),
        (Wait(day=date(2026, 10, 4)), 4),
        (Wait(day=date(2026, 9, 1)), 4),
        (Wait(recurs=parse_undated("tuesday")), 6),
        (Wait(recurs=parse_undated("sunday")), 4),
        (Wait(recurs=parse_undated("17 october")), 17),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else None,
)
def test_a_day_is_waited_for_and_what_comes_after_keeps_its_distance(
    database: Database, wait: Wait, second: int
) -> None:
    world, (ann,) = hired(database, waits(wait), "ann")
    ticks(world, 2, 2)
    assert under_way_until(world, ann) == date(2026, 10, second + 2)
    ticks(world, 3, 20)
    assert days(world, "ann") == {"first": 2, "second": second, "third": second + 2}


def test_on_a_closed_day_what_was_waited_for_is_followed_on_the_open_day_after(database: Database) -> None:
    nouns = definitions(
        waits(Wait(recurs=parse_undated("tuesday"))), workspace={"closed": Closed(days=(date(2026, 10, 6),))}
    )
    world = World(database, nouns)
    world.event(world.add("ann"), "hired", date(2026, 10, 2))
    ticks(world, 2, 10)
    assert days(world, "ann") == {"first": 2, "second": 7, "third": 8}


def test_who_comes_goes_on_at_once_and_who_does_not_when_the_wait_is_over(database: Database) -> None:
    world, (ann, _) = hired(database, waits(FOR_A_WEEK), "ann", "bob")
    ticks(world, 2, 6)
    world.outcome(ann, "came", date(2026, 10, 6))
    ticks(world, 6, 14)
    assert days(world, "ann") == {"first": 2, "second": 6, "third": 8}
    assert days(world, "bob") == {"first": 2, "second": 11, "third": 13}


def test_who_did_it_before_does_not_wait(database: Database) -> None:
    world, (ann,) = hired(database, waits(OR_ENDS), "ann")
    ticks(world, 2, 2)
    world.outcome(ann, "came", date(2026, 10, 3))
    ticks(world, 3, 7)
    assert days(world, "ann") == {"first": 2, "second": 4, "third": 6}


def test_a_wait_may_be_the_end_and_what_comes_later_changes_nothing(database: Database) -> None:
    world, (ann,) = hired(database, waits(OR_ENDS), "ann")
    ticks(world, 2, 11)
    assert under_way_until(world, ann) == date(2026, 10, 11)
    world.outcome(ann, "came", date(2026, 10, 11))
    ticks(world, 12, 20)
    assert sent(world, "ann") == ["first"]
    found = told(world, "ann")
    assert (found["quiet"].verdict, found["quiet"].reason) == ("decided", "gave-up")
    assert (
        found["quiet"].words == "on 2026-10-11 the journey had waited for came as long as it may, and went to the end"
    )
    assert (found["second"].verdict, found["second"].reason) == ("skipped", "other_way")
    assert found["second"].words == (
        "the journey does not come to it: on 2026-10-11 it had waited at `quiet` as long as it may, and ended"
    )


def test_being_somewhere_may_be_waited_for(database: Database) -> None:
    nouns = waits(Wait(until=replace(SINGLES, events=("moved",)), at_most=Span(days=7)))
    world, (ann, bob, _) = hired(database, nouns, "ann", "bob", "eve", household="couple")
    ticks(world, 2, 6)
    world.change(ann, household="single")
    world.event(bob, "moved", date(2026, 10, 7))
    ticks(world, 6, 14)
    assert [days(world, who)["second"] for who in ("ann", "bob", "eve")] == [6, 7, 11]


def test_what_came_while_nothing_ran_counts_and_everything_is_caught_up(database: Database) -> None:
    world, (ann, _) = hired(database, waits(FOR_A_WEEK), "ann", "bob")
    ticks(world, 2, 5)
    world.outcome(ann, "came", date(2026, 10, 6))
    ticks(world, 12, 12)
    assert days(world, "ann") == days(world, "bob") == {"first": 2, "second": 12}
    assert [told(world, who)["quiet"].reason for who in ("ann", "bob")] == ["came", "gave-up"]
    ticks(world, 13, 13)
    assert days(world, "ann")["third"] == days(world, "bob")["third"] == 13


def test_reminders_go_on_while_somebody_waits_and_make_nobody_be_under_way_for_longer(database: Database) -> None:
    reminds = Step("first", 1, "first", remind=Remind(Span(days=3), 4, CAME))
    nouns = waits(FOR_A_WEEK)
    world, (ann, _) = hired(database, replace(nouns, steps=(reminds, *nouns.steps[1:])), "ann", "bob")
    ticks(world, 2, 6)
    assert sorted(row[4] for row in world.ledger() if row[2] == "first") == [0, 0, 1, 1]
    world.outcome(ann, "came", date(2026, 10, 6))
    ticks(world, 7, 7)
    assert under_way_until(world, ann) == date(2026, 10, 14)


def test_explain_says_what_is_waited_for_and_until_when(database: Database) -> None:
    world, (ann,) = hired(database, waits(FOR_A_WEEK), "ann")
    assert told(world, "ann")["quiet"].verdict == "not_started"
    ticks(world, 2, 2)
    assert told(world, "ann")["quiet"].words == (
        "the journey has not come to it yet; it will wait until came, at most 7 days; after that to second"
    )
    ticks(world, 4, 5)
    stands = "since 2026-10-04 the journey waits for came, until 2026-10-11 at most; after that it goes to second"
    found = told(world, "ann")
    assert (found["quiet"].verdict, found["quiet"].words) == ("waiting", stands)
    assert found["second"].words == f"nothing stops it: it leaves when its time comes; {stands}"
    assert found["third"].facts["until"] == "2026-10-11"
    world.outcome(ann, "came", date(2026, 10, 5))
    ticks(world, 5, 5)
    found = told(world, "ann")
    assert (found["quiet"].verdict, found["quiet"].reason) == ("decided", "came")
    assert found["third"].words == "nothing stops it: it leaves when its time comes"


def test_explain_says_for_which_day_somebody_waits(database: Database) -> None:
    world, _ = hired(database, waits(Wait(recurs=parse_undated("tuesday"))), "ann")
    ticks(world, 2, 4)
    assert told(world, "ann")["quiet"].words == "the journey waits until 2026-10-06 (tuesday)"
    ticks(world, 7, 7)
    assert told(world, "ann")["quiet"].words == "the journey waited until 2026-10-06 (tuesday)"


def test_it_is_known_how_many_wait_until_when_and_when_to_look_again(database: Database) -> None:
    world, (ann, _, eve) = hired(database, waits(FOR_A_WEEK), "ann", "bob", "eve")
    ticks(world, 2, 4)
    world.event(world.add("joe"), "hired", date(2026, 10, 4))
    ticks(world, 6, 6)
    world.outcome(ann, "came", date(2026, 10, 6))
    with database.writing() as connection:
        connection.execute(person.update().where(person.c.id == eve).values(status="left"))
    world.import_again()
    ticks(world, 6, 6)
    with database.reading() as connection:
        found = list(lingering(connection, ["patient", "other"]))
        assert next_due(connection, world.current, at(9)) == at(11).replace(hour=7)
    assert found == [Lingering("patient", 1, "quiet", 2, date(2026, 10, 11), date(2026, 10, 13))]
    assert told(world, "eve")["quiet"].verdict == "skipped"


def test_who_waits_in_an_edited_campaign_goes_on_as_it_says(database: Database) -> None:
    nouns = waits(FOR_A_WEEK)
    world, (ann,) = hired(database, nouns, "ann")
    ticks(world, 2, 5)
    shorter = Step("quiet", 3, "", wait=Wait(until=CAME, at_most=Span(days=2)))
    edited = replace(nouns, steps=(nouns.steps[0], shorter, *nouns.steps[2:]), edited=Edited("move", "quiet"))
    world.publish(definitions(edited, segments=[SINGLE]))
    assert told(world, "ann")["quiet"].verdict == "planned"
    ticks(world, 5, 5)
    assert told(world, "ann")["quiet"].facts["until"] == "2026-10-07"
    world.outcome(ann, "came", date(2026, 10, 6))
    ticks(world, 6, 6)
    assert days(world, "ann") == {"first": 2, "second": 6}


def test_who_waits_is_let_go_where_the_campaign_is_moved_on_behind_the_wait(database: Database) -> None:
    nouns = waits(OR_ENDS)
    world, _ = hired(database, nouns, "ann")
    ticks(world, 2, 5)
    world.publish(definitions(replace(nouns, edited=Edited("move", "third")), segments=[SINGLE]))
    ticks(world, 6, 20)
    assert days(world, "ann") == {"first": 2, "third": 6}
