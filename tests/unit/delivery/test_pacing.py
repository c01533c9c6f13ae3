from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outreach.delivery import pacing
from outreach.delivery.clocks import database_now
from outreach.storage.database import Database
from outreach.storage.tables import pace

SERVER = "mail.example:25"


def in_transaction(database: Database, work, *arguments):
    with database.writing() as connection:
        return work(connection, SERVER, *arguments)


def test_without_a_rate_everything_may_leave_at_once(database: Database) -> None:
    assert in_transaction(database, pacing.speak_for, 0.0, 500) == (500, 0.0)


def test_senders_speak_for_their_turns_one_after_the_other(database: Database) -> None:
    number, wait = in_transaction(database, pacing.speak_for, 10.0, 500)
    assert (number, wait) == (20, pytest.approx(0, abs=0.2))
    for turn in range(1, 4):
        number, wait = in_transaction(database, pacing.speak_for, 10.0, 500)
        assert (number, wait) == (20, pytest.approx(2.0 * turn, abs=0.5))


def test_a_rate_below_one_a_second_is_one_at_a_time(database: Database) -> None:
    assert in_transaction(database, pacing.speak_for, 0.1, 500)[0] == 1
    assert in_transaction(database, pacing.speak_for, 0.1, 500) == (1, pytest.approx(10, abs=0.5))


def test_what_was_not_used_is_not_saved_up(database: Database) -> None:
    in_transaction(database, pacing.speak_for, 10.0, 500)
    with database.writing() as connection:
        past = database_now(connection) - timedelta(hours=1)
        connection.execute(update(pace).values(next_at=past))
    assert in_transaction(database, pacing.speak_for, 10.0, 500) == (20, pytest.approx(0, abs=0.2))
    assert in_transaction(database, pacing.speak_for, 10.0, 500) == (20, pytest.approx(2, abs=0.5))


def test_a_turn_from_before_the_clock_was_put_back_holds_nobody_up(database: Database) -> None:
    in_transaction(database, pacing.speak_for, 10.0, 500)
    with database.writing() as connection:
        connection.execute(update(pace).values(next_at=database_now(connection) + timedelta(days=1)))
    assert in_transaction(database, pacing.speak_for, 10.0, 500)[1] == pytest.approx(0, abs=0.2)


def test_a_server_that_does_not_answer_is_left_alone_longer_each_time(database: Database) -> None:
    waits = []
    for _ in range(9):
        in_transaction(database, pacing.shut)
        assert not in_transaction(database, pacing.may_knock)
        with database.reading() as connection:
            waits.append((connection.scalar(select(pace.c.closed_until)) - database_now(connection)).total_seconds())
    expected = [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert waits == [pytest.approx(seconds, abs=1) for seconds in expected]


def test_then_one_sender_knocks_and_the_others_wait_until_it_has_been_heard(database: Database) -> None:
    in_transaction(database, pacing.shut)
    with database.writing() as connection:
        connection.execute(update(pace).values(closed_until=database_now(connection)))
    assert [in_transaction(database, pacing.may_knock) for _ in range(3)] == [True, False, False]
    in_transaction(database, pacing.opened)
    assert [in_transaction(database, pacing.may_knock) for _ in range(3)] == [True, True, True]
