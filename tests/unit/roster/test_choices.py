from __future__ import annotations

import pytest
from sqlalchemy import select

from outreach.delivery.suppression import suppressed
from outreach.errors import OutreachError
from outreach.roster.choices import address_hash, opt_in, opt_out, suppress
from outreach.storage.tables import opt_out as table
from outreach.storage.tables import suppression
from tests.unit.roster.rosters import NOW, people, take


def test_a_topic_is_stopped_and_let_through_again_and_twice_is_harmless(database):
    take(database, people(2))
    with database.writing() as connection:
        assert opt_out(connection, "1", "news", NOW)
        assert not opt_out(connection, "1", "news", NOW)
        assert opt_out(connection, "2", "news", NOW)
        assert opt_out(connection, "1", "family", NOW)
        assert opt_in(connection, "1", "news")
        assert not opt_in(connection, "1", "news")
        assert {found.topic for found in connection.execute(select(table))} == {"news", "family"}


def test_nobody_can_choose_for_somebody_who_is_not_there(database):
    with database.writing() as connection, pytest.raises(OutreachError, match="nobody"):
        opt_out(connection, "1", "news", NOW)
    with database.writing() as connection, pytest.raises(OutreachError, match="nobody"):
        opt_in(connection, "1", "news")


def test_an_address_is_suppressed_in_whatever_case_and_stands_nowhere_as_text(database):
    with database.writing() as connection:
        assert suppress(connection, b"secret", " Jan@X.example", "bounced", NOW)
        assert not suppress(connection, b"secret", "jan@x.example", "complained", NOW)
        assert suppressed(connection, b"secret", ["JAN@x.example", "an@x.example"]) == {"JAN@x.example"}
        (found,) = connection.execute(select(suppression)).all()
    assert (len(found.address_hash), found.reason) == (64, "bounced")
    assert "jan" not in found.address_hash


def test_another_secret_gives_another_hash():
    assert address_hash(b"one", "a@b.example") != address_hash(b"two", "a@b.example")
