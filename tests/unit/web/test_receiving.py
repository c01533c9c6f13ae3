"""The doors for events and outcomes over HTTP: one effect of each message, and none of a forged one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Event

import pytest
import requests
from fastapi import FastAPI
from sqlalchemy import func, select

from outreach.roster.importing import import_roster
from outreach.storage.tables import event, event_aside, outcome, posted
from outreach.web import tokens
from outreach.web.api import routes
from outreach.web.api.receiving import REMEMBERED, forget
from tests.chaos.amounts import amount
from tests.hostile import webhooks
from tests.unit.web.doors import OTHER, SECRET, installation_of, post, served, signed

TODAY = date(2026, 11, 27)
NOW = datetime.now(UTC)
HIRED = {"person": "P1", "event": "hired", "date": "2026-11-20"}
CAME = {"person": "P1", "outcome": "infosession-registered", "date": "2026-11-20"}
#: Letters of the wild crowd.
LETTERS = amount(120, 2000)


@pytest.fixture
def woken():
    return Event()


@pytest.fixture
def doors(workspace, database_url, woken):
    """The address of the doors, on a roster of five people."""
    installation = installation_of(workspace, database_url, events_secret=f"{SECRET} {OTHER}")
    people = [{"person_id": f"P{n}", "status": "active", "email": f"p{n}@staff.example"} for n in range(1, 6)]
    import_roster(installation.database, people, installation.workspace(), source="payroll", now=NOW, today=TODAY)
    app = FastAPI()
    app.include_router(routes.router(installation, lambda: datetime.now(UTC), woken.set))
    with served(app) as address:
        yield address
    installation.close()


def count(database, table):
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_signed_event_is_on_record_when_it_is_answered_and_wakes_planning(doors, database, woken):
    answer = post(f"{doors}/api/events", "msg_1", HIRED)
    assert (answer.status_code, answer.json()) == (200, {"accepted": 1})
    with database.reading() as connection:
        assert connection.execute(select(event.c["kind", "source"])).all() == [("hired", "api")]
    assert woken.is_set()


def test_a_batch_is_taken_as_a_whole_or_not_at_all(doors, database, woken):
    wrong = post(f"{doors}/api/events", "msg_1", [HIRED, HIRED | {"event": "hird"}])
    assert wrong.status_code == 422
    assert wrong.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["#/1/event"]
    assert (count(database, event), woken.is_set()) == (0, False)
    mended = [HIRED, HIRED | {"person": "P2"}, HIRED | {"person": "nobody yet"}]
    assert post(f"{doors}/api/events", "msg_1", mended).json() == {"accepted": 3}
    assert (count(database, event), count(database, event_aside)) == (2, 1)


def test_the_same_message_again_changes_nothing_and_another_one_under_its_id_is_refused(doors, database):
    first, again = (post(f"{doors}/api/events", "msg_1", HIRED) for _ in range(2))
    assert (again.status_code, again.content) == (200, first.content)
    assert post(f"{doors}/api/events", "msg_1", HIRED | {"person": "P2"}).status_code == 409
    assert post(f"{doors}/api/outcomes", "msg_1", CAME).status_code == 200  # another door, another book
    assert (count(database, event), count(database, outcome), count(database, posted)) == (1, 1, 2)


def test_an_outcome_of_somebody_unknown_is_named_and_nothing_taken(doors, database):
    answer = post(f"{doors}/api/outcomes", "msg_1", [CAME, CAME | {"person": "stranger"}])
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/1/person")
    assert "stranger" not in answer.text
    assert (count(database, outcome), count(database, posted)) == (0, 0)


def test_a_token_lets_in_where_its_scope_says(doors, database):
    secret = tokens.write(bytes(32))
    with database.writing() as connection:
        tokens.make(connection, secret, "payroll", ("events",), NOW + timedelta(days=1), NOW, "tester")
    headers = {"authorization": f"Bearer {secret}", "webhook-id": "msg_1"}
    assert requests.post(f"{doors}/api/events", json=HIRED, headers=headers, timeout=10).status_code == 200
    refused = requests.post(f"{doors}/api/outcomes", json=CAME, headers=headers, timeout=10)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    with database.reading() as connection:
        assert connection.scalar(select(event.c.source)) == "api:payroll"


def test_a_token_that_is_none_is_not_made_good_by_a_signature(doors):
    headers = signed("msg_1", "{}") | {"authorization": "Bearer outreach_x"}
    assert requests.post(f"{doors}/api/events", b"{}", headers=headers, timeout=10).status_code == 401


def test_what_is_called_no_json_is_refused(doors):
    headers = signed("msg_1", "{}") | {"content-type": "text/plain"}
    assert requests.post(f"{doors}/api/events", b"{}", headers=headers, timeout=10).status_code == 415


def test_replayed_reordered_and_forged_messages_have_one_effect_each_and_none(tmp_path, database_url):
    report = webhooks.trial(tmp_path / "webhooks", database_url, 7, LETTERS)
    assert report.violations == []
    assert report.counts["forged"] > LETTERS / 5


def test_ids_are_forgotten_when_they_are_old(doors, database):
    post(f"{doors}/api/events", "msg_1", HIRED)
    with database.writing() as connection:
        assert forget(connection, NOW) == 0
        assert forget(connection, NOW + REMEMBERED + timedelta(hours=1)) == 1
    assert post(f"{doors}/api/events", "msg_1", HIRED).status_code == 200
    assert count(database, event) == 1


@pytest.mark.parametrize(
    "hostile", ["'); DROP TABLE person; --", "=cmd|' /C calc'!A0", "{{ 7*7 }}", "../../etc/passwd"]
)
def test_a_hostile_number_is_kept_as_text_and_nothing_more(doors, database, hostile, caplog):
    assert post(f"{doors}/api/events", "msg_1", HIRED | {"person": hostile}).status_code == 200
    with database.reading() as connection:
        assert connection.scalars(select(event_aside.c.person_id)).all() == [hostile]
    assert hostile not in caplog.text
