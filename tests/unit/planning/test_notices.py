"""What who was invited to a session hears of it later, and who comes on the day before: each thing once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from outreach.definitions.model import Cap, Condition, Remind, Session, Span, Start, Step
from outreach.definitions.windows import parse_window
from outreach.planning.explain import explain
from outreach.release.changes import approve_changes, tellings
from outreach.storage.database import Database
from outreach.storage.tables import approval, campaign_state, delivery, opt_out, person, session
from tests.unit.planning.people import campaign, definitions
from tests.unit.planning.test_invitations import Invited, at, meeting

#: What the ledger says of a notice: person, its step, its occurrence, state or reason.
Told = tuple[str, str, str, str]


class Invitations(Invited):
    """People who are invited on 6 October to a session on the 20th, by a campaign that needs no approval."""

    def __init__(self, database: Database, *sessions: Session, **workspace: Any) -> None:
        super().__init__(database, *(sessions or (meeting(),)), **workspace)
        self.nouns = replace(self.nouns, campaigns={"letter": replace(self.letter, approval="none")})

    @property
    def letter(self) -> Any:
        return self.nouns.campaigns["letter"]

    def told(self) -> list[Told]:
        row = delivery.c
        query = select(person.c.person_id, row.step, row.occurrence, row.state, row.reason).where(
            row.step.contains(".")
        )
        with self.database.reading() as connection:
            rows = connection.execute(query.join(person, person.c.id == row.person)).all()
        return sorted((*found[:3], found.reason or found.state) for found in rows)

    def sent(self) -> list[str]:
        return [step for _, step, _, state in self.told() if state == "sent"]


def test_who_was_invited_hears_once_that_the_session_moved(database: Database) -> None:
    world = Invitations(database)
    world.add("reader")
    world.tick(at(6))
    world.announce(meeting(day=21), now=at(8))
    world.add("stranger")
    assert world.tick(at(8)).sent == 1
    assert world.told() == [("reader", "first.moved", "soon.1", "sent")]
    assert world.tick(at(9)).sent == 0
    world.announce(meeting(day=22), now=at(10))
    world.tick(at(10))
    assert world.told()[1:] == [("reader", "first.moved", "soon.2", "sent")]


def test_what_is_told_is_what_holds_now(database: Database) -> None:
    world = Invitations(database)
    world.add("reader")
    world.tick(at(6))
    world.announce(meeting(day=21, place="Brugge"), now=at(8))
    world.tick(at(8))
    with database.reading() as connection:
        row = connection.execute(select(delivery).where(delivery.c.step == "first.moved")).one()
        version = connection.execute(select(session).where(session.c.id == row.session)).one()
    assert (version.sequence, row.expires_at, row.rank) == (1, version.starts_at, 0)
    assert "Brugge" in version.told


def test_a_session_that_is_called_off_is_told_to_who_was_invited_and_to_who_signed_up_elsewhere(
    database: Database,
) -> None:
    world = Invitations(database, meeting("soon"), meeting("late", 22))
    world.add("reader")
    other = world.add("other")
    world.tick(at(6))
    # Invited to the first one, as all are, and comes to the second.
    world.takes_a_seat(other, "late")
    world.announce(meeting("soon"), meeting("late", 22, cancelled=True), now=at(8))
    world.tick(at(8))
    assert world.told() == [("other", "first.cancelled", "late.1", "sent")]
    world.announce(meeting("soon", cancelled=True), meeting("late", 22, cancelled=True), now=at(9))
    world.tick(at(9))
    assert world.sent() == ["first.cancelled"] * 3


def test_who_signs_up_after_a_change_knows_of_it(database: Database) -> None:
    world = Invitations(database, meeting("soon"), meeting("late", 22))
    reader = world.add("reader")
    world.tick(at(6))
    world.announce(meeting("soon"), meeting("late", 23), now=at(8))
    world.now = at(9)
    world.takes_a_seat(reader, "late")
    world.tick(at(10))
    assert world.told() == []


def test_only_who_signed_up_is_reminded_the_day_before(database: Database) -> None:
    world = Invitations(database)
    world.takes_a_seat(world.add("comes"), "soon")
    world.add("reader")
    world.tick(at(6))
    assert world.tick(at(19, 6)).sent == 0
    assert world.tick(at(19, 7)).sent == 1
    assert world.told() == [("comes", "first.eve", "soon.0", "sent")]
    assert world.tick(at(19, 9)).sent == 0


def test_the_service_wakes_for_the_day_before(database: Database) -> None:
    world = Invitations(database)
    world.takes_a_seat(world.add("comes"), "soon")
    assert world.tick(at(6)).next == at(19, 7)


def test_who_is_invited_by_several_campaigns_hears_it_once_from_the_last(database: Database) -> None:
    world = Invitations(database)
    second = campaign("second", start=Start("once", on=date(2026, 10, 7)), steps=world.letter.steps, approval="none")
    world.nouns = replace(world.nouns, campaigns=world.nouns.campaigns | {"second": second})
    with database.writing() as connection:
        connection.execute(insert(campaign_state).values(campaign="second", first_approved_at=world.now))
    world.takes_a_seat(world.add("comes"), "soon")
    world.tick(at(6))
    world.tick(at(7))
    world.announce(meeting(day=21), now=at(8))
    world.tick(at(8))
    world.tick(at(20))
    with database.reading() as connection:
        query = select(delivery.c.campaign, delivery.c.step).where(delivery.c.step.contains("."))
        told = connection.execute(query.order_by(delivery.c.id)).all()
    assert [tuple(row) for row in told] == [("second", "first.moved"), ("second", "first.eve")]


def test_what_changed_is_told_once_it_is_approved(database: Database) -> None:
    world = Invitations(database)
    world.nouns = replace(world.nouns, campaigns={"letter": replace(world.letter, approval="required")})
    for name in ("one", "two"):
        world.add(name)
    world.tick(at(6))
    world.announce(meeting(day=21), now=at(8))
    assert world.tick(at(8)).sent == 0
    with database.writing() as connection:
        (one,) = tellings(connection, world.nouns, at(8))
        assert (one.campaign, one.session, one.becomes, one.people, one.approved) == (
            "letter",
            "soon",
            "moved",
            2,
            False,
        )
        approve_changes(connection, world.nouns, "letter", max(world.releases), at(8), "ann")
        assert [one.approved for one in tellings(connection, world.nouns, at(8))] == [True]
    assert world.tick(at(9)).sent == 2
    with database.reading() as connection:
        assert connection.scalars(select(approval.c.approved_by)).all() == ["ann"]
        assert tellings(connection, world.nouns, at(9)) == []


def test_somebody_must_get_it_whatever_the_hour_and_the_cap(database: Database) -> None:
    world = Invitations(database, windows=(parse_window("tue 08:00-18:00"),), frequency_cap=Cap(1, Span(days=30)))
    world.add("reader")
    world.tick(at(6))
    world.announce(meeting(cancelled=True), now=at(10, 20))
    assert world.tick(at(10, 20)).sent == 1


@pytest.mark.parametrize(("signed_up", "said"), [(True, "sent"), (False, "opted_out")])
def test_who_wants_no_more_of_the_topic_hears_only_of_what_they_come_to(
    database: Database, signed_up: bool, said: str
) -> None:
    world = Invitations(database)
    reader = world.add("reader")
    world.tick(at(6))
    if signed_up:
        world.takes_a_seat(reader, "soon")
    with database.writing() as connection:
        connection.execute(insert(opt_out).values(person=reader, topic="news", since=at(7)))
    world.announce(meeting(cancelled=True), now=at(8))
    world.tick(at(8))
    assert world.told() == [("reader", "first.cancelled", "soon.1", said)]


def test_what_waited_and_is_not_true_any_more_is_not_told(database: Database) -> None:
    world = Invitations(database)
    reader = world.add("reader")
    world.tick(at(6))
    world.announce(meeting(day=21), now=at(8))
    with database.writing() as connection:
        connection.execute(
            insert(delivery).values(
                campaign="letter", step="first.moved", occurrence="soon.1", repetition=0, person=reader, release_id=1,
                state="planned", rank=0, session=2, due_at=at(8), expires_at=at(21), planned_at=at(8),
            )
        )  # fmt: skip
    world.announce(meeting(day=22), now=at(9))
    world.tick(at(9))
    assert world.told() == [
        ("reader", "first.moved", "soon.1", "superseded"),
        ("reader", "first.moved", "soon.2", "sent"),
    ]


def test_a_reminder_that_said_it_already_is_enough(database: Database) -> None:
    remind = Remind(Span(days=7), 1, Condition(outcomes=("registered",)))
    world = Invited(database, meeting(), remind=remind)
    world.add("reader")
    world.tick(at(6))
    world.announce(meeting(day=21), now=at(8))
    world.tick(at(13))
    world.nouns = replace(world.nouns, campaigns={"letter": replace(world.nouns.campaigns["letter"], approval="none")})
    assert world.tick(at(14)).sent == 0


def test_a_session_that_has_begun_is_told_of_no_more(database: Database) -> None:
    world = Invitations(database)
    world.add("reader")
    world.tick(at(6))
    world.announce(meeting(place="Brugge"), now=at(20, 11))
    assert world.tick(at(20, 11)).sent == 0


def test_the_dead_hear_nothing(database: Database) -> None:
    world = Invitations(database)
    reader = world.add("reader")
    world.takes_a_seat(reader, "soon")
    world.tick(at(6))
    world.change(reader, status="died")
    world.announce(meeting(cancelled=True), now=at(8))
    world.tick(at(8))
    assert world.told() == [("reader", "first.cancelled", "soon.1", "died")]


def test_a_journey_that_ended_by_signing_up_hears_of_it_all_the_same(database: Database) -> None:
    world = Invitations(database)
    steps = (Step("first", 1, "first", invite="meet"), Step("second", 9, "second"))
    leaves = campaign(steps=steps, exit_when=Condition(outcomes=("registered",)), approval="none")
    world.nouns = replace(definitions(leaves), sessions=world.nouns.sessions)
    reader = world.add("reader")
    world.tick(at(6))
    world.takes_a_seat(reader, "soon", date(2026, 10, 7))
    world.tick(at(8))
    world.announce(meeting(day=21), now=at(9))
    world.tick(at(9))
    assert world.sent() == ["first.moved"]


def test_it_is_explained_beside_the_invitation(database: Database) -> None:
    world = Invitations(database)
    world.add("reader")
    world.tick(at(6))
    world.announce(meeting(day=21), now=at(8))
    world.tick(at(8))
    with database.reading() as connection:
        invited, moved = explain(connection, world.current, "reader", at(9)) or []
    assert (invited.step, invited.verdict) == ("first", "sent")
    assert (moved.step, moved.words) == ("first.moved", "sent on 2026-10-08; the session is soon")


def test_sessions_with_long_names_are_told_apart(database: Database) -> None:
    names = [f"a-consultation-day-with-a-very-long-name-{which}" for which in "ab"]
    world = Invitations(database, *(meeting(name) for name in names))
    world.add("reader")
    comes = world.add("comes")
    world.tick(at(6))
    world.takes_a_seat(comes, names[1])
    world.announce(*(meeting(name, 21) for name in names), now=at(8))
    world.tick(at(8))
    occurrences = {occurrence for _, _, occurrence, _ in world.told()}
    assert len(occurrences) == 2
    assert max(map(len, occurrences)) <= 40
