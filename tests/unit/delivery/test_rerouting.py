"""What was let go follows a choice, and whom a chosen mail does not reach is reached as everybody is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from outreach.definitions.model import Definitions, Offered
from outreach.delivery import attempts, batches
from outreach.delivery.assembling import Assembler, Ready
from outreach.delivery.channels.handover import Handover
from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.dispatch import Dispatch
from outreach.delivery.mark import NoMark
from outreach.delivery.rerouting import prefer
from outreach.delivery.sending import send_dispatched
from outreach.delivery.suppression import address_hash
from outreach.storage.database import Database
from outreach.storage.driver import Driver
from outreach.storage.tables import delivery, suppression
from tests.unit.delivery.handover.reading import read_all
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, add_deliveries, add_people, definitions, rows


def offering(**campaign: Any) -> Definitions:
    """Definitions that offer mail and lists."""
    known = definitions(**campaign)
    channels = {"email": Offered(), "handover": Offered({}, ("last_name",))}
    return replace(known, workspace=replace(known.workspace, channels=channels))


def chooses(database: Database, known: Definitions, who: int, channel: str | None) -> None:
    with database.writing() as connection:
        assert prefer(connection, lambda _: known, who, channel, NOW)


def dispatch(database: Database, known: Definitions, minutes: int) -> int:
    now = NOW + timedelta(minutes=minutes)
    round_ = Dispatch(known.workspace, lambda _: known, now, known.campaigns)
    return round_.run(database, lambda _: None).let_go


def send(database: Database, channel: Any, known: Definitions) -> Any:
    return send_dispatched(database, lambda _: Composer(), channel, lambda _: known, lambda: NOW, SECRET)


def state(database: Database) -> list[tuple[Any, ...]]:
    return [(row.state, row.reason, row.channel, row.dispatched_at, row.lease_owner) for row in rows(database)]


def test_what_was_let_go_waits_for_dispatch_and_leaves_by_the_chosen_channel(
    database: Database, tmp_path: Path
) -> None:
    known, folder = offering(), tmp_path / "lists"
    (who,) = add_people(database, 1, last_name="Maes")
    add_deliveries(database, [who])
    chooses(database, known, who, "handover")
    assert state(database) == [("planned", None, "handover", None, None)]
    assert send(database, Outbox(tmp_path / "outbox"), known).sent == 0
    assert dispatch(database, known, 1) == 1
    assert send(database, Handover(folder), known).sent == 1
    assert [line["last_name"] for line in read_all(folder)] == ["Maes"]


def test_a_sender_that_holds_it_finds_it_gone(database: Database) -> None:
    known = offering()
    (who,) = add_people(database, 1)
    add_deliveries(database, [who])
    with database.writing() as connection:
        claimed = batches.claim(connection, "sender-1", "outbox", NOW)
    with database.reading() as connection:
        assembler = Assembler(lambda _: Composer(), lambda _: known, SECRET)
        made = assembler.compose(claimed[0], assembler.read(connection, claimed), NOW)
    assert isinstance(made, Ready)
    chooses(database, known, who, "handover")
    sender = attempts.Sender("sender-1", "outbox", NoMark())
    with database.writing() as connection:
        assert list(attempts.exchange(Driver.of(connection), sender, [], [made], NOW)) == []
    assert state(database) == [("planned", None, "handover", None, None)]


def test_what_has_left_or_is_leaving_stays_as_it_is(database: Database) -> None:
    known = offering()
    (who,) = add_people(database, 1)
    for number, there in enumerate(("sent", "attempting", "in_doubt", "skipped", "expired")):
        add_deliveries(database, [who], occurrence=str(number), state=there, channel="smtp")
    before = state(database)
    chooses(database, known, who, "handover")
    assert state(database) == before


def test_whom_a_chosen_mail_does_not_reach_gets_it_as_everybody_does(database: Database, tmp_path: Path) -> None:
    known = offering(channel="handover", by_choice=("email",))
    people = add_people(database, 2)
    with database.writing() as connection:
        hashed = address_hash(SECRET, "p1@example.org")
        connection.execute(insert(suppression).values(address_hash=hashed, reason="bounced", since=NOW))
    add_deliveries(database, people, channel="handover")
    for who in people:
        chooses(database, known, who, "email")
    assert dispatch(database, known, 1) == 2
    counts = send(database, Outbox(tmp_path / "outbox"), known)
    assert (counts.sent, counts.deferred, counts.skipped) == (1, 1, {})
    assert state(database)[0] == ("planned", "suppressed", None, None, None)
    assert dispatch(database, known, 2) == 1
    assert send(database, Handover(tmp_path / "lists"), known).sent == 1
    assert [row.channel for row in rows(database)] == ["handover", "outbox"]


def test_who_chose_nothing_and_whose_address_is_barred_is_skipped_as_ever(database: Database, tmp_path: Path) -> None:
    known = offering()
    add_deliveries(database, add_people(database, 1))
    with database.writing() as connection:
        hashed = address_hash(SECRET, "p1@example.org")
        connection.execute(insert(suppression).values(address_hash=hashed, reason="bounced", since=NOW))
        connection.execute(update(delivery).values(dispatched_at=NOW))
    assert send(database, Outbox(tmp_path / "outbox"), known).skipped == {"suppressed": 1}
    assert state(database)[0][:2] == ("skipped", "suppressed")
