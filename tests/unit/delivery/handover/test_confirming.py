from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from outreach.delivery.channels.handover.tables import csv_of, rows, workbook_of
from outreach.delivery.desk.confirming import Clerk, Confirmed
from outreach.delivery.desk.reading import Said, opened
from outreach.delivery.desk.results import DONE, REASONS, RESULTS
from outreach.delivery.receipts import Rules
from outreach.errors import OutreachError
from outreach.storage.database import Database
from outreach.storage.tables import delivery, receipt
from tests.unit.delivery import ledgers
from tests.unit.delivery.ledgers import NOW, add_deliveries, add_people, definitions

LATER = NOW + timedelta(days=1)


@pytest.fixture
def keys(database: Database) -> list[str]:
    """Four people to whom something was handed over."""
    people = add_people(database, 4)
    add_deliveries(database, people, channel="handover", state="sent", sent_at=NOW, remind_days=14)
    return [f"news/welcome/once/0/{one}" for one in people]


def take(database: Database, lines: Iterable[Said]) -> Confirmed:
    with database.writing() as connection:
        clerk = Clerk(connection, Rules.of(lambda _: definitions(channel="handover")), LATER)
        clerk.take(lines)
    return clerk.done


def confirm(database: Database, result: str, *keys: str) -> Confirmed:
    return take(database, [Said(key, result) for key in keys])


def ledger(database: Database) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in ledgers.rows(database)]


def receipts(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(receipt.c.kind).order_by(receipt.c.id)))


def test_what_was_done_has_a_receipt_and_what_was_not_comes_back_with_its_reason(
    database: Database, keys: list[str]
) -> None:
    done = take(database, [Said(keys[0], "done"), Said(keys[1], "not_reached"), Said(keys[2], "")])
    assert (done.recorded, done.known, done.open, done.refused) == ({"done": 1, "not_reached": 1}, 0, 1, [])
    assert ledger(database) == [("sent", None), ("bounced", "not_reached"), ("sent", None), ("sent", None)]
    assert receipts(database) == ["confirmed", "bounced"]


@pytest.mark.parametrize("result", RESULTS)
def test_saying_it_twice_changes_nothing(database: Database, keys: list[str], result: str) -> None:
    confirm(database, result, *keys)
    before = (ledger(database), receipts(database))
    again = confirm(database, result, *keys, keys[0])
    assert (again.recorded.total(), again.known) == (0, 5)
    assert (ledger(database), receipts(database)) == before


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(RESULTS), min_size=1, max_size=6))
def test_the_last_word_counts_and_every_new_one_is_kept(database: Database, keys: list[str], words: list[str]) -> None:
    with database.writing() as connection:
        connection.execute(delete(receipt))
        connection.execute(update(delivery).values(state="sent", reason=None))
    for word in words:
        confirm(database, word, keys[0])
    changes = [word for before, word in zip([None, *words], words, strict=False) if word != before]
    assert receipts(database) == ["confirmed" if word == DONE else "bounced" for word in changes]
    assert ledger(database)[0] == (("sent", None) if words[-1] == DONE else ("bounced", words[-1]))
    assert confirm(database, words[-1], keys[0]).known == 1


def test_a_doubt_is_settled_by_whoever_has_the_line_before_them(database: Database, keys: list[str]) -> None:
    with database.writing() as connection:
        connection.execute(update(delivery).values(state="in_doubt", reason="disk", sent_at=None))
    assert confirm(database, "done", keys[0]).recorded == {"done": 1}
    assert confirm(database, "declined", keys[1]).recorded == {"declined": 1}
    first, second, *_ = ledgers.rows(database)
    assert (first.state, first.sent_at, first.remind_on.isoformat()) == ("sent", NOW, "2026-12-06")
    assert (second.state, second.reason, second.sent_at) == ("bounced", "declined", NOW)


