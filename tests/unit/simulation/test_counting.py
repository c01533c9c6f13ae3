"""The figures of a simulation against a slow count of the same ledger in plain Python."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import Connection, select

from outreach.definitions.model import Cap, Condition, Fact, Recurrence, Remind, Segment, Session, Span, Start, Step
from outreach.planning.calendar import civil_day, zone
from outreach.planning.seats import taken
from outreach.release.programme import put_in_force
from outreach.simulation import tables
from outreach.simulation.answering import Answering
from outreach.simulation.counting import Counting
from outreach.simulation.crowds import Crowds
from outreach.simulation.days import Days
from outreach.simulation.responses import Response, Responses
from outreach.storage.database import Database
from outreach.storage.scratch import scratch_file
from outreach.storage.tables import delivery, outcome, person
from tests.unit.planning.people import NOW, World, campaign, definitions

BRUSSELS = zone("Europe/Brussels")


def every(text: str, rule: str) -> Start:
    return Start("every", every=Recurrence(text, rule))


@pytest.fixture
def portfolio(database: Database):
    """Four campaigns that want more than the cap lets through, over forty people; counted on a scratch file."""
    nouns = definitions(
        campaign("daily", start=every("weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), priority="low"),
        campaign("weekly", start=every("tuesday", "FREQ=WEEKLY;BYDAY=TU")),
        campaign("must", start=every("friday", "FREQ=WEEKLY;BYDAY=FR"), frequency="must"),
        campaign("own", audience="women", start=every("monday", "FREQ=WEEKLY;BYDAY=MO")),
        segments=[Segment("women", "", Fact("gender", "in", ("f",))), Segment("odd", "", Fact("grade", "in", ("A",)))],
        workspace={"frequency_cap": Cap(3, Span(days=7)), "expires_after": Span(days=3), "small_numbers": 5},
    )
    world = World(database, nouns)
    for n in range(40):
        world.add(f"p{n}", **{"gender": "f"} if n % 3 == 0 else {}, **{"email": None} if n % 7 == 0 else {},
                  grade="A" if n < 4 else "B")  # fmt: skip
    crowds = Crowds(nouns)
    with scratch_file(database) as scratch:
        tables.metadata.create_all(scratch.engine)
        with scratch.writing() as connection:
            crowds.place(connection, NOW.date())
        drawing = Answering(Responses(Response()), world.current.releases)
        days = Days(scratch, world.current, drawing, lambda _now, _today: None)
        days.run(NOW, 31, lambda _done, _all: None)
        with scratch.writing() as connection:
            counting = Counting(connection, nouns, crowds, NOW, 31)
            counting.prepare()
            columns = delivery.c["campaign", "state", "reason", "sent_at", "planned_at", "expires_at"]
            rows = connection.execute(select(person, *columns).join(person)).all()
            yield counting, rows


def monday(at: datetime) -> date:
    day = civil_day(at, BRUSSELS)
    return day - timedelta(days=day.weekday())


def test_messages_people_and_segments_add_up(portfolio):
    counting, rows = portfolio
    total, segments = counting.total()
    sent = [row for row in rows if row.state == "sent"]
    assert (total.people, total.messages, total.reached) == (40, len(sent), len({row.id for row in sent}))
    assert total.per_person.highest == max(Counter(row.id for row in sent).values())
    assert total.expired == sum(row.state == "expired" for row in rows) > 0
    assert total.not_reachable == sum(row.reason == "no_address" for row in rows) > 0
    assert segments["women"].messages == sum(row.gender == "f" for row in sent)
    assert segments["everyone"] == total
    assert "odd" not in segments


def test_weeks_add_up_to_the_whole(portfolio):
    counting, rows = portfolio
    total, _ = counting.total()
    weeks = counting.weeks()
    expected = Counter(monday(row.sent_at) for row in rows if row.state == "sent")
    assert {week.monday: week.total.messages for week in weeks if week.total.messages} == expected
    assert {later.monday - week.monday for week, later in pairwise(weeks)} == {timedelta(weeks=1)}
    for week in weeks:
        assert week.campaigns == Counter(
            row.campaign for row in rows if row.state == "sent" and monday(row.sent_at) == week.monday
        )
    for kind in ("messages", "letters", "seats", "passed_over", "expired", "not_reachable"):
        assert sum(getattr(week.total, kind) for week in weeks) == getattr(total, kind)
        assert sum(getattr(week.segments["women"], kind) for week in weeks) <= getattr(total, kind)
    assert total.passed_over >= total.expired


def test_campaigns_tell_whom_they_reach_and_why_not_others(portfolio):
    counting, rows = portfolio
    for one in counting.campaigns():
        mine = [row for row in rows if row.campaign == one.campaign]
        sent = [row for row in mine if row.state == "sent"]
        assert (one.messages, one.people) == (len(sent), len({row.id for row in sent}))
        assert one.not_sent == Counter(row.reason for row in mine if row.state in ("skipped", "expired"))


@pytest.mark.parametrize("days", [1, 7, 30])
def test_the_busiest_stretch_of_each_person_is_found(portfolio, days):
    counting, rows = portfolio
    lots = defaultdict(list)
    for row in rows:
        if row.state == "sent":
            lots[row.id].append(civil_day(row.sent_at, BRUSSELS).toordinal())
    most = {who: max(sum(last - days < day <= last for day in own) for last in own) for who, own in lots.items()}
    assert counting.most(days) == most


def test_a_simulation_without_a_message_has_figures_too(database):
    nouns = definitions(campaign("late", start=Start("once", on=date(2030, 1, 1))))
    world = World(database, nouns)
    world.add("ann")
    crowds = Crowds(replace(nouns, workspace=replace(nouns.workspace, small_numbers=0)))
    with scratch_file(database) as scratch, scratch.writing() as connection:
        tables.metadata.create_all(connection)
        crowds.place(connection, NOW.date())
        counting = Counting(connection, nouns, crowds, datetime(2026, 10, 1, tzinfo=UTC), 7)
        counting.prepare()
        total, segments = counting.total()
        assert (total.people, total.reached, counting.weeks(), segments["everyone"]) == (1, 0, [], total)


def test_what_the_ledger_knows_of_later_days_is_not_of_the_simulation(portfolio):
    counting, rows = portfolio
    short = Counting(counting.connection, counting.definitions, counting.crowds, NOW, 10)
    short.prepare()
    end = civil_day(NOW, BRUSSELS) + timedelta(days=10)
    sent = [row for row in rows if row.state == "sent" and civil_day(row.sent_at, BRUSSELS) < end]
    assert short.total()[0].messages == len(sent) < counting.total()[0].messages
    assert sum(week.total.messages for week in short.weeks()) == len(sent)


MEETING = Session("soon", "meet", {"nl": "Kennismaken"}, date(2026, 10, 20), time(12), time(13), place="Gent", seats=4)
REMINDED = Remind(Span(days=7), 1, Condition(outcomes=("registered",)))


@pytest.fixture
def invitations(database: Database) -> Iterator[tuple[Counting, Connection]]:
    """Ten people who are invited to a session of four seats and all want to come, and half of whom get a card, too."""
    nouns = definitions(
        campaign("meet", steps=(Step("first", 1, "first", invite="meet", remind=REMINDED),)),
        campaign("card", audience="women", channel="handover", start=every("monday", "FREQ=WEEKLY;BYDAY=MO")),
        segments=[Segment("women", "", Fact("gender", "in", ("f",)))],
        workspace={"small_numbers": 0},
    )
    nouns = replace(nouns, sessions={MEETING.id: MEETING})
    world = World(database, nouns)
    with database.writing() as connection:
        put_in_force(connection, nouns, NOW)
    for n in range(10):
        world.add(f"p{n}", gender="f" if n % 2 else "m")
    crowds = Crowds(nouns)
    with scratch_file(database) as scratch:
        tables.metadata.create_all(scratch.engine)
        with scratch.writing() as connection:
            crowds.place(connection, NOW.date())
        drawing = Answering(Responses(Response(registers=1, within=30)), world.current.releases)
        Days(scratch, world.current, drawing, lambda _now, _today: None).run(NOW, 21, lambda _done, _all: None)
        with scratch.writing() as connection:
            counting = Counting(connection, nouns, crowds, NOW, 21)
            counting.prepare()
            yield counting, connection


def test_seats_are_taken_as_long_as_there_are_some_and_before_the_session_is_over(
    invitations: tuple[Counting, Connection],
) -> None:
    counting, connection = invitations
    registered = connection.execute(select(outcome.c.person, outcome.c.occurred_on)).all()
    assert len({who for who, _ in registered}) == len(registered) == MEETING.seats
    assert max(on for _, on in registered) <= MEETING.on
    assert taken(connection) == {MEETING.id: MEETING.seats}
    total, segments = counting.total()
    assert total.seats == MEETING.seats
    assert sum(week.total.seats for week in counting.weeks()) == MEETING.seats
    seated = {who for who, _ in registered}
    women = set(connection.scalars(select(person.c.id).where(person.c.gender == "f")))
    assert segments["women"].seats == len(seated & women)


def test_what_goes_by_lists_counts_as_letters(invitations: tuple[Counting, Connection]) -> None:
    counting, connection = invitations
    rows = connection.execute(select(delivery).where(delivery.c.state == "sent", delivery.c.campaign == "card")).all()
    total, segments = counting.total()
    assert total.letters == segments["women"].letters == len(rows) > 0
    assert total.messages > total.letters
