from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.sending import SendCounts, send_dispatched
from outreach.storage.database import Database
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, add_deliveries, add_people, definitions, rows


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def send(database, channel, composer=None, known=None, **options) -> SendCounts:
    composer, known = composer or Composer(), known or definitions()
    return send_dispatched(database, lambda _: composer, channel, lambda _: known, lambda: NOW, SECRET, **options)


def test_what_was_dispatched_is_sent_and_recorded(database: Database, outbox: Outbox) -> None:
    people = add_people(database, 1203)
    add_deliveries(database, people, remind_days=14)
    counts = send(database, outbox)
    assert counts == SendCounts(sent=1203)
    found = rows(database)
    assert {row.state for row in found} == {"sent"}
    assert {(row.sent_at, row.remind_on, row.attempts, row.channel, row.language) for row in found} == {
        (NOW, date(2026, 12, 6), 1, "outbox", "nl")
    }
    assert {row.lease_owner for row in found} == {None}
    assert len({row.message_id for row in found}) == 1203
    messages = {key: (recipient, text) for key, recipient, text in outbox.messages()}
    assert len(messages) == 1203
    recipient, text = messages[f"news/welcome/once/0/{people[7]}"]
    assert recipient == "p8@example.org"
    assert found[7].message_id.encode() in text
