from __future__ import annotations

import json
import math
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from outreach import __version__
from outreach.delivery.queues import Queues
from outreach.delivery.tally import Tally
from outreach.service import monitoring
from outreach.service.health import PATIENCE, Health, Watch
from outreach.service.listening import Address
from outreach.service.monitoring import alive, monitored, ready
from outreach.service.standing import Standing
from outreach.storage.database import Database, connect
from outreach.storage.marks import write_mark
from tests.unit.delivery.ledgers import NOW, add_deliveries, add_people
from tests.unit.service.test_health import Clock

SOME = Standing(7, Queues({"ready": 1}, timedelta(0), {}, {}))


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
def watch() -> Watch:
    return Watch(NOW)


@pytest.fixture
def where(database: Database, watch: Watch, tally: Tally) -> Iterator[Address]:
    with monitored("127.0.0.1:0", database, {"tick": watch}, tally, lambda: NOW) as address:
        assert address
        yield address


def read(where: Address, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://{where}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def document(where: Address, path: str) -> tuple[int, Any]:
    status, body = read(where, path)
    return status, json.loads(body)


def scrape(where: Address) -> dict[str, Metric]:
    status, body = read(where, "/metrics")
    assert status == 200
    return {family.name: family for family in text_string_to_metric_families(body)}


def values(family: Metric, *labels: str) -> dict[Any, float]:
    return {tuple(sample.labels[label] for label in labels): sample.value for sample in family.samples}


def test_deliveries_are_counted_by_channel_campaign_and_state(where: Address, tally: Tally) -> None:
    tally.add("smtp", "news", "sent", 41)
    tally.add("smtp", "news", "sent")
    tally.add("smtp", "welcome", "deferred")
    other = Tally()
    other.add("smtp", "news", "sent", 8)
    tally.merge(other)
    family = scrape(where)["outreach_deliveries"]
    assert family.type == "counter"
    assert values(family, "channel", "campaign", "state") == {
        ("smtp", "news", "sent"): 50, ("smtp", "welcome", "deferred"): 1
    }  # fmt: skip


def test_answers_of_a_server_are_a_histogram(where: Address, tally: Tally) -> None:
    for seconds in (0.0005, 0.001, 0.02, 3000.0):
        tally.took("smtp", seconds)
    family = scrape(where)["outreach_answer_seconds"]
    assert family.type == "histogram"
    found = {(one.name, one.labels.get("le")): one.value for one in family.samples if one.labels["channel"] == "smtp"}
    assert found["outreach_answer_seconds_bucket", "0.001"] == 2
    assert found["outreach_answer_seconds_bucket", "0.01"] == 2
    assert found["outreach_answer_seconds_bucket", "0.025"] == 3
    assert found["outreach_answer_seconds_bucket", "600.0"] == 3
    assert found["outreach_answer_seconds_bucket", "+Inf"] == found["outreach_answer_seconds_count", None] == 4
    assert math.isclose(found["outreach_answer_seconds_sum", None], 3000.0215)


def test_what_waits_is_read_from_the_ledger(where: Address, database: Database) -> None:
    people = add_people(database, 5)
    add_deliveries(database, people[:2], dispatched_at=NOW - timedelta(minutes=3))
    add_deliveries(database, people[2:], state="in_doubt")
    found = scrape(where)
    assert values(found["outreach_queue_deliveries"], "stage") == {
        ("waiting",): 0, ("due",): 0, ("ready",): 2, ("held",): 0, ("abandoned",): 0, ("in_doubt",): 3
    }  # fmt: skip
    assert values(found["outreach_queue_age_seconds"]) == {(): 180}
    assert values(found["outreach_database_up"]) == {(): 1}


def test_rounds_of_a_loop_are_told_with_their_time(where: Address, watch: Watch) -> None:
    assert values(scrape(where)["outreach_last_round_timestamp_seconds"], "loop") == {("tick",): 0}
    watch.failed("OSError", 1.0)
    watch.ticked(NOW, 2.5)
    found = scrape(where)
    assert values(found["outreach_rounds"], "loop", "outcome") == {("tick", "done"): 1, ("tick", "failed"): 1}
    assert {one.name: one.value for one in found["outreach_round_seconds"].samples} == {
        "outreach_round_seconds_count": 2, "outreach_round_seconds_sum": 3.5
    }  # fmt: skip
    assert values(found["outreach_last_round_seconds"], "loop") == {("tick",): 2.5}
    assert values(found["outreach_last_round_timestamp_seconds"], "loop") == {("tick",): NOW.timestamp()}


def test_the_program_tells_its_version_and_what_it_takes(where: Address) -> None:
    found = scrape(where)
    assert values(found["outreach_info" if "outreach_info" in found else "outreach"], "version") == {(__version__,): 1}
    assert values(found["process_resident_memory_bytes"])[()] > 1_000_000


def test_the_page_about_it_names_every_metric_and_no_other(where: Address, tally: Tally) -> None:
    tally.took("smtp", 1.0)
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "monitor.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(outreach_\w+)` \|", page, re.MULTILINE))
    shown = set(re.findall(r"^# TYPE (outreach_\w+)", read(where, "/metrics")[1], re.MULTILINE))
    assert told == shown
    assert set(re.findall(r"outreach_[a-z_]+", page)) <= shown


