"""What a tick did is counted by channel, campaign and state, by however many processes it was done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outreach.cli.ticking import tick
from outreach.delivery.tally import Tally
from outreach.installation import Installation
from outreach.service import crew
from outreach.settings import Settings

BEFORE, AT = "2026-11-02T10:00", datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


@pytest.fixture
def ready(cli, people):
    """Twelve people, and a newsletter that is due."""
    for words in (["roster", "import", people(12)], ["publish"], ["approve", "--all", "--yes"]):
        assert cli(*words, "--at", BEFORE).code == 0
    return cli


@pytest.fixture
def installation(workspace, database_url):
    opened = Installation.open(workspace, Settings(database_url=database_url, processes=3))
    yield opened
    opened.close()


def test_planning_and_sending_are_counted(ready, installation):
    tally = Tally()
    tick(installation, AT, tally=tally)
    tick(installation, AT, tally=tally)
    assert tally.settled == {("", "news", "planned"): 12, ("outbox", "news", "sent"): 12}


def test_what_is_stopped_is_counted_where_it_is_stopped(ready, installation):
    assert ready("opt-out", "P1", "news", "--at", BEFORE).code == 0
    tally = Tally()
    tick(installation, AT, sends=False, tally=tally)
    assert tally.settled == {("", "news", "planned"): 11, ("", "news", "skipped"): 1}
    tally = Tally()
    with installation.database.writing() as connection:
        connection.exec_driver_sql("UPDATE delivery SET dispatched_at = NULL WHERE state = 'planned'")
        connection.exec_driver_sql("UPDATE delivery SET expires_at = due_at WHERE person = 2")
    assert ready("opt-out", "P3", "news", "--at", BEFORE).code == 0
    tick(installation, AT.replace(minute=45), tally=tally)
    assert tally.settled == {
        ("", "news", "expired"): 1, ("", "news", "skipped"): 1, ("outbox", "news", "sent"): 9
    }  # fmt: skip


def test_several_processes_count_together(ready, installation, monkeypatch):
    monkeypatch.setattr(crew, "WORTH_IT", 4)
    monkeypatch.setattr(crew, "_TELL", 0.0)
    tally = Tally()
    report = tick(installation, AT, tally=tally)
    assert report.sent == 12
    assert tally.settled["outbox", "news", "sent"] == 12
