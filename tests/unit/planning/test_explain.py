"""The reason for every person, also for silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import update

from outreach.definitions.model import Condition, Fact, Remind, Segment, Span, Start, Step
from outreach.planning.explain import explain
from outreach.planning.explanation import Explanation
from outreach.storage.database import Database
from outreach.storage.tables import campaign_state, delivery
from tests.unit.planning.people import World, campaign, definitions, newcomers


def asked(world: World, who: str, name: str | None = None) -> list[Explanation]:
    with world.database.reading() as connection:
        found = explain(connection, world.current, who, world.now, name)
    assert found is not None
    return found


def test_not_in_the_audience_says_what_was_wanted_and_what_is(database: Database) -> None:
    world = World(database, definitions(campaign(audience="newcomers"), segments=[newcomers()]))
    world.add("ann", hired_on=date(2026, 5, 11))
    (told,) = asked(world, "ann")
    assert told.verdict == told.reason == "not_in_audience"
    assert told.words == "not in the audience: hired 143 days ago, newcomers: in the last 90 days"
    assert told.facts == {"hired_on": "2026-05-11"}


def test_indeterminate_names_the_missing_fact(database: Database) -> None:
    singles = Segment("singles", "Singles", Fact("household", "in", ("single",)))
    world = World(database, definitions(campaign(audience="singles"), segments=[singles]))
    world.add("ann")
    (told,) = asked(world, "ann")
    assert told.verdict == "indeterminate"
    assert told.words == "indeterminate: no household on file"


def test_what_is_in_the_ledger_is_told_as_it_stands(database: Database) -> None:
    world = World(database, definitions(campaign()))
    world.add("ann")
    world.add("bob", email=None)
    assert [told.verdict for told in asked(world, "ann")] == ["planned"]
    world.tick(datetime(2026, 10, 6, 8, tzinfo=UTC))
    assert [(told.verdict, told.reason) for who in ("ann", "bob") for told in asked(world, who)] == [
        ("sent", ""),
        ("skipped", "no_address"),
    ]


def test_the_day_on_which_something_left_is_that_of_the_workspace(database: Database) -> None:
    world = World(database, definitions(campaign(start=Start("once", on=date(2026, 10, 6), at=time(0, 30)))))
    world.add("ann")
    # In Brussels it is half past midnight; in UTC it is still the day before.
    world.tick(datetime(2026, 10, 5, 22, 30, tzinfo=UTC))
    assert [told.words for told in asked(world, "ann")] == ["sent on 2026-10-06"]


def test_who_has_no_address_misses_mails_and_no_webhook(database: Database) -> None:
    world = World(database, definitions(campaign(), campaign("posted", channel="webhook")))
    world.add("bob", email=None)
    assert [(told.campaign, told.verdict, told.reason) for told in asked(world, "bob")] == [
        ("letter", "skipped", "no_address"),
        ("posted", "planned", ""),
    ]


def test_a_journey_that_nothing_started_says_what_it_waits_for(database: Database) -> None:
    welcome = campaign("welcome", start=Start("event", name="hired"), steps=(Step("a", 1, "a"), Step("b", 10, "b")))
    world = World(database, definitions(welcome))
    ann = world.add("ann")
    assert [(told.step, told.verdict, told.reason) for told in asked(world, "ann")] == [
        ("a", "not_started", "no_event"),
        ("b", "not_started", "no_event"),
    ]
    world.event(ann, "hired", date(2026, 10, 2))
    assert [told.words for told in asked(world, "ann")] == ["nothing stops it: it starts on 2026-10-02"] * 2
    world.tick(datetime(2026, 10, 2, 8, tzinfo=UTC))
    world.tick(datetime(2026, 10, 1, 8, tzinfo=UTC))
    assert [(told.step, told.verdict) for told in asked(world, "ann")] == [("a", "sent"), ("b", "planned")]


def test_nobody_of_that_number_is_nobody(database: Database) -> None:
    world = World(database, definitions(campaign()))
    with database.reading() as connection:
        assert explain(connection, world.current, "none", world.now) is None


def test_what_is_still_to_come_is_told_with_the_reminder_and_what_will_stop_it(database: Database) -> None:
    remind = Remind(Span(days=7), 2, Condition(outcomes=("registered",)))
    world = World(database, definitions(campaign(steps=(Step("letter", 1, "letter", remind=remind),))))
    ann = world.add("ann")
    world.tick(datetime(2026, 10, 6, 8, tzinfo=UTC))
    assert [told.words for told in asked(world, "ann")] == ["sent on 2026-10-06; reminder 1 is due on 2026-10-13"]
    world.outcome(ann, "registered", date(2026, 10, 6))
    (told,) = asked(world, "ann")
    assert told.words.startswith("sent on 2026-10-06; the reminder of 2026-10-13 will be skipped: ")
    assert told.facts["stopped_by"] == "until"


def test_nothing_is_promised_of_a_campaign_that_is_paused(database: Database) -> None:
    remind = Remind(Span(days=7), 1, Condition())
    steps = (Step("letter", 1, "letter", remind=remind), Step("later", 30, "later"))
    world = World(database, definitions(campaign(steps=steps)))
    world.add("ann")
    world.tick(datetime(2026, 10, 6, 8, tzinfo=UTC))
    with database.writing() as connection:
        connection.execute(update(campaign_state).values(state="paused"))
    held = "; but the campaign is paused, and nothing of it leaves until it is resumed"
    assert [told.words for told in asked(world, "ann")] == [
        "sent on 2026-10-06; reminder 1 is due on 2026-10-13" + held,
        "nothing stops it: it leaves when its time comes" + held,
    ]


def test_a_doubt_and_a_refusal_are_told_in_words(database: Database) -> None:
    world = World(database, definitions(campaign()))
    world.add("ann")
    world.tick(datetime(2026, 10, 6, 8, tzinfo=UTC))
    told = []
    for state, reason in (("in_doubt", "restored"), ("in_doubt", "sender_died"), ("rejected", "550 5.1.1")):
        with database.writing() as connection:
            connection.execute(update(delivery).values(state=state, reason=reason))
        told += [one.words for one in asked(world, "ann")]
    assert told == [
        "it was due when a backup of the database was restored: it may have been sent since that was made",
        "what sent it died over it: it may have left",
        "refused for good by who was to take it: 550 5.1.1",
    ]