def test_a_healthy_service_says_so(where: Address, watch: Watch, database: Database) -> None:
    with database.writing() as connection:
        write_mark(connection, "release", "1")
    watch.ticked(NOW)
    assert document(where, "/healthz")[0] == 200
    status, body = document(where, "/readyz")
    assert (status, body["ready"], body["last_at"]) == (200, True, {"tick": NOW.isoformat()})
    assert body["checks"] == {name: {"ok": True, "why": ""} for name in ("database", "release", "tick")}


def test_before_the_first_release_it_is_alive_and_not_ready(where: Address) -> None:
    assert document(where, "/healthz")[0] == 200
    status, body = document(where, "/readyz")
    assert (status, body["checks"]["release"]) == (503, {"ok": False, "why": "nothing is published yet"})


def test_a_database_that_is_gone_stops_no_metric_of_the_process(tmp_path: Path, watch: Watch, tally: Tally) -> None:
    tally.add("smtp", "news", "sent")
    database = connect(f"sqlite:///{tmp_path / 'one.db'}")  # without a single table
    with monitored("127.0.0.1:0", database, {"tick": watch}, tally) as where:
        assert where
        found = scrape(where)
        assert values(found["outreach_database_up"]) == {(): 0}
        assert values(found["outreach_deliveries"], "campaign") == {("news",): 1}
        assert "outreach_queue_deliveries" not in found
        status, body = document(where, "/readyz")
        assert (status, body["checks"]["database"]["why"]) == (503, "the database cannot be read: OperationalError")
        assert document(where, "/healthz")[0] == 200
    database.close()


def test_connections_that_were_lost_are_made_anew(
    database: Database, watch: Watch, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitoring, "_FRESH", 0.0)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    with monitored("127.0.0.1:0", database, {"tick": watch}, tally) as where:
        assert where
        for _ in range(2):
            assert values(scrape(where)["outreach_database_up"]) == {(): 1}
            if database.dialect == "postgresql":
                url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
                with psycopg.connect(url) as connection:
                    connection.execute(others, [database.engine.url.database])
                scrape(where)  # finds the connection of its pool broken


def test_without_an_address_nobody_listens(watch: Watch, tally: Tally) -> None:
    with monitored("", connect("sqlite://"), {"tick": watch}, tally) as where:
        assert where is None


def test_where_one_loop_hangs_the_whole_is_not_alive() -> None:
    clock = Clock()
    tick, sending = Watch(NOW, monotonic=clock), Watch(NOW, monotonic=clock)
    assert alive({"tick": tick.health, "sending": sending.health})[0]
    clock.seconds += PATIENCE.total_seconds() + 1
    tick.beat()
    healths = {"tick": tick.health, "sending": sending.health}
    is_alive, body = alive(healths)
    assert (is_alive, body["silence_seconds"]) == (False, {"tick": 0, "sending": 901})
    assert body["checks"]["sending"]["why"] == "no sign of life for 901 seconds"
    assert ready(healths, SOME)[1]["checks"]["sending"] == body["checks"]["sending"]
    assert not ready(healths, SOME)[0]


def test_one_whose_rounds_fail_is_alive_and_not_ready() -> None:
    healths = {"tick": Health(NOW, failures=2, last_error="OperationalError")}
    assert alive(healths)[0]
    assert ready(healths, SOME)[1]["checks"]["tick"]["why"] == "the last one failed: OperationalError"
    assert not ready(healths, SOME)[0]
