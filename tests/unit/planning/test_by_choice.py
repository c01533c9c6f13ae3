"""Who would rather be reached by another channel gets by it what can go that way, and all else as before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from outreach.definitions.model import Condition, Last, Offered, Remind, Span, Step
from outreach.definitions.windows import parse_window
from outreach.delivery.rerouting import prefer
from outreach.pipeline import plan_ahead
from outreach.planning.explain import explain
from outreach.roster.choices import decline
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_copy
from outreach.storage.tables import delivery, person
from tests.unit.planning.people import NOW, World, campaign, definitions

LETTERS = {"handover": Offered({}, ("last_name", "street", "city"))}
HOME = {"street": "Kerkstraat 1", "city": "Gent"}
DUE = datetime(2026, 10, 6, 7, tzinfo=UTC)


def world_of(database: Database, *campaigns: Any, **workspace: Any) -> World:
    return World(database, definitions(*(campaigns or (campaign(),)), workspace={"channels": LETTERS, **workspace}))


def chooses(world: World, who: int, channel: str | None = "handover") -> bool:
    with world.database.writing() as connection:
        return prefer(connection, world.releases.__getitem__, who, channel, world.now)


def ways(world: World) -> dict[str, tuple[str, str | None, str | None]]:
    """State, reason and channel of each person's only delivery."""
    columns = (person.c.person_id, delivery.c.state, delivery.c.reason, delivery.c.channel)
    with world.database.reading() as connection:
        rows = connection.execute(select(*columns).join(delivery, delivery.c.person == person.c.id)).all()
    return {row.person_id: tuple(row[1:]) for row in rows}


def words(world: World, who: str) -> str:
    with world.database.reading() as connection:
        found = explain(connection, world.current, who, world.now) or []
    return found[0].words


def test_who_chose_letters_gets_letters_with_and_without_an_email_address(database: Database) -> None:
    world = world_of(database)
    for name, facts in {"ann": HOME, "bob": {**HOME, "email": None}, "cas": {}, "dirk": {"email": None}}.items():
        chooses(world, world.add(name, **facts))
    world.add("eva", **HOME)
    world.tick(DUE)
    assert ways(world) == {
        "ann": ("sent", None, "handover"),
        "bob": ("sent", None, "handover"),
        "cas": ("sent", None, None),
        "dirk": ("skipped", "no_address", None),
        "eva": ("sent", None, None),
    }


def test_who_chose_mail_gets_it_where_a_campaign_of_letters_says_so(database: Database) -> None:
    world = world_of(database, campaign(channel="handover", by_choice=("email",)), channels={"email": Offered()})
    chooses(world, world.add("ann"), "email")
    chooses(world, world.add("bob", email=None), "email")
    chooses(world, world.add("cas", email=None, private_email="cas@home.example"), "email")
    world.tick(DUE)
    assert ways(world) == {
        "ann": ("sent", None, None),
        "bob": ("sent", None, "handover"),
        "cas": ("sent", None, None),
    }


def test_what_is_planned_follows_the_choice_and_its_taking_back(database: Database) -> None:
    world = world_of(database, windows=(parse_window("mon-fri 12:00-18:00"),))
    ann = world.add("ann", **HOME)
    world.tick(DUE)
    assert chooses(world, ann)
    assert not chooses(world, ann)
    assert ways(world) == {"ann": ("planned", None, "handover")}
    assert chooses(world, ann, None)
    assert ways(world) == {"ann": ("planned", None, None)}


def test_what_waits_for_the_hours_of_one_channel_leaves_in_those_of_the_other(database: Database) -> None:
    hours = {"email": (parse_window("mon-fri 12:00-18:00"),), "handover": (parse_window("mon-fri 09:00-10:00"),)}
    world = world_of(database, channel_windows=hours)
    ann, bob = world.add("ann", **HOME), world.add("bob", **HOME)
    chooses(world, bob)
    world.tick(DUE)
    assert ways(world) == {"ann": ("planned", "outside_window", None), "bob": ("sent", None, "handover")}
    world.now = DUE + timedelta(minutes=30)
    chooses(world, ann)
    world.tick()
    assert ways(world)["ann"] == ("sent", None, "handover")


