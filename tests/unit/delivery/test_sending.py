from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError

from outreach.delivery import attempts as attempts_module
from outreach.delivery import batches, journal
from outreach.delivery.backoff import WAITS, backoff
from outreach.delivery.channels.base import (
    Deferred,
    InDoubt,
    Journal,
    NothingLeftError,
    Rejected,
    Result,
    Sent,
    send_in_groups,
)
from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.presence import beat, bury, leave
from outreach.delivery.sending import Circumstances, SendCounts, send_dispatched
from outreach.delivery.suppression import address_hash
from outreach.errors import OutreachError
from outreach.release import steering
from outreach.roster.stopping import stop_people
from outreach.storage.database import Database
from outreach.storage.tables import campaign_state, delivery, person, receipt, release, suppression
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, add_deliveries, add_people, definitions, rows


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "outbox")


class Answers:
    """A channel that answers as it is told, and remembers what it was given."""

    name = server = "answers"
    connections = 1000
    rate = 0.0
    down = False

    def __init__(self, answer: Callable[[Any], Result] = lambda _: Sent(), group: int = 3) -> None:
        self._answer = answer
        self.group = group
        self.given: list[list[str]] = []
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    def send(self, journal: Journal) -> None:
        send_in_groups(journal, lambda: self.group, self.hand_over, lambda: self.down)

    def hand_over(self, mails: Sequence[Any]) -> list[Result]:
        self.given.append([mail.key for mail in mails])
        return [self._answer(mail) for mail in mails]

    def known(self, keys: Any) -> None:
        return None

    def close(self) -> None:
        self.opened = 0


def send(database, channel, composer=None, known=None, **at_work) -> SendCounts:
    composer, known = composer or Composer(), known or definitions()
    work = Circumstances(**at_work)
    return send_dispatched(database, lambda _: composer, channel, lambda _: known, lambda: NOW, SECRET, work)


def receipts(database: Database) -> list[tuple[int, str, str, bool]]:
    with database.reading() as connection:
        columns = (receipt.c.delivery, receipt.c.kind, receipt.c.code, receipt.c.permanent)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(receipt.c.id)).all()]


def test_what_was_dispatched_is_sent_and_recorded(database: Database, outbox: Outbox) -> None:
    people = add_people(database, 1203)
    add_deliveries(database, people, remind_days=14)
    done: list[int] = []
    counts = send(database, outbox, progress=done.append)
    assert counts == SendCounts(sent=1203)
    assert sum(done) == 1203
    found = rows(database)
    assert {row.state for row in found} == {"sent"}
    assert {(row.sent_at, row.remind_on, row.attempts, row.channel, row.language, row.reason) for row in found} == {
        (NOW, date(2026, 12, 6), 1, "outbox", "nl", None)
    }
    assert {row.lease_owner for row in found} == {None}
    assert len({row.message_id for row in found}) == 1203
    messages = {key: (recipient, text) for key, recipient, text in outbox.messages()}
    assert len(messages) == 1203
    recipient, text = messages[f"news/welcome/once/0/{people[7]}"]
    assert recipient == "p8@example.org"
    assert found[7].message_id.encode() in text
    assert receipts(database) == []


def test_nothing_dispatched_opens_no_channel(database: Database) -> None:
    add_deliveries(database, add_people(database, 3), dispatched_at=None)
    channel = Answers(lambda _: pytest.fail("nothing may leave"))
    assert send(database, channel) == SendCounts()
    assert channel.given == []


def test_sending_again_sends_nothing(database: Database) -> None:
    add_deliveries(database, add_people(database, 10))
    channel = Answers()
    assert send(database, channel).sent == 10
    assert send(database, channel) == SendCounts()
    assert sum(map(len, channel.given)) == 10
    assert channel.opened == 0


@pytest.mark.parametrize(
    "stop",
    [
        lambda connection, people: stop_people(connection, people, "died"),
        lambda connection, people: steering._stop(connection, "news"),
    ],
    ids=["their people died", "the campaign was cancelled"],
)
def test_what_a_sender_has_claimed_stays_unsent_when_it_is_stopped(database: Database, stop: Any) -> None:
    people = add_people(database, 10)
    add_deliveries(database, people)

    def answer(_mail: Any) -> Result:
        with database.writing() as connection:
            stop(connection, people[1:])
        return Sent()

    channel = Answers(answer, group=1)
    assert send(database, channel).sent == 1
    assert sum(map(len, channel.given)) == 1
    assert [row.state for row in rows(database)] == ["sent"] + ["cancelled"] * 9


