"""To which session people are invited, and what becomes of an invitation whose session moved or filled up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlalchemy import insert, select

from outreach.definitions.model import Condition, Remind, Session, Span, Step
from outreach.definitions.windows import parse_window
from outreach.planning.explain import explain
from outreach.release.programme import put_in_force
from outreach.storage.database import Database
from outreach.storage.tables import delivery, outcome, person, seat, session
from tests.unit.planning.people import NOW, World, campaign, definitions


def meeting(name: str = "soon", day: int = 20, **changes: Any) -> Session:
    """A session in October 2026."""
    plain = Session(name, "meet", {"nl": "Kennismaken"}, date(2026, 10, day), time(12), time(13), place="Gent")
    return replace(plain, **changes)


THURSDAYS = (parse_window("thu 08:00-18:00"),)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 10, day, hour, tzinfo=UTC)


class Invited(World):
    """People who are invited on 6 October to the sessions in force."""

    def __init__(self, database: Database, *sessions: Session, remind: Remind | None = None, **workspace: Any) -> None:
        steps = (Step("first", 1, "first", invite="meet", remind=remind),)
        given = {"languages": ("nl", "fr"), **workspace}
        super().__init__(database, definitions(campaign(steps=steps), workspace=given))
        self.announce(*sessions)

    def announce(self, *sessions: Session, now: datetime = NOW) -> None:
        self.nouns = replace(self.nouns, sessions={one.id: one for one in sessions})
        with self.database.writing() as connection:
            put_in_force(connection, self.nouns, now)

    def takes_a_seat(self, who: int, name: str, on: date = date(2026, 10, 2)) -> None:
        self.outcome(who, "registered", on)
        with self.database.writing() as connection:
            mine = (outcome.c.person == who, outcome.c.occurred_on == on)
            number = connection.scalar(select(outcome.c.id).where(*mine))
            connection.execute(insert(seat).values(outcome=number, session=name))

    def invited(self) -> dict[str, Any]:
        """Person to the session and its sequence, or to the reason."""
        query = (
            select(person.c.person_id, session.c.name, session.c.sequence, delivery.c.reason)
            .join_from(delivery, person, person.c.id == delivery.c.person)
            .outerjoin(session, session.c.id == delivery.c.session)
            .order_by(delivery.c.id)
        )
        with self.database.reading() as connection:
            return {row.person_id: row.reason or (row.name, row.sequence) for row in connection.execute(query)}


def test_people_are_invited_to_the_next_session_in_their_language(database: Database) -> None:
    world = Invited(database, meeting("late", 22), meeting("early", 12, language="fr"), meeting("soon", language="nl"))
    for name, language in {"dutch": "nl", "french": "fr", "german": "de", "unknown": None}.items():
        world.add(name, language=language)
    world.tick(at(6))
    assert world.invited() == {
        "dutch": ("soon", 0), "french": ("early", 0), "german": ("soon", 0), "unknown": ("soon", 0),
    }  # fmt: skip


def test_a_session_of_an_entity_is_for_its_staff(database: Database) -> None:
    world = Invited(database, meeting("theirs", 12, entity="A"), meeting("ours", 20))
    world.add("theirs", entity="A")
    world.add("other", entity="B")
    world.add("unknown")
    world.tick(at(6))
    assert world.invited() == {"theirs": ("theirs", 0), "other": ("ours", 0), "unknown": ("ours", 0)}


@pytest.mark.parametrize(
    "missing",
    [meeting(day=6), meeting(cancelled=True), meeting(kind="talk"), meeting(language="fr"), meeting(entity="A")],
    ids=["on the same day", "cancelled", "of another kind", "in another language", "of another entity"],
)
def test_who_finds_no_session_is_not_written_to_and_it_is_said_why(database: Database, missing: Session) -> None:
    world = Invited(database, missing)
    world.add("reader", language="nl")
    assert world.tick(at(6)).skipped == {"no_session": 1}
    with database.reading() as connection:
        (told,) = explain(connection, world.current, "reader", at(6)) or []
    assert (told.verdict, told.reason) == ("skipped", "no_session")
    assert "free seat" in told.words


def test_a_full_session_invites_nobody(database: Database) -> None:
    world = Invited(database, meeting("small", 12, seats=2), meeting("large", 20))
    first = world.add("first")
    world.takes_a_seat(first, "small")
    world.takes_a_seat(first, "small", date(2026, 10, 3))
    world.tick(at(6))
    # Whatever they did about it, one person sits on one chair.
    assert world.invited() == {"first": ("small", 0)}
    world.takes_a_seat(world.add("second"), "small")
    # They come after the others were written to, who keep what they were told.
    world.add("third")
    with database.reading() as connection:
        (told,) = explain(connection, world.current, "third", at(6)) or []
    assert (told.verdict, told.facts["session"]) == ("not_started", "large")


def test_what_waited_invites_to_what_is_next_when_it_leaves(database: Database) -> None:
    world = Invited(database, meeting("soon", 7), meeting("late", 20), windows=THURSDAYS)
    world.add("reader")
    world.tick(at(6))
    assert world.invited() == {"reader": "outside_window"}
    world.announce(meeting("soon", 7), meeting("late", 21), now=at(7))
    world.tick(at(8))
    assert world.invited() == {"reader": ("late", 1)}
    with database.reading() as connection:
        (told,) = explain(connection, world.current, "reader", at(8)) or []
    assert told.words == "sent on 2026-10-08; the session is late"


def test_what_waited_in_vain_is_not_sent(database: Database) -> None:
    world = Invited(database, meeting("soon", 7), windows=THURSDAYS)
    world.add("reader")
    world.tick(at(6))
    assert world.tick(at(8)).skipped == {"no_session": 1}


def test_a_reminder_invites_to_what_is_next_by_then(database: Database) -> None:
    remind = Remind(Span(days=7), 1, Condition(outcomes=("registered",)))
    world = Invited(database, meeting("soon", 10), meeting("late", 20), remind=remind)
    world.add("reader")
    world.tick(at(6))
    world.tick(at(13))
    with database.reading() as connection:
        query = select(session.c.name).join(delivery, delivery.c.session == session.c.id).order_by(delivery.c.id)
        assert connection.scalars(query).all() == ["soon", "late"]


def test_a_session_gets_a_new_number_when_what_is_told_of_it_changes(database: Database) -> None:
    world = Invited(database, meeting())

    def rows() -> list[tuple[Any, ...]]:
        columns = session.c["name", "sequence", "since", "in_force", "seats"]
        with database.reading() as connection:
            return [tuple(row) for row in connection.execute(select(*columns).order_by(session.c.id))]

    world.announce(meeting(seats=4, language="fr"), now=at(2))
    assert rows() == [("soon", 0, NOW, True, 4)]
    world.announce(meeting(place="Brugge"), now=at(3))
    assert rows() == [("soon", 0, NOW, False, 4), ("soon", 1, at(3), True, None)]
    world.announce(now=at(4))
    assert [row[3] for row in rows()] == [False, False]
    world.announce(meeting(place="Brugge"), now=at(5))
    assert [(row[1], row[3]) for row in rows()] == [(0, False), (1, True)]


def test_who_found_no_session_is_invited_once_there_is_one(database: Database) -> None:
    world = Invited(database)
    world.add("reader", language="nl")
    world.tick(at(6))
    with database.reading() as connection:
        (told,) = explain(connection, world.current, "reader", at(6)) or []
    assert told.words.endswith("it is looked at again when one is added, until 2026-10-20")
    world.announce(meeting(language="fr"), now=at(7))
    assert world.tick(at(7)).sent == 0
    world.announce(meeting(language="fr"), meeting("ours", 21), now=at(8))
    assert world.tick(at(8)).sent == 1
    assert world.invited() == {"reader": ("ours", 0)}


def test_who_speaks_another_language_by_now_is_invited_after_all(database: Database) -> None:
    world = Invited(database, meeting(language="fr"))
    reader = world.add("reader", language="nl")
    world.tick(at(6))
    world.change(reader, language="fr")
    assert world.tick(at(6, 13)).sent == 1


def test_a_session_that_comes_after_the_latest_time_of_an_invitation_comes_too_late(database: Database) -> None:
    world = Invited(database)
    world.add("reader")
    world.tick(at(6))
    world.announce(meeting(day=25), now=at(21))
    assert world.tick(at(21)).sent == 0
    assert world.invited() == {"reader": "no_session"}


def test_who_has_acted_meanwhile_is_not_invited_any_more(database: Database) -> None:
    world = Invited(database)
    world.nouns = definitions(
        campaign(steps=(Step("first", 1, "first", invite="meet", unless=Condition(outcomes=("registered",))),)),
    )
    reader = world.add("reader")
    world.tick(at(6))
    world.outcome(reader, "registered", date(2026, 10, 6))
    world.announce(meeting(), now=at(7))
    assert world.tick(at(7)).skipped == {"unless": 1}


def test_nobody_is_invited_whose_journey_is_over(database: Database) -> None:
    leaves = campaign(
        steps=(Step("first", 1, "first", invite="meet"), Step("second", 9, "second")),
        exit_when=Condition(outcomes=("registered",)),
    )
    world = Invited(database)
    world.nouns = definitions(leaves)
    reader = world.add("reader")
    world.tick(at(6))
    world.outcome(reader, "registered", date(2026, 10, 6))
    world.announce(meeting(), now=at(7))
    assert world.tick(at(7)).sent == 0