def test_an_address_that_comes_or_goes_before_the_time_counts(database: Database) -> None:
    world = world_of(database, windows=(parse_window("mon-fri 12:00-18:00"),))
    ann, bob = world.add("ann", **HOME), world.add("bob")
    chooses(world, ann)
    chooses(world, bob)
    world.tick(DUE)
    assert (ways(world)["ann"][2], ways(world)["bob"][2]) == ("handover", None)
    world.change(ann, street=None)
    world.change(bob, **HOME, email=None)
    world.tick(DUE + timedelta(hours=4))
    assert ways(world) == {"ann": ("sent", None, None), "bob": ("sent", None, "handover")}


def test_who_comes_forward_in_the_queue_of_a_day_is_looked_at_too(database: Database) -> None:
    world = world_of(database, campaign(at_most=2))
    for name in ("ann", "bob", "cas", "dirk", "eva"):
        chooses(world, world.add(name, **HOME))
    world.tick(DUE)
    with database.reading() as connection:
        due = select(delivery.c.person).where(delivery.c.state == "planned").order_by(delivery.c.due_at)
        third, _, fifth = connection.scalars(due).all()
    with database.writing() as connection:
        decline(connection, third, "news", world.now)
    world.change(fifth, street=None)
    world.tick(DUE + timedelta(days=1))
    found = sorted(ways(world).values(), key=str)
    letter = ("sent", None, "handover")
    assert found == [letter, letter, letter, ("sent", None, None), ("skipped", "opted_out", "handover")]


def test_a_last_reminder_that_goes_another_way_goes_so_to_all(database: Database) -> None:
    remind = Remind(Span(days=1), 2, Condition(outcomes=("done",)), last=Last("webhook"))
    world = world_of(database, campaign(steps=(Step("first", 1, "first", remind=remind),)))
    chooses(world, world.add("ann", **HOME))
    for day in range(4):
        world.tick(DUE + timedelta(days=day))
    with database.reading() as connection:
        found = connection.scalars(select(delivery.c.channel).order_by(delivery.c.id)).all()
    assert found == ["handover", "handover", "webhook"]


def test_explain_says_by_which_channel_and_why_not_by_the_chosen_one(database: Database) -> None:
    world = world_of(database, campaign(), campaign("packed", channel="webhook", topic="other"))
    ann, bob = world.add("ann", **HOME), world.add("bob")
    chooses(world, ann)
    chooses(world, bob)
    assert words(world, "ann").endswith("; by handover, as the person chose")
    assert words(world, "bob").endswith("; by email, although the person chose handover: no postal address is on file")
    with database.reading() as connection:
        (packed,) = explain(connection, world.current, "ann", world.now, "packed") or []
    assert packed.words.endswith("; by webhook, although the person chose handover: this message does not go that way")
    assert packed.facts["chosen_channel"] == "handover"
    world.publish(definitions(campaign(), workspace={"channels": LETTERS}))
    with database.writing() as connection:
        connection.execute(update(person).values(lot=1))
    world.tick(datetime(2026, 10, 6, 6, tzinfo=UTC))
    assert words(world, "ann").endswith("; by handover, as the person chose")


def test_a_plan_says_how_many_have_it_by_the_channel_that_they_chose(database: Database) -> None:
    world = world_of(database)
    for name in ("ann", "bob"):
        chooses(world, world.add(name, **HOME))
    world.add("eva", **HOME)
    with scratch_copy(database) as copy:
        (send,) = plan_ahead(copy, world.current, NOW, 15)
    assert (send.local_time[:10], send.send, send.by_choice) == (str(date(2026, 10, 6)), 3, {"handover": 2})
