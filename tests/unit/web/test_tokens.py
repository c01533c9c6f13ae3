"""Tokens: who holds one comes in where it says, until it ends; the database does not know it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from outreach.errors import OutreachError
from outreach.storage import audit
from outreach.storage.tables import token as stored
from outreach.web import tokens

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
SECRET = tokens.write(bytes(range(32)))


def made(database, secret=SECRET, name="payroll", scopes=("events",), expires_at=LATER):
    with database.writing() as connection:
        return tokens.make(connection, secret, name, scopes, expires_at, NOW, "tester")


def holder(database, secret=SECRET, scope="events", now=NOW):
    with database.reading() as connection:
        return tokens.holder(connection, secret, scope, now)


def test_a_token_lets_in_where_it_says_until_it_ends(database):
    one = made(database)
    assert holder(database) == one
    assert holder(database, scope="outcomes") is None
    assert holder(database, now=LATER - timedelta(microseconds=1)) == one
    assert holder(database, now=LATER) is None
    assert holder(database, SECRET + "x") is None
    assert holder(database, SECRET.swapcase()) is None


def test_a_revoked_token_lets_in_no_more_and_stays_on_record(database):
    one = made(database)
    with database.writing() as connection:
        gone = tokens.revoke(connection, one.id, NOW + timedelta(hours=1), "tester")
        assert tokens.revoke(connection, one.id, NOW + timedelta(hours=2), "tester") == gone
    assert holder(database, now=NOW + timedelta(hours=1)) is None
    with database.reading() as connection:
        assert [(token.name, token.state(NOW)) for token in tokens.listed(connection)] == [("payroll", "revoked")]
        lines = [(line.actor, line.action, line.subject) for line in audit.read(connection, audit.Wanted())]
    assert lines == [("tester", "revoked", f"token {one.id}"), ("tester", "made", f"token {one.id}")]


def test_the_database_holds_no_token(database):
    made(database)
    with database.reading() as connection:
        row = connection.execute(select(stored)).one()
    assert not any(SECRET.removeprefix(tokens.PREFIX) in str(value) for value in row)


def test_a_token_has_all_the_randomness_it_was_given():
    assert len({tokens.write(bytes([*[0] * 31, last])) for last in range(256)}) == 256
    assert len(SECRET) == len(tokens.PREFIX) + 43


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scopes": ("event",)}, "there is no scope"),
        ({"scopes": ()}, "without a scope"),
        ({"name": "pay roll"}, "letters, digits and hyphens"),
        ({"name": "x" * 41}, "40 at most"),
        ({"expires_at": NOW}, "over before it begins"),
    ],
)
def test_a_token_that_cannot_be_is_refused(database, changes, said):
    with pytest.raises(OutreachError, match=said):
        made(database, **changes)
    assert holder(database) is None


def test_two_systems_hold_different_tokens(database):
    other = tokens.write(bytes(32))
    first, second = made(database), made(database, other, name="intranet", scopes=("outcomes", "events"))
    assert (holder(database), holder(database, other)) == (first, second)
    assert second.scopes == ("events", "outcomes")