def test_the_reminders_day_is_counted_in_the_workspaces_civil_days(database: Database) -> None:
    add_deliveries(database, add_people(database, 1), remind_days=7)
    late = NOW.replace(hour=23, minute=30)  # in Brussels it is the next day already
    known = definitions()
    send_dispatched(database, lambda _: Composer(), Answers(), lambda _: known, lambda: late, SECRET)
    assert rows(database)[0].remind_on == date(2026, 11, 30)


def test_each_answer_is_recorded_as_what_it_means(database: Database) -> None:
    people = add_people(database, 4)
    ids = add_deliveries(database, people, remind_days=14)
    results = [Sent(), Deferred("451 4.7.1"), Rejected("550 5.1.1"), InDoubt("no_answer")]
    answers = dict(zip(people, results, strict=True))
    counts = send(database, Answers(lambda mail: answers[int(mail.key.split("/")[-1])]))
    assert counts == SendCounts(sent=1, deferred=1, rejected=1, in_doubt=1)
    found = rows(database)
    assert [(row.state, row.reason) for row in found] == [
        ("sent", None),
        ("planned", "451 4.7.1"),
        ("rejected", "550 5.1.1"),
        ("in_doubt", "no_answer"),
    ]
    assert [row.remind_on is None for row in found] == [False, True, True, True]
    assert {row.lease_owner for row in found} == {None}
    assert receipts(database) == [
        (ids[1], "deferred", "451 4.7.1", False),
        (ids[2], "rejected", "550 5.1.1", True),
        (ids[3], "in_doubt", "no_answer", True),
    ]


def test_an_address_that_the_server_knows_to_be_none_is_not_written_to_again(database: Database) -> None:
    people = add_people(database, 4)
    add_deliveries(database, people)
    codes = iter(("550 5.1.1", "550 5.7.1", "550", "552 5.2.2"))
    assert send(database, Answers(lambda _: Rejected(next(codes)))).rejected == 4
    add_deliveries(database, people, occurrence="2026-04-01")
    assert send(database, Answers()).skipped == {"suppressed": 1}


def test_what_is_deferred_waits_longer_each_time_and_goes_back_to_dispatch(database: Database) -> None:
    ids = add_deliveries(database, add_people(database, 1))
    waits = []
    for _ in range(6):
        send(database, Answers(lambda _: Deferred("450")))
        row = rows(database)[0]
        assert (row.state, row.dispatched_at) == ("planned", None)
        waits.append(row.due_at - NOW)
        with database.writing() as connection:
            connection.execute(update(delivery).values(dispatched_at=NOW))
    assert [row.attempts for row in rows(database)] == [6]
    bases = WAITS["4.7"]
    for wait, base in zip(waits, [*bases, bases[-1], bases[-1]], strict=True):
        assert base <= wait <= 1.2 * base
    assert waits[0] == backoff("450", ids[0], 1)


def test_the_channels_own_wait_is_respected(database: Database) -> None:
    add_deliveries(database, add_people(database, 1))
    send(database, Answers(lambda _: Deferred("450", timedelta(hours=9))))
    assert rows(database)[0].due_at == NOW + timedelta(hours=9)


def test_backoff_is_spread_over_rows_and_the_same_each_time() -> None:
    waits = [backoff("451 4.3.0", row, 1) for row in range(100)]
    assert waits == [backoff("451 4.3.0", row, 1) for row in range(100)]
    assert len(set(waits)) > 90


def test_what_is_in_doubt_is_sent_again_once_where_the_campaign_says_so(database: Database) -> None:
    add_deliveries(database, add_people(database, 1))
    known = definitions(on_doubt="resend")
    send(database, Answers(lambda _: InDoubt("no_answer")), known=known)
    row = rows(database)[0]
    assert (row.state, row.dispatched_at, row.reason) == ("planned", None, "in_doubt")
    with database.writing() as connection:
        connection.execute(update(delivery).values(dispatched_at=NOW))
    send(database, Answers(lambda _: InDoubt("no_answer")), known=known)
    assert rows(database)[0].state == "in_doubt"
    assert [kind for _, kind, _, _ in receipts(database)] == ["in_doubt", "in_doubt"]


