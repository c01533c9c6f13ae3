from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from outreach.delivery.channels.base import Sent
from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.presence import beat
from outreach.delivery.recovery import STALE, Recovered, is_needed, recover
from outreach.delivery.sending import send_dispatched
from outreach.storage.database import Database
from outreach.storage.tables import delivery, receipt, sender
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, add_deliveries, add_people, definitions, rows
from tests.unit.delivery.test_sending import Answers, send


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


def die(database: Database) -> None:
    """Let nobody be heard of any more, as when every sender died."""
    with database.writing() as connection:
        connection.execute(delete(sender))


def recovered(database: Database, channel, known=None) -> Recovered:
    known = known or definitions()
    return recover(database, [channel], lambda _: known, NOW)


def crash_before(outbox: Outbox) -> None:
    outbox.store = _crash  # type: ignore[method-assign]


def crash_after(outbox: Outbox) -> None:
    store = outbox.store
    outbox.store = lambda mails: _crash(store(mails))  # type: ignore[method-assign]


def _crash(_: object) -> list[Sent]:
    raise KeyboardInterrupt


def dispatch(database: Database) -> None:
    with database.writing() as connection:
        connection.execute(update(delivery).where(delivery.c.state == "planned").values(dispatched_at=NOW))


def test_nothing_left_behind_is_nothing_to_do(database: Database, outbox: Outbox) -> None:
    add_deliveries(database, add_people(database, 2), dispatched_at=None)
    assert recovered(database, outbox) == Recovered()


def test_it_is_needed_only_where_somebody_died_or_something_lies_about(database: Database, outbox: Outbox) -> None:
    assert not is_needed(database, NOW)
    add_deliveries(database, add_people(database, 2))
    assert not is_needed(database, NOW + STALE - timedelta(seconds=1))
    assert is_needed(database, NOW + STALE)
    with database.writing() as connection:
        beat(connection, "elsewhere/1/a", "run", "mail.example:25", 1)
        connection.execute(update(delivery).values(lease_owner="elsewhere/1/a"))
    assert not is_needed(database, NOW + STALE)
    die(database)
    assert is_needed(database, NOW)


def test_what_was_claimed_and_never_attempted_is_free_again(database: Database, outbox: Outbox) -> None:
    add_deliveries(database, add_people(database, 2), lease_owner="dead")
    assert recovered(database, outbox) == Recovered(freed=2)
    assert {(row.state, row.dispatched_at, row.lease_owner, row.attempts) for row in rows(database)} == {
        ("planned", None, None, 0)
    }


def test_what_was_let_go_long_ago_is_looked_at_again_and_what_was_just_now_is_not(
    database: Database, outbox: Outbox
) -> None:
    people = add_people(database, 2)
    add_deliveries(database, people[:1], dispatched_at=NOW - timedelta(minutes=20))
    add_deliveries(database, people[1:], dispatched_at=NOW - timedelta(minutes=2))
    assert recovered(database, outbox) == Recovered(freed=1)
    assert [row.dispatched_at is None for row in rows(database)] == [True, False]


def test_what_somebody_is_at_work_on_is_left_alone(database: Database, outbox: Outbox) -> None:
    people = add_people(database, 2)
    with database.writing() as connection:
        beat(connection, "alive", "run", "outbox", 10)
    add_deliveries(database, people[:1], lease_owner="alive")
    add_deliveries(database, people[1:], lease_owner="alive", state="attempting", channel="outbox")
    assert recovered(database, outbox) == Recovered()
    assert [row.lease_owner for row in rows(database)] == ["alive", "alive"]


def test_what_the_outbox_holds_was_sent(database: Database, outbox: Outbox) -> None:
    add_deliveries(database, add_people(database, 5), remind_days=14)
    crash_after(outbox)
    with pytest.raises(KeyboardInterrupt):
        send(database, outbox)
    assert Counter(row.state for row in rows(database)) == {"attempting": 5}
    die(database)
    assert recovered(database, outbox) == Recovered(sent=5)
    assert {(row.state, row.sent_at, row.lease_owner) for row in rows(database)} == {("sent", NOW, None)}
    assert all(row.remind_on for row in rows(database))
    assert len(list(outbox.messages())) == 5


