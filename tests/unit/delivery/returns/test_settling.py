"""What came back is settled once, by evidence, and changes no more than it proves."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from outreach.definitions.model import Bounces, Span
from outreach.delivery.returns.nouns import Returned
from outreach.delivery.returns.settling import Settlement, Settler
from outreach.delivery.suppression import suppressed
from outreach.rendering.verp import Verp
from outreach.storage.database import Database
from outreach.storage.tables import delivery, opt_out, person, receipt, soft_bounce
from tests.unit.delivery.ledgers import NOW, SECRET, add_deliveries, add_people, definitions, rows

LATER = NOW + timedelta(hours=2)
WORK, HOME = "p1@example.org", "p1@thuis.example"
VERP = Verp(SECRET)
MESSAGE_ID = f"<{'a' * 32}@dienst.example>"


def settler(**bounces: Any) -> Settler:
    known = definitions()
    return Settler(SECRET, lambda _: known, Bounces(**bounces))


def settle(database: Database, *mails: Returned, now=LATER, **bounces: Any) -> list[Settlement]:
    with database.writing() as connection:
        return settler(**bounces).settle(connection, mails, now)


def add(database: Database, *, people: int = 1, state: str = "sent", **values: Any) -> list[int]:
    found = add_people(database, people, private_email=HOME)
    sent = {"sent_at": NOW} if state in ("sent", "bounced", "complained") else {}
    return add_deliveries(database, found, **{"state": state, "attempts": 1, "channel": "smtp", **sent, **values})


def back(kind: str, row: int, reason: str = "no_mailbox", code: str = "550 5.1.1", address: str = WORK) -> Returned:
    reason = reason if kind in ("hard", "soft", "blocked") else ""
    return Returned(kind, reason, code, (VERP.token(row, address),))  # type: ignore[arg-type]


def barred(database: Database, *addresses: str) -> set[str]:
    with database.reading() as connection:
        return set(suppressed(connection, SECRET, set(addresses or (WORK, HOME))))


def receipts(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        columns = (receipt.c.delivery, receipt.c.kind, receipt.c.code, receipt.c.permanent)
        return [tuple(row) for row in connection.execute(select(*columns).order_by(receipt.c.id))]


def everything(database: Database) -> list[Any]:
    """All that settling may write."""
    with database.reading() as connection:
        tables = (delivery, receipt, soft_bounce, opt_out)
        return [connection.execute(select(table)).all() for table in tables] + [barred(database)]


def test_a_hard_bounce_settles_the_delivery_and_suppresses_the_address_and_no_other(database: Database) -> None:
    (row,) = add(database)
    (done,) = settle(database, back("hard", row))
    assert (done.outcome, done.key, done.suppressed) == (
        "settled",
        f"news/welcome/once/0/{rows(database)[0].person}",
        True,
    )
    assert [(r.state, r.reason) for r in rows(database)] == [("bounced", "no_mailbox")]
    assert receipts(database) == [(row, "bounced", "550 5.1.1", True)]
    assert barred(database) == {WORK}


@pytest.mark.parametrize("kind", ["hard", "soft", "blocked", "complaint", "delayed", "delivered", "auto_reply"])
@pytest.mark.parametrize("state", ["sent", "in_doubt"])
def test_reading_a_mail_twice_changes_nothing_more(database: Database, kind: str, state: str) -> None:
    (row,) = add(database, state=state)
    mail = back(kind, row, "blocked" if kind == "blocked" else "mailbox_full" if kind == "soft" else "no_mailbox")
    settle(database, mail)
    before = everything(database)
    assert [done.outcome for done in settle(database, mail, mail, now=LATER + timedelta(days=1))] == ["known", "known"]
    assert everything(database) == before


def test_a_soft_bounce_suppresses_only_after_so_many_in_a_row(database: Database) -> None:
    people = add_people(database, 1)
    ids = [add_deliveries(database, people, state="sent", sent_at=NOW, occurrence=f"o{n}")[-1] for n in range(3)]
    for number, row in enumerate(ids):
        (done,) = settle(database, back("soft", row, "mailbox_full", "552 5.2.2"), soft_limit=3)
        assert done.suppressed == (number == 2)
        assert barred(database) == ({WORK} if number == 2 else set())
    assert [r[3] for r in receipts(database)] == [False, False, True]
    assert {r.state for r in rows(database)} == {"bounced"}


def test_a_soft_bounce_long_after_the_last_is_the_first_of_a_new_row(database: Database) -> None:
    people = add_people(database, 1)
    for number in range(6):
        row = add_deliveries(database, people, state="sent", sent_at=NOW, occurrence=f"o{number}")[-1]
        mail = back("soft", row, "mailbox_full")
        settle(database, mail, now=NOW + timedelta(days=31) * number, soft_limit=2, forget_after=Span(days=30))
    assert barred(database) == set()


def test_a_message_that_was_not_let_in_says_nothing_of_the_address(database: Database) -> None:
    for number in range(8):
        row = add_deliveries(database, _person(database), state="sent", sent_at=NOW, occurrence=f"o{number}")[-1]
        settle(database, back("blocked", row, "blocked", "550 5.7.1"), soft_limit=1)
    assert {(r.state, r.reason) for r in rows(database)} == {("bounced", "blocked")}
    assert barred(database) == set()


def _person(database: Database) -> list[int]:
    with database.reading() as connection:
        found = list(connection.scalars(select(person.c.id)))
    return found or add_people(database, 1)


def test_a_complaint_suppresses_the_address_and_takes_the_topic_from_the_person(database: Database) -> None:
    (row,) = add(database)
    assert [done.suppressed for done in settle(database, back("complaint", row, code=""))] == [True]
    assert [r.state for r in rows(database)] == ["complained"]
    assert receipts(database) == [(row, "complained", None, True)]
    assert barred(database) == {WORK}
    with database.reading() as connection:
        assert [tuple(r) for r in connection.execute(select(opt_out.c.person, opt_out.c.topic))] == [
            (rows(database)[0].person, "news")
        ]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("delayed", "sent"),
        ("delivered", "sent"),
        ("auto_reply", "sent"),
        ("hard", "bounced"),
        ("complaint", "complained"),
    ],
)
def test_a_doubt_is_settled_by_evidence(database: Database, kind: str, state: str) -> None:
    (row,) = add(database, state="in_doubt", reason="sender_died", remind_days=14)
    assert [done.outcome for done in settle(database, back(kind, row))] == ["settled"]
    (found,) = rows(database)
    assert (found.state, found.sent_at, found.remind_on is not None) == (state, NOW, True)


def test_what_was_to_be_sent_again_is_not_when_it_proves_to_have_left(database: Database) -> None:
    (row,) = add(database, state="planned", reason="in_doubt", attempts=1, dispatched_at=None)
    settle(database, back("auto_reply", row))
    assert [(r.state, r.reason, r.sent_at) for r in rows(database)] == [("sent", None, LATER)]


def test_a_message_that_is_being_sent_is_asked_about_later(database: Database) -> None:
    (row,) = add(database, state="attempting", lease_owner="alive")
    assert [done.outcome for done in settle(database, back("hard", row))] == ["later"]
    assert [(r.state, r.lease_owner) for r in rows(database)] == [("attempting", "alive")]
    assert barred(database) == set()


@pytest.mark.parametrize("state", ["planned", "skipped", "expired", "cancelled", "rejected"])
def test_what_never_left_cannot_come_back(database: Database, state: str) -> None:
    (row,) = add(database, state=state, attempts=0)
    before = everything(database)
    assert settle(database, back("hard", row))[0].outcome in ("known", "unknown")
    assert everything(database) == before


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("soft", "hard", "bounced"),
        ("hard", "soft", "bounced"),
        ("hard", "complaint", "complained"),
        ("complaint", "hard", "complained"),
    ],
)
def test_a_delivery_only_moves_on(database: Database, first: str, second: str, state: str) -> None:
    (row,) = add(database)
    reason = {"soft": "mailbox_full", "hard": "no_mailbox"}
    for kind in (first, second):
        settle(database, back(kind, row, reason.get(kind, "")))
    assert [r.state for r in rows(database)] == [state]
    assert barred(database) == {WORK}


def test_a_forged_token_is_about_nothing(database: Database) -> None:
    (row,) = add(database)
    forged = Returned("hard", "no_mailbox", "550 5.1.1", (Verp(b"other").token(row, WORK),))
    assert [done.outcome for done in settle(database, forged)] == ["unknown"]
    assert [r.state for r in rows(database)] == ["sent"]


def test_of_several_tokens_the_one_of_ours_counts(database: Database) -> None:
    (row,) = add(database)
    mail = Returned("hard", "no_mailbox", "", (Verp(b"other").token(9, WORK), VERP.token(row, WORK)))
    assert [done.outcome for done in settle(database, mail)] == ["settled"]


def test_without_a_token_the_message_id_names_the_delivery_in_one_query_for_all(database: Database) -> None:
    ids = add(database, people=4)
    with database.writing() as connection:
        for number, row in enumerate(ids):
            named = f"<{number:032x}@dienst.example>"
            connection.execute(update(delivery).where(delivery.c.id == row).values(message_id=named))
    mails = [
        Returned("hard", "no_mailbox", "", (), f"<{n:032x}@dienst.example>", f"P{n + 1}@Example.org") for n in range(4)
    ]
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert Counter(done.outcome for done in settle(database, *mails)) == {"settled": 4}
    assert sum("message_id IN" in statement for statement in asked) == 1
    assert barred(database, *(f"p{n}@example.org" for n in range(1, 5))) == {f"p{n}@example.org" for n in range(1, 5)}


@pytest.mark.parametrize(
    "message_id", ["", "<x@y>", f"<{'b' * 32}@dienst.example>", "<\0@y>", f"<{'A' * 32}@d.example>", "é"]
)
def test_a_message_id_that_is_none_of_ours_is_about_nothing(database: Database, message_id: str) -> None:
    add(database, message_id=MESSAGE_ID)
    assert [done.outcome for done in settle(database, Returned("hard", "no_mailbox", "", (), message_id))] == [
        "unknown"
    ]


def test_a_token_whose_mail_names_another_message_is_about_nothing(database: Database) -> None:
    """As when the database came back from a backup, and the id of what was forgotten was given anew."""
    (row,) = add(database, message_id=MESSAGE_ID)
    mail = Returned("hard", "no_mailbox", "", (VERP.token(row, WORK),), f"<{'c' * 32}@dienst.example>")
    assert [done.outcome for done in settle(database, mail)] == ["unknown"]
    assert [r.state for r in rows(database)] == ["sent"]


def test_a_newer_address_is_not_suppressed_for_a_bounce_of_the_old_one(database: Database) -> None:
    (row,) = add(database)
    mail = back("hard", row)
    _moved(database, "nieuw@example.org")
    (done,) = settle(database, mail)
    assert (done.outcome, done.suppressed) == ("settled", False)
    assert barred(database, "nieuw@example.org", HOME) == set()


def test_the_old_address_is_suppressed_all_the_same_where_the_report_names_it(database: Database) -> None:
    (row,) = add(database)
    mail = Returned("hard", "no_mailbox", "", (VERP.token(row, WORK),), "", WORK.upper())
    _moved(database, "nieuw@example.org")
    assert settle(database, mail)[0].suppressed
    assert barred(database, WORK, "nieuw@example.org") == {WORK}


def test_the_address_at_home_is_suppressed_where_it_was_the_one_written_to(database: Database) -> None:
    (row,) = add(database)
    settle(database, back("hard", row, address=HOME))
    assert barred(database) == {HOME}


@pytest.mark.parametrize(
    ("imported", "expected"), [(NOW - timedelta(days=1), {WORK}), (NOW + timedelta(hours=1), set())]
)
def test_without_a_token_the_address_is_certain_only_while_the_roster_is_as_it_was(
    database: Database, imported: Any, expected: set[str]
) -> None:
    add(database, message_id=MESSAGE_ID)
    with database.writing() as connection:
        connection.execute(update(person).values(imported_at=imported))
    settle(database, Returned("hard", "no_mailbox", "", (), MESSAGE_ID))
    assert barred(database) == expected


def _moved(database: Database, address: str) -> None:
    with database.writing() as connection:
        connection.execute(update(person).values(email=address, imported_at=NOW + timedelta(hours=1)))


def test_what_says_nothing_of_a_delivery_changes_nothing(database: Database) -> None:
    add(database)
    before = everything(database)
    mails = [Returned("other"), Returned("unreadable"), back("other", 1)]
    assert [done.outcome for done in settle(database, *mails)] == ["nothing"] * 3
    assert everything(database) == before


def test_no_address_is_written_anywhere(database: Database) -> None:
    (row,) = add(database)
    settle(database, Returned("hard", "no_mailbox", "550 5.1.1", (VERP.token(row, WORK),), "", WORK))
    assert WORK not in str(everything(database)[:-1])


def test_the_deliveries_of_many_mails_are_settled_in_their_order(database: Database) -> None:
    ids = add(database, people=3)
    mails = [
        back("soft", ids[0], "mailbox_full", address="p1@example.org"),
        back("hard", ids[0]),
        back("delayed", ids[2], address="p3@example.org"),
    ]
    assert [done.outcome for done in settle(database, *mails)] == ["settled", "settled", "known"]
    assert [r.state for r in rows(database)] == ["bounced", "sent", "sent"]


def test_a_token_of_a_delivery_that_is_gone_is_about_nothing(database: Database) -> None:
    assert [done.outcome for done in settle(database, back("hard", 999_999))] == ["unknown"]