@pytest.mark.parametrize(
    ("key", "result", "says"),
    [
        ("news/welcome/once/0/999999", "done", "there is no delivery of that key"),
        ("niemand", "done", "not the key of a delivery"),
        ("news/welcome/once/0/{}", "gedaan?", "there is no result `gedaan?`"),
        ("news/welcome/mailed/0/{}", "done", "it went another way"),
        ("news/welcome/planned/0/{}", "done", "it is planned"),
    ],
)
def test_what_cannot_be_taken_is_told_with_a_remedy_and_stops_no_other(
    database: Database, keys: list[str], key: str, result: str, says: str
) -> None:
    people = [int(one.rpartition("/")[2]) for one in keys[:1]]
    add_deliveries(database, people, occurrence="mailed", state="sent", sent_at=NOW, channel="smtp")
    add_deliveries(database, people, occurrence="planned", channel="handover")
    done = take(database, [Said(key.format(*people), result, "list.csv:2:5"), Said(keys[1], "done", "list.csv:3:5")])
    (refused,) = done.refused
    assert refused.where == "list.csv:2:5"
    assert says in refused.message
    assert refused.remedy
    assert done.recorded == {"done": 1}


def test_a_key_with_two_results_keeps_the_first_and_tells_where_it_stands(database: Database, keys: list[str]) -> None:
    done = take(database, [Said(keys[0], "done", "list.csv:2:5"), Said(keys[0], "declined", "list.csv:9:5")])
    (refused,) = done.refused
    assert (refused.where, "list.csv:2:5" in refused.message) == ("list.csv:9:5", True)
    assert ledger(database)[0] == ("sent", None)


# --- a list that comes back ------------------------------------------------------------------------------------


def filled(keys: list[str], results: list[str]) -> list[list[str]]:
    table = [list(row) for row in rows({key: {"last_name": f"=Naam{key[-1]}"} for key in keys})]
    for row, result in zip(table[1:], results, strict=True):
        row[-1] = result
    return table


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_comes_back_with_its_results(database: Database, keys: list[str], tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"list.{kind}"
    table = filled(keys, ["done", "Not reached", "", "wrong-address"])
    path.write_bytes(csv_of(table) if kind == "csv" else workbook_of(table, "news"))
    with opened(path) as lines:
        done = take(database, lines)
    assert (done.recorded, done.open, done.refused) == ({"done": 1, "not_reached": 1, "wrong_address": 1}, 1, [])


def test_a_bad_line_is_told_with_its_place(database: Database, keys: list[str], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    table = filled(keys, ["done", "perhaps", "done", "done"])
    table[3][0], table[4][0] = "", "news/welcome/once/0/0"
    path.write_bytes(csv_of(table) + b"one;cell;too;many;here\r\n")
    with opened(path) as lines:
        done = take(database, lines)
    assert [one.where for one in done.refused] == [f"{path}:{place}" for place in ("3:3", "4:1", "5:3", "6:1")]
    assert all(one.remedy for one in done.refused)
    assert done.recorded == {"done": 1}


def test_places_in_a_workbook_are_those_of_its_reader(database: Database, keys: list[str], tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    for number, (key, result) in enumerate([("key", "result"), (keys[0], "done"), (keys[1], "misschien")], 3):
        book.active.cell(number, 4, key)
        book.active.cell(number, 5, result)
    book.save(path)
    with opened(path) as lines:
        done = take(database, lines)
    assert [one.where for one in done.refused] == [f"{path}:5:5"]
    assert done.recorded == {"done": 1}


@pytest.mark.parametrize("header", ["key;last_name", "last_name;result", "a;b"])
def test_what_is_no_list_is_refused_as_a_whole(tmp_path: Path, header: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\r\nx;y\r\n")
    with pytest.raises(OutreachError, match="this is no hand-over list") as raised, opened(path):
        pass
    assert raised.value.remedy


def test_every_reason_can_be_told_in_a_sentence() -> None:
    from outreach.planning.explanation import REASONS as SENTENCES

    assert set(REASONS) <= set(SENTENCES)
