"""Counts of followed links: added up by day, and told by the rule of small numbers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from outreach.definitions.model import Definitions
from outreach.outcomes.clicks import ALL, LinkClicks, add, by_month, followed, leads_to, measuring
from outreach.storage.database import Database
from outreach.storage.tables import delivery, link, person, release
from tests.unit.rendering import samples

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
LIMIT = 10
A, B = "a" * 22, "b" * 22
JULY, AUGUST, SEPTEMBER = date(2026, 7, 7), date(2026, 8, 4), date(2026, 9, 1)


def definitions(_release: int) -> Definitions:
    return samples.definitions()


def published(connection: Connection, sent: int = 100, language: str = "nl", times: int = 1) -> None:
    """Two links of a message that went to so many people, so many times."""
    for token in (A, B):
        row = {"token": token, "campaign": "newsletter", "message": "letter", "language": "nl"}
        connection.execute(insert(link).values(**row, address=f"https://www.example.org/{token[0]}"))
    connection.execute(insert(release).values(id=1, digest="x", published_at=NOW, published_by="test", manifest="{}"))
    for number in range(1, sent + 1):
        who = {"id": number, "person_id": f"P{number}", "source": "test", "status": "active", "language": "nl",
               "attributes": {}, "lot": number, "version": 1, "imported_at": NOW}  # fmt: skip
        connection.execute(insert(person).values(who))
        row = {"campaign": "newsletter", "step": "first", "repetition": 0, "person": number, "release_id": 1,
               "state": "sent", "rank": 1, "due_at": NOW, "expires_at": NOW, "planned_at": NOW,
               "language": language}  # fmt: skip
        connection.execute(insert(delivery), [row | {"occurrence": f"{month}"} for month in range(times)])


def told(database: Database, clicks: dict[tuple[str, date], int], **more) -> list[LinkClicks]:
    with database.writing() as connection:
        published(connection, **more)
        if clicks:
            add(connection, clicks)
        return followed(connection, definitions, LIMIT)


def test_visits_are_added_up_by_day(database: Database) -> None:
    with database.writing() as connection:
        published(connection)
        add(connection, {(A, JULY): 11, (B, JULY): 1})
        add(connection, {(A, JULY): 2, (A, AUGUST): 20})
        (first, second) = followed(connection, definitions, LIMIT)
    assert first == LinkClicks(
        "newsletter", "letter", "nl", "https://www.example.org/a", 100, 33, {"2026-07": 13, "2026-08": 20}
    )
    assert (second.address, second.clicks, second.months) == (
        "https://www.example.org/b", None, {"2026-07": None, "2026-08": None},
    )  # fmt: skip


def test_what_a_message_to_few_led_to_is_not_told_however_often(database: Database) -> None:
    (first, _) = told(database, {(A, JULY): 500}, sent=9, times=12)
    assert (first.sent, first.clicks, first.months) == (None, None, {"2026-07": None})


def test_who_got_it_in_another_language_does_not_count_as_its_readers(database: Database) -> None:
    (first, _) = told(database, {(A, JULY): 500}, sent=40, language="fr")
    assert (first.sent, first.clicks) == (None, None)


def test_no_month_is_told_from_which_a_small_one_follows(database: Database) -> None:
    (first, _) = told(database, {(A, JULY): 3, (A, AUGUST): 30, (A, SEPTEMBER): 40})
    assert (first.clicks, first.months) == (73, {"2026-07": None, "2026-08": None, "2026-09": 40})


@given(st.lists(st.integers(0, 25), min_size=1, max_size=5))
def test_no_small_number_is_told_or_can_be_worked_out(numbers: list[int]) -> None:
    clicks = {f"2026-{month:02}": number for month, number in enumerate(numbers, 1)}
    made = by_month({month: number for month, number in clicks.items() if number}, list(clicks), LIMIT)
    assert all(number is None or number >= LIMIT for number in made.values())
    assert all(made[month] in (None, number) for month, number in {**clicks, ALL: sum(numbers)}.items())
    hidden = [number for month, number in clicks.items() if made[month] is None and number]
    if made[ALL] is not None:
        # What is left when the shown ones are taken off is of several months.
        assert len(hidden) != 1


def test_an_address_is_known_by_its_token_alone(database: Database) -> None:
    with database.writing() as connection:
        assert (leads_to(connection, A), measuring(connection)) == (None, set())
        published(connection, sent=0)
        assert leads_to(connection, A) == "https://www.example.org/a"
        assert leads_to(connection, "c" * 22) is None
        assert measuring(connection) == {"newsletter"}


@pytest.mark.parametrize("campaign", ["newsletter", "welcome"])
def test_one_campaign_can_be_asked_for(database: Database, campaign: str) -> None:
    with database.writing() as connection:
        published(connection)
        found = followed(connection, definitions, LIMIT, campaign)
    assert len(found) == (2 if campaign == "newsletter" else 0)
