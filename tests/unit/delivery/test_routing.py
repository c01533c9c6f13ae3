"""Which deliveries leave by which channel, and what a receiver that is no mail server is told of people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from outreach.delivery.channels import CHANNELS, Ways, choose, configured
from outreach.delivery.channels.base import Deferred, InDoubt, Journal, Result, Sent, send_in_groups
from outreach.delivery.clocks import real_time
from outreach.delivery.sending import SendCounts, each, send_dispatched
from outreach.delivery.suppression import address_hash
from outreach.errors import OutreachError
from outreach.storage.database import Database
from outreach.storage.tables import delivery, person, suppression
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, add_deliveries, add_people, definitions, rows

POSTED = definitions(channel="webhook")
MAILED = definitions()


class Channel:
    """Answers as it is told, and keeps what it was given."""

    connections, rate, down, server = 4, 0.0, False, "there"

    def __init__(self, name: str, answer: Callable[[Any], Result] = lambda _: Sent()) -> None:
        self.name = name
        self.given: list[Any] = []
        self._answer = answer

    def open(self) -> None:
        self.given = []

    def send(self, journal: Journal) -> None:
        def hand_over(mails: Sequence[Any]) -> list[Result]:
            self.given += mails
            return [self._answer(mail) for mail in mails]

        send_in_groups(journal, lambda: 4, hand_over)

    def known(self, keys: Any) -> None:
        return None

    def close(self) -> None: ...


def send(database: Database, channel: Channel, known: Any, composer: Composer | None = None) -> SendCounts:
    letters = composer or Composer()
    return send_dispatched(database, lambda _: letters, channel, lambda _: known, lambda: NOW, SECRET)


def test_each_channel_takes_its_own_and_leaves_the_others(database: Database) -> None:
    people = add_people(database, 3)
    add_deliveries(database, people)
    add_deliveries(database, people, occurrence="posted", channel="webhook")
    assert send(database, Channel("smtp"), MAILED).sent == 3
    assert {(row.occurrence, row.state, row.channel) for row in rows(database)} == {
        ("once", "sent", "smtp"),
        ("posted", "planned", "webhook"),
    }
    assert send(database, Channel("webhook"), POSTED).sent == 3
    assert {row.state for row in rows(database)} == {"sent"}


def test_what_was_not_taken_is_tried_again_by_its_own_kind(database: Database) -> None:
    people = add_people(database, 1)
    add_deliveries(database, people)
    add_deliveries(database, people, occurrence="posted", channel="webhook")
    for name, known in (("smtp", MAILED), ("webhook", POSTED)):
        assert send(database, Channel(name, lambda _: Deferred("451")), known).deferred == 1
    with database.writing() as connection:
        connection.execute(update(delivery).values(dispatched_at=NOW))
    # Without a mail server the outbox takes the mail that the mail server had not; never what is to be posted.
    assert send(database, Channel("outbox"), MAILED).sent == 1
    assert {(row.occurrence, row.state, row.channel) for row in rows(database)} == {
        ("once", "sent", "outbox"),
        ("posted", "planned", "webhook"),
    }


def test_a_receiver_is_told_the_persons_number_and_the_address_if_it_may_be_written_to(database: Database) -> None:
    add_deliveries(database, add_people(database, 4), channel="webhook")
    with database.writing() as connection:
        for number, values in enumerate(({"email": None}, {"email": "geen adres"}, {"status": "died"}), start=1):
            connection.execute(update(person).where(person.c.person_id == f"H{number}").values(**values))
        hashed = address_hash(SECRET, "p4@example.org")
        connection.execute(insert(suppression).values(address_hash=hashed, reason="bounced", since=NOW))
    channel, composer = Channel("webhook"), Composer()
    assert send(database, channel, POSTED, composer) == SendCounts(sent=3, skipped={"died": 1})  # type: ignore[arg-type]
    assert [(mail.person, mail.recipient) for mail in channel.given] == [("H1", ""), ("H2", "geen adres"), ("H4", "")]
    assert {item.address for item in composer.items} == {None}


def test_a_doubt_of_a_receiver_is_held_or_sent_again_once_as_the_campaign_says(database: Database) -> None:
    channel = Channel("webhook", lambda _: InDoubt("no_answer"))
    add_deliveries(database, add_people(database, 1), channel="webhook")
    assert send(database, channel, definitions(channel="webhook", on_doubt="resend")).in_doubt == 1
    (again,) = rows(database)
    assert (again.state, again.channel) == ("planned", "webhook")
    with database.writing() as connection:
        connection.execute(update(delivery).values(dispatched_at=NOW))
    assert send(database, channel, POSTED).in_doubt == 1
    assert [row.state for row in rows(database)] == ["in_doubt"]


def test_what_stops_one_kind_of_channel_stops_no_other() -> None:
    sent: list[str] = []

    def over(kind: str) -> SendCounts:
        sent.append(kind)
        if kind == "email":
            raise OutreachError("the mail server refuses the login")
        return SendCounts(sent=1)

    with pytest.raises(OutreachError, match="refuses the login"):
        each(["email", "webhook"], over)
    assert sent == ["email", "webhook"]
    assert each(["webhook"], over) == SendCounts(sent=1)


def test_only_what_was_set_up_has_a_way_out() -> None:
    ways = [Ways(smtp, Path("outbox"), url, "") for smtp in ("", "smtp://mail") for url in ("", "https://hook")]
    assert [configured(one) for one in ways] == [
        {"email": "outbox", "handover": "handover"},
        {"email": "outbox", "webhook": "webhook", "handover": "handover"},
        {"email": "smtp", "handover": "handover"},
        {"email": "smtp", "webhook": "webhook", "handover": "handover"},
    ]
    assert all(set(configured(one).values()) <= set(CHANNELS) for one in ways)
    with pytest.raises(KeyError):
        choose("webhook", ways[0], lambda: NOW)


def test_a_webhook_that_is_set_up_by_half_says_so() -> None:
    ways = Ways("", Path("outbox"), "https://hooks.example/geheim", "")
    assert "geheim" not in repr(ways)
    with pytest.raises(OutreachError, match="no secret"):
        choose("webhook", ways, lambda: NOW)


def test_the_real_time_is_the_databases_and_goes_on(database: Database) -> None:
    asked: list[int] = []

    def known() -> Database:
        asked.append(1)
        return database

    clock = real_time(known)
    assert not asked
    first, second = clock(), clock()
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)
    assert first < second < first + timedelta(seconds=10)
    assert len(asked) == 1