def test_one_that_cannot_be_composed_stops_no_other(
    database: Database, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    people = add_people(database, 600)
    add_deliveries(database, people)
    counts = send(database, outbox, Composer(refuses=frozenset(people[5:8])))
    assert counts == SendCounts(sent=597, rejected=3)
    assert [(row.state, row.reason) for row in rows(database)[4:9]] == [
        ("sent", None),
        *[("rejected", "template")] * 3,
        ("sent", None),
    ]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "example.org" not in caplog.text


def test_the_message_of_a_reminder_is_its_own(database: Database) -> None:
    people = add_people(database, 1)
    for repetition in range(4):
        add_deliveries(database, people, repetition=repetition)
    composer = Composer()
    send(database, Answers(), composer)
    assert [(item.repetition, item.message) for item in composer.items] == [
        (0, "welcome"),
        (1, "again"),
        (2, "last"),
        (3, "last"),
    ]


def test_a_composer_gets_the_facts_it_uses_and_the_organisations_own(database: Database) -> None:
    people = add_people(database, 1, attributes={"team": "IT", "badge_on": "2026-12-01"})
    add_deliveries(database, people, picks="loan,advances")
    composer = Composer(facts=frozenset({"first_name", "hired_on", "team", "badge_on"}))
    send(database, Answers(), composer)
    (item,) = composer.items
    assert item.person["first_name"] == "Naam1"
    assert item.person["hired_on"] is None
    assert item.person["team"] == "IT"
    assert item.person["badge_on"] == date(2026, 12, 1)
    assert "last_name" not in item.person
    assert (item.picks, item.date, item.address) == (("loan", "advances"), NOW, "p1@example.org")


def test_who_works_is_written_to_at_work_and_the_others_at_home(database: Database) -> None:
    add_deliveries(database, add_people(database, 4, private_email="thuis@example.org"))
    with database.writing() as connection:
        for number, values in enumerate(
            (
                {"status": "retired"},
                {"status": "survivor", "private_email": None},
                {"status": "contact", "email": None},
            ),
            start=2,
        ):
            connection.execute(update(person).where(person.c.person_id == f"H{number}").values(**values))
    composer = Composer()
    send(database, Answers(), composer)
    assert [item.address for item in composer.items] == [
        "p1@example.org",
        "thuis@example.org",
        "p3@example.org",
        "thuis@example.org",
    ]


def test_what_changed_since_dispatch_stops_a_message(database: Database) -> None:
    add_deliveries(database, add_people(database, 5))
    with database.writing() as connection:
        for number, values in enumerate(({"status": "died"}, {"status": "left"}, {"email": None}), start=1):
            connection.execute(update(person).where(person.c.person_id == f"H{number}").values(**values))
        connection.execute(
            insert(suppression).values(address_hash=address_hash(SECRET, "P4@Example.org"), reason="bounced", since=NOW)
        )
    counts = send(database, Answers())
    assert counts == SendCounts(sent=1, skipped=Counter(died=1, left=1, no_address=1, suppressed=1))
    assert [(row.state, row.reason) for row in rows(database)] == [
        ("skipped", "died"),
        ("skipped", "left"),
        ("skipped", "no_address"),
        ("skipped", "suppressed"),
        ("sent", None),
    ]


def test_a_message_past_its_latest_time_stays_for_dispatch_to_expire(database: Database) -> None:
    add_deliveries(database, add_people(database, 2), expires_at=NOW)
    assert send(database, Answers()) == SendCounts()
    assert {row.state for row in rows(database)} == {"planned"}


def test_the_attempt_is_committed_before_anything_leaves(database: Database) -> None:
    people = add_people(database, 7)
    add_deliveries(database, people)
    seen = []

    def answer(mail: Any) -> Result:
        with database.reading() as connection:
            columns = (delivery.c.state, delivery.c.attempts, delivery.c.message_id, delivery.c.channel)
            row = connection.execute(select(*columns).where(delivery.c.person == int(mail.key.split("/")[-1]))).one()
        seen.append(tuple(row) == ("attempting", 1, mail.message_id, "answers"))
        return Sent()

    send(database, Answers(answer))
    assert seen == [True] * 7


def test_a_crash_while_handing_over_leaves_the_group_attempting_and_the_rest_free(database: Database) -> None:
    add_deliveries(database, add_people(database, 10))

    def crash(mail: Any) -> Result:
        if len(channel.given) == 3:
            raise MemoryError
        return Sent()

    channel = Answers(crash)
    with pytest.raises(MemoryError):
        send(database, channel)
    found = rows(database)
    assert [row.state for row in found] == ["sent"] * 6 + ["attempting"] * 3 + ["planned"]
    assert found[-1].lease_owner is None
    assert all(row.lease_owner for row in found[6:9])
    assert channel.opened == 0


def test_a_channel_that_knows_that_nothing_left_gives_everything_back(database: Database) -> None:
    add_deliveries(database, add_people(database, 10))

    class Full(Answers):
        def hand_over(self, mails):
            if len(self.given) == 2:
                raise NothingLeftError("the disk is full")
            return super().hand_over(mails)

    with pytest.raises(NothingLeftError):
        send(database, Full())
    found = rows(database)
    assert Counter((row.state, row.attempts) for row in found) == {("sent", 1): 6, ("planned", 0): 4}
    assert {row.lease_owner for row in found} == {None}
    assert send(database, Answers()).sent == 4


def test_a_channel_that_cannot_work_is_found_before_anything_is_claimed(database: Database) -> None:
    class Broken(Answers):
        def open(self):
            raise OutreachError("the mail server refuses the login")

    add_deliveries(database, add_people(database, 3))
    with pytest.raises(OutreachError):
        send(database, Broken())
    assert {(row.state, row.lease_owner, row.attempts) for row in rows(database)} == {("planned", None, 0)}


def test_a_server_that_is_down_is_asked_once_and_nothing_is_lost(database: Database) -> None:
    class Down(Answers):
        def hand_over(self, mails):
            self.down = True
            return super().hand_over(mails)

    add_deliveries(database, add_people(database, 20))
    channel = Down(lambda _: Deferred("unreachable"))
    assert send(database, channel) == SendCounts(deferred=3, down={"answers"})
    assert len(channel.given) == 1
    assert Counter((row.state, row.lease_owner) for row in rows(database)) == {("planned", None): 20}


def test_a_stop_ends_between_groups_and_gives_the_rest_back(database: Database) -> None:
    add_deliveries(database, add_people(database, 20))
    channel = Answers()
    counts = send(database, channel, stop=lambda: len(channel.given) >= 2)
    assert counts == SendCounts(sent=6)
    assert Counter((row.state, row.lease_owner) for row in rows(database)) == {("sent", None): 6, ("planned", None): 14}
    assert send(database, channel).sent == 14


def test_what_another_sender_took_over_meanwhile_is_left_to_it(database: Database) -> None:
    ids = add_deliveries(database, add_people(database, 6))

    class Slow(Composer):
        def compose(self, item):
            with database.writing() as connection:
                stolen = delivery.c.id.in_(ids[1:3])
                connection.execute(update(delivery).where(stolen).values(lease_owner="another"))
            return super().compose(item)

    channel = Answers()
    assert send(database, channel, Slow()).sent == 4
    assert [row.state for row in rows(database)] == ["sent", "planned", "planned", "sent", "sent", "sent"]
    assert [row.lease_owner for row in rows(database)[1:3]] == ["another", "another"]


def test_who_was_taken_for_dead_meanwhile_does_not_take_its_own_messages_twice(database: Database, monkeypatch) -> None:
    monkeypatch.setattr(batches, "SIZE", 3)
    ids = add_deliveries(database, add_people(database, 12))

    class Stalled(Composer):
        def compose(self, item):
            if item.delivery == ids[2]:
                with database.writing() as connection:
                    connection.execute(update(delivery).where(delivery.c.id.in_(ids[:3])).values(lease_owner=None))
            return super().compose(item)

    channel = Answers(group=6)
    assert send(database, channel, Stalled()).sent == 12
    assert max(Counter(key for group in channel.given for key in group).values()) == 1
    assert {(row.state, row.lease_owner) for row in rows(database)} == {("sent", None)}


@pytest.mark.parametrize(("quick", "claimed"), [(60.0, [3, 6, 6]), (0.0, [3, 3, 3, 3])])
def test_who_sends_quickly_claims_twice_as_many_at_once(
    database: Database, monkeypatch, quick: float, claimed: list[int]
) -> None:
    monkeypatch.setattr(batches, "SIZE", 3)
    monkeypatch.setattr(journal, "_QUICK", quick)
    sizes, claim = list[int](), batches.claim

    def watched(*words):
        sizes.append(words[-1])
        return claim(*words)

    monkeypatch.setattr(batches, "claim", watched)
    add_deliveries(database, add_people(database, 9))
    assert send(database, Answers()).sent == 9
    assert sizes == claimed


def test_a_message_of_a_release_gone_by_is_composed_by_that_release(database: Database) -> None:
    people = add_people(database, 2)
    add_deliveries(database, people[:1])
    with database.writing() as connection:
        values = {"id": 2, "digest": "e", "published_at": NOW, "published_by": "test", "manifest": "{}"}
        connection.execute(insert(release).values(values))
    add_deliveries(database, people[1:], release_id=2)
    composers, known = {1: Composer(), 2: Composer()}, definitions()
    send_dispatched(database, composers.__getitem__, Answers(), lambda _: known, lambda: NOW, SECRET)
    assert [[item.person["id"] for item in composer.items] for composer in composers.values()] == [
        people[:1],
        people[1:],
    ]


def test_four_senders_at_once_send_everything_once(database: Database, tmp_path: Path) -> None:
    people = add_people(database, 4000)
    add_deliveries(database, people)
    given: list[str] = []
    counts: list[SendCounts] = []
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        channel = Answers(lambda mail: given.append(mail.key) or Sent(), group=50)
        barrier.wait()
        counts.append(send(database, channel))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == len(set(given)) == 4000
    assert sum(count.sent for count in counts) == 4000
    assert Counter((row.state, row.attempts) for row in rows(database)) == {("sent", 1): 4000}


def test_too_many_refusals_for_good_pause_the_campaign_and_the_rest_waits(database: Database) -> None:
    add_deliveries(database, add_people(database, 200))
    with database.writing() as connection:
        connection.execute(insert(campaign_state).values(campaign="news", state="running", first_approved_at=NOW))
    seen: list[str] = []

    def answer(mail: Any) -> Result:
        seen.append(mail.key)
        return Rejected("550 5.1.1") if len(seen) % 2 else Sent()

    counts = send(database, Answers(answer))
    assert counts.paused == {"news"}
    assert 20 <= counts.rejected <= 25
    assert Counter(row.state for row in rows(database))["planned"] == 200 - counts.rejected - counts.sent
    assert {row.lease_owner for row in rows(database)} == {None}
    with database.reading() as connection:
        state = connection.execute(select(campaign_state)).one()
    assert (state.state, state.steered_by, state.steered_why) == ("paused", "outreach", "hard_rejections")
    assert send(database, Answers()) == SendCounts()


def test_refusals_of_a_few_pause_nothing(database: Database) -> None:
    people = add_people(database, 500)
    add_deliveries(database, people)
    bad = frozenset(people[::20])
    counts = send(database, Answers(lambda mail: Rejected() if int(mail.key.split("/")[-1]) in bad else Sent()))
    assert (counts.sent, counts.rejected, counts.paused) == (475, 25, set())


def test_the_most_important_leaves_first(database: Database) -> None:
    people = add_people(database, 6)
    add_deliveries(database, people[:4], rank=2)
    add_deliveries(database, people[4:], rank=0)
    channel = Answers(group=1)
    send(database, channel)
    assert [int(keys[0].split("/")[-1]) for keys in channel.given] == [*people[4:], *people[:4]]


def test_a_rate_is_kept_to(database: Database) -> None:
    add_deliveries(database, add_people(database, 13))

    class Slow(Answers):
        rate = 20.0

    began = time.monotonic()
    assert send(database, Slow(group=1)).sent == 13
    assert time.monotonic() - began >= 0.6


def test_a_sender_without_a_share_of_the_connections_sends_nothing_until_it_has_one(database: Database) -> None:
    add_deliveries(database, add_people(database, 4))

    class Single(Answers):
        connections = 1

    with database.writing() as connection:
        beat(connection, "another/1/a", "run", "answers", 1)
    gone = threading.Timer(1.0, lambda: _leave(database))
    gone.start()
    channel = Single()
    began = time.monotonic()
    assert send(database, channel).sent == 4
    assert time.monotonic() - began >= 1.0
    gone.join()


def _leave(database: Database) -> None:
    with database.writing() as connection:
        leave(connection, "another/1/a")


def test_a_database_that_is_away_for_a_moment_costs_nothing(database: Database, monkeypatch) -> None:
    add_deliveries(database, add_people(database, 30))
    real, calls = attempts_module.exchange, iter(range(1000))

    def away(*arguments) -> Collection[int]:
        done = real(*arguments)
        if next(calls) % 2:
            raise OperationalError("UPDATE", {}, Exception("server closed the connection unexpectedly"))
        return done

    monkeypatch.setattr(attempts_module, "exchange", away)
    assert send(database, Answers()).sent == 30
    assert Counter((row.state, row.attempts) for row in rows(database)) == {("sent", 1): 30}


def test_a_full_disk_is_said_at_once_and_what_was_handed_over_is_in_doubt_at_most(database: Database, monkeypatch):
    add_deliveries(database, add_people(database, 30))

    def full(*_arguments) -> None:
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    channel = Answers()
    channel.hand_over = lambda mails: monkeypatch.setattr(attempts_module, "exchange", full) or [Sent()] * len(mails)
    with pytest.raises(OutreachError, match="the database cannot be written to: database or disk is full"):
        send(database, channel)
    monkeypatch.undo()
    assert Counter(row.state for row in rows(database)) == {"attempting": 3, "planned": 27}
    with database.writing() as connection:
        bury(connection)