def test_what_the_outbox_does_not_hold_has_not_left_and_is_sent_once(
    database: Database, outbox: Outbox, tmp_path: Path
) -> None:
    add_deliveries(database, add_people(database, 5))
    crash_before(outbox)
    with pytest.raises(KeyboardInterrupt):
        send(database, outbox)
    die(database)
    again = Outbox(tmp_path / "outbox")
    assert recovered(database, again) == Recovered(freed=5)
    dispatch(database)
    assert send(database, again).sent == 5
    assert len(list(again.messages())) == 5


def test_what_nobody_can_know_is_held_and_listed(database: Database) -> None:
    ids = add_deliveries(
        database, add_people(database, 2), state="attempting", lease_owner="dead", channel="answers", attempts=1
    )
    assert recovered(database, Answers()) == Recovered(in_doubt=2)
    assert {(row.state, row.reason, row.lease_owner) for row in rows(database)} == {("in_doubt", "sender_died", None)}
    with database.reading() as connection:
        noted = connection.execute(select(receipt.c.delivery, receipt.c.kind).order_by(receipt.c.id)).all()
    assert [tuple(row) for row in noted] == [(one, "in_doubt") for one in ids]
    assert recovered(database, Answers()) == Recovered()


def test_what_nobody_can_know_is_sent_again_once_where_the_campaign_says_so(database: Database) -> None:
    people = add_people(database, 1)
    add_deliveries(database, people, state="attempting", lease_owner="dead", channel="answers", attempts=1)
    resending = definitions(on_doubt="resend")
    assert recovered(database, Answers(), resending) == Recovered(resent=1)
    assert [(row.state, row.dispatched_at) for row in rows(database)] == [("planned", None)]
    with database.writing() as connection:
        connection.execute(update(delivery).values(state="attempting", lease_owner="dead", channel="answers"))
    assert recovered(database, Answers(), resending) == Recovered(in_doubt=1)


def test_another_channels_attempt_is_in_doubt(database: Database, outbox: Outbox) -> None:
    outbox.open()
    add_deliveries(database, add_people(database, 1), state="attempting", lease_owner="dead", channel="smtp")
    assert recovered(database, outbox) == Recovered(in_doubt=1)


def test_an_outbox_that_is_gone_proves_nothing(database: Database, outbox: Outbox) -> None:
    add_deliveries(database, add_people(database, 1), state="attempting", lease_owner="dead", channel="outbox")
    assert recovered(database, outbox) == Recovered(in_doubt=1)


def test_crashes_at_every_moment_lose_nothing_and_double_nothing(database: Database, tmp_path: Path) -> None:
    """Crash again and again, before and after storing, until everything is sent."""
    add_deliveries(database, add_people(database, 40))
    known, composer = definitions(), Composer()
    for turn in range(200):
        outbox = Outbox(tmp_path / "outbox")
        outbox.group = 7  # type: ignore[misc]
        store, calls = outbox.store, iter(range(100))

        def send_or_crash(mails, turn=turn, store=store, calls=calls):
            call = next(calls)
            if call == turn % 3 and turn % 2:
                _crash(None)
            results = store(mails)
            if call == turn % 3 and turn < 12:
                _crash(None)
            return results

        outbox.store = send_or_crash  # type: ignore[method-assign]
        try:
            send_dispatched(database, lambda _: composer, outbox, lambda _: known, lambda: NOW, SECRET)
        except KeyboardInterrupt:
            outbox.close()
        die(database)
        recover(database, [outbox], lambda _: known, NOW)
        dispatch(database)
        if {row.state for row in rows(database)} == {"sent"}:
            break
    keys = [key for key, _, _ in Outbox(tmp_path / "outbox").messages()]
    assert len(keys) == len(set(keys)) == 40
