"""From the ledger to the lists: what a line says, on which day, in which list."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from outreach.definitions.model import Condition, Definitions, Last, Remind, Span
from outreach.definitions.model import Handover as Columns
from outreach.delivery.channels.handover import Handover
from outreach.delivery.channels.outbox import Outbox
from outreach.delivery.sending import SendCounts, send_dispatched
from outreach.delivery.suppression import address_hash
from outreach.storage.database import Database
from outreach.storage.tables import person, suppression
from tests.unit.delivery.handover.reading import read_all
from tests.unit.delivery.ledgers import NOW, SECRET, Composer, add_deliveries, add_people, definitions, rows


def hand_over(database: Database, folder: Path, *columns: str, now: datetime = NOW) -> SendCounts:
    said: dict[str, Any] = {"handover": Columns(columns)} if columns else {}
    known, composer = definitions(channel="handover", **said), Composer()
    return send_dispatched(database, lambda _: composer, Handover(folder), lambda _: known, lambda: now, SECRET)


def test_a_second_run_of_a_day_makes_a_further_list_of_what_is_new(database: Database, tmp_path: Path) -> None:
    people = add_people(database, 3)
    for occurrence in ("once", "again"):
        add_deliveries(database, people, occurrence=occurrence, channel="handover")
        assert hand_over(database, tmp_path) == SendCounts(sent=3)
        assert hand_over(database, tmp_path) == SendCounts()
    assert sorted(path.name for path in tmp_path.glob("news/*")) == ["2026-11-22-1", "2026-11-22-2"]
    keys = [line["key"] for line in read_all(tmp_path)]
    assert keys == [f"news/welcome/{occurrence}/0/{one}" for occurrence in ("once", "again") for one in people]


def test_the_day_of_a_list_is_the_workspaces_own(database: Database, tmp_path: Path) -> None:
    add_deliveries(database, add_people(database, 1), channel="handover")
    hand_over(database, tmp_path, now=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert [path.name for path in tmp_path.glob("news/*")] == ["2026-11-23-1"]


def test_a_line_says_what_was_asked_for_and_no_more(database: Database, tmp_path: Path) -> None:
    own = {"team": "Noord", "badge_on": "2026-03-01"}
    add_deliveries(database, add_people(database, 1, attributes=own, children=2, city="Gent"), channel="handover")
    hand_over(database, tmp_path, "badge_on", "team", "children", "street", "subject", "text")
    (line,) = read_all(tmp_path)
    assert line.pop("text").startswith("Dag Naam1")
    assert line.pop("key").startswith("news/welcome/")
    assert line == {
        "badge_on": "2026-03-01",
        "team": "Noord",
        "children": "2",
        "street": "",
        "subject": "Welkom",
        "result": "",
    }


def test_a_line_has_the_address_that_may_be_written_to_or_none(database: Database, tmp_path: Path) -> None:
    add_deliveries(database, add_people(database, 3), channel="handover")
    with database.writing() as connection:
        connection.execute(update(person).where(person.c.person_id == "H1").values(email=None))
        connection.execute(update(person).where(person.c.person_id == "H2").values(private_email="thuis@example.org"))
        hashes = [address_hash(SECRET, f"p{n}@example.org") for n in (2, 3)]
        barred = [{"address_hash": one, "reason": "bounced", "since": NOW} for one in hashes]
        connection.execute(insert(suppression), barred)
    assert hand_over(database, tmp_path, "recipient") == SendCounts(sent=3)
    assert [line["recipient"] for line in read_all(tmp_path)] == ["", "thuis@example.org", ""]


def test_who_died_meanwhile_stands_in_no_list(database: Database, tmp_path: Path) -> None:
    add_deliveries(database, add_people(database, 2), channel="handover")
    with database.writing() as connection:
        connection.execute(update(person).where(person.c.person_id == "H1").values(status="died"))
    assert hand_over(database, tmp_path) == SendCounts(sent=1, skipped={"died": 1})  # type: ignore[arg-type]
    assert [line["person_id"] for line in read_all(tmp_path)] == ["H2"]


LADDER = Remind(Span(days=7), 1, Condition(), (), Last("handover", "call"))


def test_the_last_rung_is_handed_over_in_its_own_words(database: Database, tmp_path: Path) -> None:
    known, composer = laddered(), Composer()
    people = add_people(database, 2)
    add_deliveries(database, people)
    add_deliveries(database, people, repetition=1, channel="handover")
    mailed = send_dispatched(
        database, lambda _: composer, Outbox(tmp_path / "out"), lambda _: known, lambda: NOW, SECRET
    )
    lists = Handover(tmp_path / "lists")
    listed = send_dispatched(database, lambda _: composer, lists, lambda _: known, lambda: NOW, SECRET)
    assert (mailed, listed) == (SendCounts(sent=2), SendCounts(sent=2))
    assert [(item.message, item.address is None) for item in composer.items] == [
        ("welcome", False),
        ("welcome", False),
        ("call", True),
        ("call", True),
    ]
    assert [line["key"] for line in read_all(tmp_path / "lists")] == [f"news/welcome/once/1/{one}" for one in people]


def test_whose_address_is_no_longer_written_to_climbs_on_to_the_last_rung(database: Database, tmp_path: Path) -> None:
    known, composer = laddered(), Composer()
    add_deliveries(database, add_people(database, 1), remind_days=7)
    with database.writing() as connection:
        hashed = address_hash(SECRET, "p1@example.org")
        connection.execute(insert(suppression).values(address_hash=hashed, reason="bounced", since=NOW))
    done = send_dispatched(database, lambda _: composer, Outbox(tmp_path), lambda _: known, lambda: NOW, SECRET)
    assert done == SendCounts(skipped={"suppressed": 1})  # type: ignore[arg-type]
    (row,) = rows(database)
    assert (row.state, row.reason, row.remind_on.isoformat()) == ("skipped", "suppressed", "2026-11-29")


def laddered() -> Definitions:
    known = definitions()
    news = known.campaigns["news"]
    steps = (replace(news.steps[0], remind=LADDER),)
    return replace(known, campaigns={"news": replace(news, steps=steps)})
