from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from outreach.delivery.clocks import database_now
from outreach.delivery.presence import LIFE, beat, bury, leave, living, new_owner, workers
from outreach.storage.database import Database
from outreach.storage.tables import sender


def beats(database: Database, owner: str, limit: int = 20, kind: str = "run", siblings: int = 1) -> int:
    with database.writing() as connection:
        return beat(connection, owner, kind, "mail.example:25", limit, siblings)


def shift(database: Database, owner: str, by: timedelta) -> None:
    with database.writing() as connection:
        mine = update(sender).where(sender.c.owner == owner)
        connection.execute(mine.values(alive_until=database_now(connection) + by))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 30),
    st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(["beat", "beat", "leave"])), max_size=30),
)
def test_all_senders_together_never_have_more_connections_than_the_server_allows(database: Database, limit, moves):
    with database.writing() as connection:
        connection.execute(delete(sender))
    held: dict[str, int] = {}
    for owner, move in moves:
        if move == "beat":
            held[owner] = beats(database, owner, limit)
        else:
            held.pop(owner, None)
            with database.writing() as connection:
                leave(connection, owner)
        assert sum(held.values()) <= limit
    # Once each has been heard again twice, none is left out for another's sake.
    for _ in range(2):
        for owner in held:
            held[owner] = beats(database, owner, limit)
    assert all(share >= limit // len(held) for share in held.values())


def test_who_starts_with_others_leaves_room_for_them(database: Database) -> None:
    assert [beats(database, owner, siblings=4) for owner in "abcd"] == [5, 5, 5, 5]


def test_who_is_silent_is_dead_and_who_ended_is_gone(database: Database) -> None:
    for owner in ("x/1/a", "x/1/b", "x/1/c"):
        beats(database, owner, kind="worker")
    shift(database, "x/1/a", -timedelta(seconds=1))
    with database.writing() as connection:
        leave(connection, "x/1/b")
        assert set(connection.scalars(living(connection))) == {"x/1/c"}
        assert workers(connection) == 1
        bury(connection)
        assert set(connection.scalars(select(sender.c.owner))) == {"x/1/c"}


def test_a_sign_of_life_from_before_the_clock_was_put_back_counts_for_nothing(database: Database) -> None:
    beats(database, "x/1/a")
    shift(database, "x/1/a", timedelta(days=1) + LIFE)
    with database.reading() as connection:
        assert connection.scalars(living(connection)).all() == []


def test_a_process_of_this_machine_that_is_gone_is_dead_at_once(database: Database) -> None:
    code = "from outreach.delivery.presence import new_owner; print(new_owner())"
    gone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    for owner in (gone, new_owner(), "elsewhere/1/a"):
        beats(database, owner)
    with database.writing() as connection:
        bury(connection)
        left = set(connection.scalars(select(sender.c.owner)))
    assert gone not in left
    assert len(left) == 2


def test_no_name_is_given_twice() -> None:
    assert len({new_owner() for _ in range(100)}) == 100
