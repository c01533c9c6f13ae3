"""What is told late, twice, beforehand or by mistake, and who dies or comes back, seen from the ledger."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from outreach.definitions.model import Span, Start, Step
from outreach.planning.explain import explain
from outreach.roster import happenings
from outreach.roster.happenings import Happening
from outreach.roster.stopping import stop_people
from outreach.storage.tables import delivery, person
from tests.unit.planning.people import NOW, World, campaign, definitions

DAY = date(2026, 10, 2)
HIRED = Happening("anna", "hired", DAY)
WELCOME = campaign(
    "welcome",
    start=Start("event", name="hired", ignore_if_older_than=Span(days=60)),
    steps=(Step("first", 1, "first"), Step("second", 8, "second")),
)


@pytest.fixture
def world(database):
    found = World(database, definitions(WELCOME, campaign()))
    found.add("anna")
    return found


def tell(world, happening=HIRED, **options):
    with world.database.writing() as connection:
        return happenings.record(connection, [happening], world.now, "hr", **options)


def take_back(world, happening=HIRED):
    with world.database.writing() as connection:
        return happenings.withdraw(connection, [happening], world.now, "hr")


def at(day):
    return datetime(2026, 10, day, 12, tzinfo=UTC)


def told(world, campaign_):
    with world.database.reading() as connection:
        found = explain(connection, world.current, "anna", world.now, campaign_)
    return [(one.step, one.verdict, one.reason) for one in found]


def states(world, campaign_):
    return [(row[2], row[5], row[6]) for row in world.ledger() if row[1] == campaign_]


def test_what_is_withdrawn_before_its_day_starts_nothing(world):
    tell(world)
    take_back(world)
    world.tick(at(3))
    assert world.enrolments() == []
    assert told(world, "welcome")[0][2] == "withdrawn"


def test_an_event_that_is_still_to_come_starts_on_its_day_and_once(world):
    tell(world, Happening("anna", "hired", date(2026, 10, 20)))
    tell(world, Happening("anna", "hired", date(2026, 10, 20)))
    world.tick(at(19))
    assert world.enrolments() == []
    world.tick(at(20))
    assert world.enrolments() == [("anna", "welcome", "entry-1", "active", None)]


def test_what_did_not_start_after_all_ends_with_what_was_planned(world):
    tell(world)
    world.tick(at(3))
    assert states(world, "welcome") == [("first", "sent", None)]
    take_back(world)
    assert world.enrolments() == [("anna", "welcome", "entry-1", "exited", "withdrawn")]
    world.tick(at(20))
    assert states(world, "welcome") == [("first", "sent", None)]
    assert told(world, "welcome") == [("first", "sent", ""), ("second", "skipped", "withdrawn")]
    # A welcome is said once, whichever day it was for.
    tell(world, Happening("anna", "hired", date(2026, 10, 19)))
    world.tick(at(21))
    assert world.enrolments()[-1] == ("anna", "welcome", "entry-2", "refused", "entered_before")


def test_who_had_nothing_of_it_enters_when_it_happens_in_earnest(world):
    tell(world)
    world.tick(datetime(2026, 10, 2, 5, tzinfo=UTC))
    take_back(world)
    assert world.enrolments() == [("anna", "welcome", "entry-1", "refused", "withdrawn")]
    assert told(world, "welcome")[0] == ("first", "skipped", "withdrawn")
    tell(world, Happening("anna", "hired", date(2026, 10, 9)))
    world.tick(at(10))
    assert world.enrolments()[-1] == ("anna", "welcome", "entry-2", "active", None)


def test_what_happened_again_after_it_was_withdrawn_starts_anew(world):
    tell(world)
    world.tick(datetime(2026, 10, 2, 5, tzinfo=UTC))
    take_back(world)
    tell(world)
    world.tick(at(3))
    assert states(world, "welcome") == []
    tell(world, again=True)
    world.tick(at(4))
    assert states(world, "welcome") == [("first", "sent", None)]


def test_who_dies_gets_nothing_more_not_even_what_was_let_go(world):
    tell(world)
    world.tick(at(3))
    who = world.add("bert")
    world.tick(at(6))
    with world.database.writing() as connection:
        # Let go by dispatch, and not sent yet.
        connection.execute(update(delivery).where(delivery.c.campaign == "letter").values(state="planned"))
    tell(world, Happening("anna", "died", date(2026, 10, 6)))
    assert states(world, "letter") == [("first", "cancelled", "died"), ("first", "planned", None)]
    assert world.enrolments() == [("anna", "welcome", "entry-1", "exited", "died")]
    assert told(world, "welcome")[1] == ("second", "skipped", "died")
    with world.database.reading() as connection:
        assert connection.scalar(select(person.c.status).where(person.c.id == who)) == "active"


def test_a_sender_that_holds_a_message_to_who_died_may_not_let_it_out(world):
    world.tick(at(6))
    with world.database.writing() as connection:
        connection.execute(update(delivery).values(state="planned", lease_owner="sender"))
    tell(world, Happening("anna", "died", date(2026, 10, 6)))
    with world.database.reading() as connection:
        # Attempts are written down for the owner alone (delivery/attempts.py).
        assert connection.execute(select(delivery.c.state, delivery.c.lease_owner)).all() == [("cancelled", None)]


@pytest.mark.parametrize("gone", ["died", "left"])
def test_who_comes_back_takes_up_nothing_old(world, gone):
    tell(world)
    world.tick(at(3))
    set_status(world, gone)
    set_status(world, "active")
    world.tick(at(30))
    assert states(world, "welcome") == [("first", "sent", None)]
    assert world.enrolments() == [("anna", "welcome", "entry-1", "exited", gone)]


def set_status(world, status):
    with world.database.writing() as connection:
        who = connection.scalar(select(person.c.id).where(person.c.person_id == "anna"))
        connection.execute(update(person).values(status=status))
        if status != "active":
            stop_people(connection, [who], status)
    world.import_again()


def test_what_waited_for_its_person_is_not_late_by_the_waiting(world):
    tell(world, Happening("carl", "hired", DAY))
    world.now = NOW + timedelta(days=20)
    world.add("carl")
    with world.database.writing() as connection:
        happenings.bring_home(connection, world.now)
    world.tick(world.now + timedelta(hours=3))
    assert [row[2:6:3] for row in world.ledger() if row[0] == "carl" and row[1] == "welcome"] == [
        ("first", "sent"),
        ("second", "sent"),
    ]
