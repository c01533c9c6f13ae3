"""Who gets what, and who does not, and why: planning on small rosters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import insert, select, update

from outreach.definitions.model import (
    Cap,
    Condition,
    Definitions,
    Exclusion,
    Fact,
    Last,
    Offer,
    Pick,
    Recurrence,
    Remind,
    Segment,
    Span,
    Start,
    Step,
)
from outreach.roster.preferences import keep, read
from outreach.storage.database import Database
from outreach.storage.tables import campaign_state, delivery, opt_out, person
from tests.unit.planning.people import World, campaign, definitions, newcomers


def at(day: int, hour: int = 12, month: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_a_broadcast_reaches_the_audience_and_says_why_others_get_nothing(database: Database) -> None:
    singles = Segment("singles", "Singles", Fact("household", "in", ("single",)))
    world = World(database, definitions(campaign(audience="singles"), segments=[singles]))
    world.add("in", household="single")
    world.add("out", household="couple")
    world.add("unknown")
    world.add("no-mail", household="single", email=None)
    away = world.add("opted-out", household="single")
    world.add("dead", household="single", status="died")
    world.add("boss", household="single", status="contact")
    with database.writing() as connection:
        connection.execute(insert(opt_out).values(person=away, topic="news", since=at(1)))

    assert world.tick(at(6, 6)).sent == 0
    done = world.tick(at(6, 7))

    assert (done.planned, done.sent) == (1, 1)
    assert done.skipped == {"indeterminate": 1, "no_address": 1, "opted_out": 1}
    assert [(row[0], *row[-2:]) for row in world.ledger()] == [
        ("in", "sent", None),
        ("no-mail", "skipped", "no_address"),
        ("opted-out", "skipped", "opted_out"),
        ("unknown", "skipped", "indeterminate"),
    ]
    again = world.tick(at(6, 8))
    assert (again.planned, again.sent, again.skipped) == (0, 0, {})


def test_a_webhook_reaches_people_without_an_address_and_is_planned_for_it(database: Database) -> None:
    posted = campaign("posted", channel="webhook", steps=(Step("first", 1, "first"), Step("second", 3, "second")))
    world = World(database, definitions(campaign(), posted))
    world.add("ann", email=None)
    world.add("bob", email=None, status="died")
    for day in (6, 8):
        world.tick(at(day))
    assert [(row[1], row[2], *row[-2:]) for row in world.ledger()] == [
        ("letter", "first", "skipped", "no_address"),
        ("posted", "first", "sent", None),
        ("posted", "second", "sent", None),
    ]
    with database.reading() as connection:
        columns = (delivery.c.campaign, delivery.c.channel)
        assert {tuple(row) for row in connection.execute(select(*columns))} == {("letter", None), ("posted", "webhook")}


def test_a_journey_starts_by_an_event_and_reminds_until_the_outcome(database: Database) -> None:
    remind = Remind(Span(days=14), 2, Condition(outcomes=("registered",)))
    welcome = campaign(
        "welcome",
        audience="newcomers",
        start=Start("event", name="hired", ignore_if_older_than=Span(days=60)),
        steps=(Step("welcome", 1, "welcome"), Step("invitation", 10, "invitation", remind=remind)),
        exit_when=Condition(events=("left",)),
    )
    world = World(database, definitions(welcome, segments=[newcomers()]))
    ann, bob, eve = (world.add(name, hired_on=date(2026, 10, 2)) for name in ("ann", "bob", "eve"))
    world.now = at(2, 5)
    for who in (ann, bob, eve):
        world.event(who, "hired", date(2026, 10, 2))
    assert world.tick(at(2)).sent == 3
    assert world.tick(at(10)).sent == 0
    assert world.tick(at(11)).sent == 3
    world.outcome(ann, "registered", date(2026, 10, 12))
    world.event(eve, "left", date(2026, 10, 20))
    assert world.tick(at(24)).sent == 0
    done = world.tick(at(25))
    assert (done.sent, done.skipped) == (1, {"until": 1})
    assert world.tick(at(8, month=11)).sent == 1
    assert world.tick(at(30, month=11)).sent == 0
    reminders = [row for row in world.ledger() if row[4] > 0]
    assert [(row[0], row[4], row[5], row[6]) for row in reminders] == [
        ("ann", 1, "skipped", "until"),
        ("bob", 1, "sent", None),
        ("bob", 2, "sent", None),
    ]
    assert ("eve", "welcome", "entry-1", "exited", "exited") in world.enrolments()


def test_the_last_rung_goes_another_way_and_reaches_whom_no_mail_does_on_the_same_days(database: Database) -> None:
    remind = Remind(Span(days=7), 2, Condition(outcomes=("registered",)), ("again",), Last("handover", "call"))
    ladder = campaign(
        "ladder", start=Start("once", on=date(2026, 10, 2)), steps=(Step("ask", 1, "ask", remind=remind),)
    )
    world = World(database, definitions(ladder))
    _ann, bob, eve = world.add("ann"), world.add("bob", email=None), world.add("eve", email=None)
    world.tick(at(2))
    world.tick(at(9))
    world.outcome(eve, "registered", date(2026, 10, 10))
    for day in (16, 23, 30):
        world.tick(at(day))
    assert [(row[0], row[4], *row[-2:]) for row in world.ledger()] == [
        ("ann", 0, "sent", None),
        ("ann", 1, "sent", None),
        ("ann", 2, "sent", None),
        ("bob", 0, "skipped", "no_address"),
        ("bob", 1, "skipped", "no_address"),
        ("bob", 2, "sent", None),
        ("eve", 0, "skipped", "no_address"),
        ("eve", 1, "skipped", "no_address"),
        ("eve", 2, "skipped", "until"),
    ]
    with database.reading() as connection:
        sent = select(delivery.c.channel, delivery.c.sent_at).where(
            delivery.c.person == bob, delivery.c.state == "sent"
        )
        assert [tuple(row) for row in connection.execute(sent)] == [("handover", at(16))]


def test_who_loses_the_address_while_a_message_waits_climbs_on(database: Database) -> None:
    remind = Remind(Span(days=7), 1, Condition(), (), Last("handover"))
    ladder = campaign(
        "ladder", start=Start("once", on=date(2026, 10, 2)), steps=(Step("ask", 1, "ask", remind=remind),)
    )
    other = campaign("first", start=Start("once", on=date(2026, 10, 2)), priority="high")
    world = World(database, definitions(ladder, other, workspace={"frequency_cap": Cap(1, Span(days=1))}))
    ann = world.add("ann")
    world.tick(at(2))
    with database.writing() as connection:
        connection.execute(update(person).where(person.c.id == ann).values(email=None))
    world.tick(at(3))
    world.tick(at(10))
    assert [(row[1], row[4], *row[-2:]) for row in world.ledger()] == [
        ("first", 0, "sent", None),
        ("ladder", 0, "skipped", "no_address"),
        ("ladder", 1, "sent", None),
    ]


def test_an_event_is_looked_at_once_and_the_refusal_is_on_record(database: Database) -> None:
    welcome = campaign(
        "welcome", audience="newcomers", start=Start("event", name="hired", ignore_if_older_than=Span(days=60))
    )
    world = World(database, definitions(welcome, segments=[newcomers()]))
    old = world.add("old", hired_on=date(2026, 7, 5))
    outside = world.add("outside", status="retired", hired_on=date(2026, 10, 1))
    unknown = world.add("unknown")
    for who, day in ((old, date(2026, 7, 5)), (outside, date(2026, 10, 1)), (unknown, date(2026, 10, 1))):
        world.event(who, "hired", day)
    world.tick(at(2))
    world.tick(at(3))
    assert world.enrolments() == [
        ("old", "welcome", "entry-1", "refused", "too_old"),
        ("outside", "welcome", "entry-1", "refused", "not_in_audience"),
        ("unknown", "welcome", "entry-1", "refused", "indeterminate"),
    ]
    assert world.ledger() == []


def test_entering_a_segment_starts_only_who_was_not_in_it_before(database: Database) -> None:
    parents = Segment("parents", "Parents", Fact("children", "at_least", (1,)))
    world = World(database, definitions(campaign("kids", start=Start("enters", name="parents")), segments=[parents]))
    world.add("already", children=2)
    newly = world.add("newly", children=0)
    world.tick(at(2))
    world.change(newly, children=1)
    world.tick(at(3))
    assert [(row[0], row[5]) for row in world.ledger()] == [("newly", "sent")]


def test_who_comes_into_a_segment_by_the_day_alone_starts(database: Database) -> None:
    settled = Segment("settled", "Settled", Fact("tenure", "at_least", (Span(months=1),)))
    world = World(database, definitions(campaign("stay", start=Start("enters", name="settled")), segments=[settled]))
    world.add("ann", hired_on=date(2026, 9, 4))
    world.tick(at(2))
    world.tick(at(3))
    assert not world.ledger()
    world.tick(at(4))
    assert [row[0] for row in world.ledger()] == ["ann"]


def test_who_comes_into_a_segment_by_choosing_another_language_starts(database: Database) -> None:
    french = Segment("french", "French", Fact("language", "in", ("fr",)))
    world = World(database, definitions(campaign("voila", start=Start("enters", name="french")), segments=[french]))
    ann = world.add("ann", language="nl")
    world.tick(at(2))
    with database.writing() as connection:
        keep(connection, ann, replace(read(connection, ann), language="fr"), at(2))
    world.tick(at(3))
    assert [row[0] for row in world.ledger()] == ["ann"]


def test_who_comes_into_a_segment_because_its_words_changed_starts(database: Database) -> None:
    def nouns(children: int) -> Definitions:
        parents = Segment("parents", "Parents", Fact("children", "at_least", (children,)))
        return definitions(campaign("kids", start=Start("enters", name="parents")), segments=[parents])

    world = World(database, nouns(2))
    world.add("one", children=1)
    world.add("two", children=2)
    for day in (2, 3):
        world.tick(at(day))
    world.publish(nouns(1))
    world.tick(at(3, 12))
    assert [row[0] for row in world.ledger()] == ["one"]


def test_a_date_of_the_person_starts_so_long_before(database: Database) -> None:
    ending = campaign("ending", start=Start("date", name="contract_ends_on", by=Span(days=60)))
    world = World(database, definitions(ending))
    world.add("soon", contract_ends_on=date(2026, 12, 1))
    world.add("near", contract_ends_on=date(2026, 11, 1))
    world.add("past", contract_ends_on=date(2026, 9, 1))
    world.tick(at(1))
    assert [row[0] for row in world.ledger()] == ["near"]
    assert world.tick(at(2, 6)).sent == 0
    world.tick(at(2, 7))
    assert [row[0] for row in world.ledger()] == ["near", "soon"]


def test_a_newsletter_leaves_out_who_is_under_way_elsewhere(database: Database) -> None:
    welcome = campaign("welcome", start=Start("event", name="hired"), steps=(Step("a", 1, "a"), Step("b", 60, "b")))
    news = campaign("news", except_=Exclusion(under_way=("welcome",)))
    world = World(database, definitions(welcome, news))
    new = world.add("new")
    world.add("other")
    world.event(new, "hired", date(2026, 10, 1))
    world.tick(at(6))
    assert [(row[0], row[1], row[-1]) for row in world.ledger()] == [
        ("new", "news", "under_way"),
        ("new", "welcome", None),
        ("other", "news", None),
    ]


def test_the_frequency_cap_holds_the_least_important_until_their_turn(database: Database) -> None:
    nouns = definitions(
        campaign("alert", frequency="must"),
        campaign("high", priority="high"),
        campaign("low", priority="low"),
        campaign("nice", frequency="nice", priority="high", steps=(Step("first", 1, "x", expires_after=Span(days=2)),)),
        workspace={"frequency_cap": Cap(1, Span(days=7))},
    )
    world = World(database, nouns)
    world.add("ann")
    world.tick(at(6))
    states = {row[1]: row[5:] for row in world.ledger()}
    assert states == {
        "alert": ("sent", None),
        "high": ("sent", None),
        "low": ("planned", "frequency_cap"),
        "nice": ("planned", "frequency_cap"),
    }
    for day in range(7, 13):
        world.tick(at(day))
    states = {row[1]: row[5:] for row in world.ledger()}
    assert states["nice"] == ("expired", "frequency_cap")
    assert states["low"] == ("planned", "frequency_cap")
    world.tick(at(13))
    assert {row[1]: row[5] for row in world.ledger()}["low"] == "sent"


def test_picks_are_the_most_useful_offers_and_not_shown_again(database: Database) -> None:
    offers = {
        "card": Offer("card", {}, priority="low"),
        "gift": Offer("gift", {}, outcome="gift-asked", priority="high"),
        "pension": Offer("pension", {}, audience="old"),
        "loan": Offer("loan", {}, related=("card",)),
    }
    pick = Pick(("card", "gift", "pension", "loan"), at_most=2, at_least=2, not_again_within=Span(days=180))
    tuesday = Recurrence("tuesday", "FREQ=WEEKLY;BYDAY=TU")
    old = Segment("old", "Old", Fact("age", "at_least", (60,)))
    news = campaign("news", start=Start("every", every=tuesday), steps=(Step("first", 1, "x", pick=pick),))
    world = World(database, definitions(news, segments=[old], offers=offers))
    world.add("ann", born_on=date(1960, 1, 1))
    bob = world.add("bob", born_on=date(1990, 1, 1))
    world.outcome(bob, "gift-asked", date(2026, 9, 1))
    world.tick(at(6))
    world.tick(at(13))
    from sqlalchemy import select

    from outreach.storage.tables import delivery

    with database.reading() as connection:
        rows = connection.execute(
            select(person.c.person_id, delivery.c.occurrence, delivery.c.state, delivery.c.reason, delivery.c.picks)
            .join(person, person.c.id == delivery.c.person)
            .order_by(person.c.person_id, delivery.c.occurrence)
        ).all()
    assert [tuple(row[:4]) for row in rows] == [
        ("ann", "2026-10-06", "sent", None),
        ("ann", "2026-10-13", "sent", None),
        ("bob", "2026-10-06", "sent", None),
        ("bob", "2026-10-13", "skipped", "nothing_new"),
    ]
    assert rows[0].picks.split(",")[0] == "gift"
    assert rows[1].picks.split(",")[-1] == "card"
    assert rows[2].picks == "loan,card"


def test_a_paused_campaign_waits_and_what_comes_too_late_expires(database: Database) -> None:
    world = World(database, definitions(campaign()))
    world.add("ann")

    def state(name: str) -> None:
        with database.writing() as connection:
            connection.execute(update(campaign_state).values(state=name))

    state("paused")
    assert world.tick(at(6)).planned == 0
    state("running")
    assert world.tick(at(7)).sent == 1


def test_the_latest_time_passes(database: Database) -> None:
    world = World(
        database, definitions(campaign(steps=(Step("first", 1, "x", at=time(9), expires_after=Span(days=1)),)))
    )
    world.add("ann")
    assert world.tick(at(7, 8)).planned == 0
    assert world.ledger() == []


@pytest.mark.parametrize("split", [True, False])
def test_a_tick_in_two_halves_gives_the_same_ledger(database: Database, split: bool) -> None:
    world = World(database, definitions(campaign(), campaign("other", start=Start("once", on=date(2026, 10, 7)))))
    for name in ("ann", "bob"):
        world.add(name)
    if split:
        world.tick(at(6))
    world.tick(at(7))
    assert {row[:6] for row in world.ledger()} == {
        (who, name, "first", "once", 0, "sent") for who in ("ann", "bob") for name in ("letter", "other")
    }


def test_an_edited_hour_mails_nobody_twice(database: Database) -> None:
    world = World(database, definitions(campaign()))
    world.add("ann")
    world.tick(at(6))
    later = replace(campaign(), start=Start("once", on=date(2026, 10, 6), at=time(16)))
    world.nouns = definitions(later)
    assert world.tick(at(6, 15)).sent == 0
