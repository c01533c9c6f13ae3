"""What was kept for long enough goes, once a day and a little at a time; what is still looked at stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from outreach.delivery.channels.outbox import Outbox
from outreach.privacy import retention
from outreach.privacy.retention import Limits
from outreach.storage.database import Database
from outreach.storage.tables import (
    delivery,
    enrolment,
    event,
    event_aside,
    person,
    receipt,
    release,
    soft_bounce,
)

NOW = datetime(2030, 1, 1, 9, tzinfo=UTC)
LONG_AGO, LATELY = NOW - timedelta(days=4000), NOW - timedelta(days=5)
LIMITS = Limits(
    date(2030, 1, 1), date(2029, 6, 1), NOW - timedelta(days=730), date(2027, 1, 1), NOW - timedelta(days=90),
    frozenset({"died", "moved"}),
)  # fmt: skip


@pytest.fixture
def old(database: Database) -> Database:
    """A ledger with rows of all ages: person 1 is under way, person 2 is not."""
    with database.writing() as connection:
        connection.execute(
            insert(release), {"digest": "d", "published_at": LONG_AGO, "published_by": "an", "manifest": ""}
        )
        for number in (1, 2):
            someone = {"person_id": f"P{number}", "source": "hr", "status": "active", "attributes": {}, "lot": 0}
            connection.execute(insert(person), someone | {"version": 1, "imported_at": LONG_AGO})
            for kind, moment in (("hired", LONG_AGO), ("moved", LONG_AGO), ("died", LONG_AGO), ("left", LATELY)):
                row = {"person": number, "kind": kind, "effective_on": moment.date(), "recorded_at": moment}
                connection.execute(insert(event), row | {"source": "hr"})
        _enrolled(connection, 1, "active", 1)
        _enrolled(connection, 2, "exited", 5)
        for number, state in enumerate(("sent", "planned", "in_doubt"), 1):
            _delivered(connection, number, state)
        for moment in (LONG_AGO, LATELY):
            connection.execute(insert(soft_bounce), {"address_hash": str(moment), "number": 1, "last_at": moment})
            aside = {"person_id": "P9", "kind": "hired", "effective_on": moment.date(), "recorded_at": moment}
            connection.execute(insert(event_aside), aside | {"source": "hr"})
    return database


def _enrolled(connection, who, state, started_by):
    row = {
        "campaign": "c",
        "person": who,
        "occurrence": "entry-1",
        "release_id": 1,
        "event": started_by,
        "state": state,
    }
    days = {"started_on": LONG_AGO.date(), "ends_on": LONG_AGO.date(), "entered_at": LONG_AGO}
    connection.execute(insert(enrolment), row | days)


def _delivered(connection, number, state):
    key = {"campaign": "c", "step": "s", "occurrence": f"{number}", "repetition": 0, "person": 2, "release_id": 1}
    times = {"due_at": LONG_AGO, "expires_at": LONG_AGO, "planned_at": LONG_AGO, "rank": 1, "state": state}
    connection.execute(insert(delivery), key | times)
    for kind, moment in (("deferred", LONG_AGO), ("confirmed", LONG_AGO), ("bounced", LATELY)):
        connection.execute(insert(receipt), {"delivery": number, "at": moment, "kind": kind})


def _left(database):
    with database.reading() as connection:
        return {
            "events": sorted(connection.execute(select(event.c.person, event.c.kind)).all()),
            "receipts": sorted(connection.execute(select(receipt.c.delivery, receipt.c.kind)).all()),
            "aside": len(connection.execute(select(event_aside)).all()),
            "bounces": len(connection.execute(select(soft_bounce)).all()),
            "deliveries": len(connection.execute(select(delivery)).all()),
            "enrolments": sorted(connection.execute(select(enrolment.c.person, enrolment.c.event)).all()),
        }


def test_what_is_too_old_goes_and_what_is_still_asked_for_stays(old: Database) -> None:
    told = retention.count(old, LIMITS)
    assert retention.remove(old, LIMITS) == told == {"receipt": 1, "event": 1, "event_aside": 1, "soft_bounce": 1}
    everything = [(1, kind) for kind in ("died", "hired", "left", "moved")]
    assert _left(old) == {
        # Of who is under way all; of the other no old `hired`, which no campaign asks for.
        "events": [*everything, *((2, kind) for kind in ("died", "left", "moved"))],
        # Of what may still come to something all; of the rest what a desk confirmed, and what is new.
        "receipts": sorted(
            [(1, "bounced"), (1, "confirmed")] + [(n, k) for n in (2, 3) for k in ("bounced", "confirmed", "deferred")]
        ),
        "aside": 1,
        "bounces": 1,
        "deliveries": 3,
        "enrolments": [(1, 1), (2, None)],
    }


def test_a_second_time_there_is_nothing_left_to_remove(old: Database) -> None:
    retention.remove(old, LIMITS)
    before = _left(old)
    assert not any(retention.remove(old, LIMITS).values())
    assert _left(old) == before


def test_it_goes_in_short_transactions_and_ends_between_two_of_them(old: Database, monkeypatch) -> None:
    monkeypatch.setattr(retention, "CHUNK", 10)
    with old.writing() as connection:
        rows = [{"delivery": 1, "at": LONG_AGO, "kind": "deferred"} for _ in range(95)]
        connection.execute(insert(receipt), rows)
    asked = []
    stopped = retention.remove(old, LIMITS, lambda: bool(asked.append(None)) or len(asked) > 3)
    assert stopped["receipt"] == 30
    assert retention.is_due(old, LIMITS)
    assert retention.remove(old, LIMITS)["receipt"] == 66
    assert not retention.is_due(old, LIMITS)


def test_events_of_who_comes_under_way_stay(old: Database) -> None:
    with old.writing() as connection:
        connection.execute(enrolment.update().where(enrolment.c.person == 2).values(state="active"))
    retention.remove(old, LIMITS)
    assert (2, "hired") in _left(old)["events"]


# --- by the command line ---------------------------------------------------------------------------------


@pytest.fixture
def office(cli, people, workspace):
    with (workspace / "outreach.yaml").open("a") as file:
        file.write("retention: {content: 30 days, receipts: 30 days, events: 100 days}\n")
    for words in (
        ("publish", "--at", "2026-11-01"),
        ("approve", "--all", "--yes", "--at", "2026-11-01"),
        ("roster", "import", people(3), "--at", "2026-11-01"),
        ("run", "--at", "2026-11-03T10:00"),
    ):
        assert cli(*words).code == 0
    return cli


def _kept(workspace):
    return len(list(Outbox(workspace / "var" / "outbox").messages()))


def test_messages_go_when_they_are_old_and_what_was_sent_stays_on_record(office, workspace):
    assert _kept(workspace) == 3
    office("run", "--at", "2026-12-01T10:00")
    assert _kept(workspace) == 6
    assert office("run", "--at", "2026-12-10T10:00", "--json").json["removed"]["messages"] == 3
    outbox = Outbox(workspace / "var" / "outbox")
    assert all(outbox.read(key) == message for key, _, message in outbox.messages())
    assert _kept(workspace) == 3
    assert len(office("deliveries", "--json", "--state", "sent").json) == 6


def test_it_is_done_once_a_day_and_stands_on_record(office):
    office("run", "--at", "2026-12-10T10:00")
    assert office("run", "--at", "2026-12-10T11:00", "--json").json["removed"] == {}
    (line,) = office("audit", "--json", "--action", "removed").json
    assert (line["actor"], line["subject"], line["after"]["messages"]) == ("outreach", "retention", 3)


def test_a_dry_run_removes_nothing(office, workspace):
    assert office("retention", "--dry-run", "--at", "2027-12-10").code == 0
    assert _kept(workspace) == 3
    assert office("retention", "--at", "2027-12-10", "--json").json["counts"]["messages"] == 3
    assert _kept(workspace) == 0


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{content: 5 days}", "content stay for less"),
        ("{receipts: 5 days}", "receipts stay for less"),
        ("{events: 20 days}", "events stay for less"),
    ],
)
def test_what_a_campaign_looks_back_on_may_not_go_before(cli, workspace, written, found):
    with (workspace / "outreach.yaml").open("a") as file:
        file.write(f"retention: {written}\n")
    (problem, *_) = cli("check", "--json").json["problems"]
    assert (problem["file"], problem["path"]) == ("outreach.yaml", f"retention.{written[1:].split(':')[0]}")
    assert found in problem["message"]


def test_what_caps_and_reminders_let_go_is_the_same_whatever_was_removed(cli, workspace, people):
    with (workspace / "outreach.yaml").open("a") as file:
        file.write("frequency_cap: {messages: 1, per: 20 days}\nretention: {content: 20 days, events: 60 days}\n")
    hired = people(4, hired_on="2026-11-02")
    for words in (
        ("publish", "--at", "2026-11-01"), ("approve", "--all", "--yes", "--at", "2026-11-01"),
        ("roster", "import", people(1), "--at", "2026-11-01"), ("roster", "import", hired, "--at", "2026-11-03"),
    ):  # fmt: skip
        assert cli(*words).code == 0
    days = [date(2026, 11, 3) + timedelta(days=14 * number) for number in range(7)]
    for day in days:
        cli("run", "--at", f"{day}T10:00")
    removed = cli("audit", "--json", "--action", "removed").json
    assert sum(line["after"]["messages"] for line in removed) > 0
    planned = cli("plan", "--days", "90", "--at", f"{days[-1]}T10:00", "--json").json["sends"]
    cli("retention", "--at", "2031-01-01")
    assert cli("plan", "--days", "90", "--at", f"{days[-1]}T10:00", "--json").json["sends"] == planned


def test_what_is_not_written_is_as_long_as_the_campaigns_need(cli, workspace):
    news = workspace / "campaigns" / "news.yaml"
    news.write_text(news.read_text().replace("  - id: news", "  - id: news\n    expires_after: 300 days"))
    assert cli("publish").code == 0
    assert cli("retention", "--dry-run", "--json", "--at", "2027-10-28").json["before"]["content"] == "2027-01-01"
