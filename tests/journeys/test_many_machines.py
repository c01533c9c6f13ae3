"""Sending by many machines: what the mail server took is the witness, and nothing of ours writes to its record."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from outreach.delivery.engines.distributed import SHARE
from tests.contracts.servers import Server, running, unused_port, wait_for
from tests.databases import Place, PostgreSQL
from tests.journeys.distant_server import far_away
from tests.journeys.machines import Machines, machines

PEOPLE = 300


@pytest.fixture
def place(postgresql_server: PostgreSQL) -> Place:
    return postgresql_server.place()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with running(tmp_path / "mail") as server:
        yield server


@pytest.fixture
def crew(workspace: Path, database_url: str, server: Server) -> Iterator[Machines]:
    with machines(workspace, database_url, server.url(connections="4")) as crew:
        yield crew


def took(server: Server) -> Counter[str]:
    """How often the server took a message to each address."""
    return Counter(one["to"] for one in server.arrived())


def everybody(count: int) -> Counter[str]:
    return Counter({f"p{number}@example.org": 1 for number in range(1, count + 1)})


def test_a_worker_sends_what_is_let_go_and_leaves_no_job(crew: Machines, server: Server) -> None:
    machine = crew.ready()
    crew.people(10)
    began = time.monotonic()
    crew.let_go()
    crew.until(sent=10)
    # It was woken: by itself it looks but once a minute.
    assert time.monotonic() - began < 20
    assert took(server) == everybody(10)
    wait_for(lambda: crew.jobs() == [])
    assert machine.ends() < 10
    assert (machine.process.returncode, crew.alive()) == (0, 0)


def test_what_nobody_was_woken_for_is_found_at_the_start(crew: Machines, server: Server) -> None:
    crew.people(10)
    crew.let_go(calling=False)
    crew.start()
    crew.until(sent=10)
    assert took(server) == everybody(10)


def test_who_watches_a_machine_sees_what_all_its_processes_did(crew: Machines) -> None:
    port = unused_port()
    crew.ready(2, listen=str(port))
    crew.people(10)
    crew.let_go()
    sent = 'outreach_deliveries_total{campaign="news",channel="smtp",state="sent"} 10.0'
    wait_for(lambda: sent in _page(port, "metrics"), 30)
    document = json.loads(_page(port, "healthz"))
    assert document["checks"].keys() == {"sender-1", "sender-2"}
    assert document["alive"]
    assert json.loads(_page(port, "readyz"))["ready"]


def _page(port: int, name: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", timeout=10) as answer:
        return str(answer.read(), "utf-8")


def test_two_machines_share_a_mailing_and_nobody_gets_it_twice(crew: Machines, server: Server) -> None:
    both = crew.ready(), crew.ready()
    crew.people(PEOPLE * 3)
    crew.let_go()
    crew.until(sent=PEOPLE * 3)
    assert took(server) == everybody(PEOPLE * 3)
    for machine in both:
        machine.ends()
    sent = [sum(line["sent"] for line in machine.told() if line["event"] == "sent") for machine in both]
    assert sum(sent) == PEOPLE * 3
    assert all(sent), "one of them did nothing"


def test_more_workers_send_more_to_a_server_that_is_far_away(crew: Machines) -> None:
    crew.people(SHARE * 3)
    with far_away(0.05) as port:
        url = f"smtp://127.0.0.1:{port}?connections="
        alone, together = _seconds(crew, 1, f"{url}20"), _seconds(crew, 3, f"{url}60")
    # What else this machine has to do decides how far it is from three times.
    assert alone / together > 1.2


def _seconds(crew: Machines, number: int, smtp_url: str) -> float:
    """How long so many processes take for the mailing."""
    machine = crew.ready(number, smtp_url=smtp_url)
    crew.wait_again()
    began = time.monotonic()
    crew.let_go()
    crew.until(sent=SHARE * 3)
    seconds = time.monotonic() - began
    machine.ends()
    return seconds


def test_a_worker_of_another_version_may_say_more(crew: Machines, server: Server) -> None:
    crew.ready()
    crew.people(10)
    crew.let_go(calling=False)
    with crew.database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
                """VALUES ('send', 'outreach.send', '{"of_a_later_version": [1]}'), ('send', 'outreach.later', '{}')"""
            )
        )
    crew.until(sent=10)
    assert took(server) == everybody(10)
    wait_for(lambda: crew.jobs() == [])


def test_a_worker_that_is_killed_loses_nothing_and_its_job_is_taken_up(crew: Machines, server: Server) -> None:
    doomed = crew.ready()
    crew.people(PEOPLE)
    crew.let_go()
    wait_for(lambda: len(server.arrived()) > 20, 30)
    (sender,) = doomed.senders()
    os.kill(doomed.process.pid, signal.SIGKILL)
    os.kill(sender, signal.SIGKILL)
    assert [job.status for job in crew.jobs()] == ["doing"]

    crew.silence()
    crew.ready()
    # What the dead one had taken and not begun goes back to dispatch.
    wait_for(crew.waiting, 30)
    crew.let_go()
    wait_for(lambda: crew.states().keys() <= {"sent", "in_doubt"}, 30)
    states = crew.states()
    assert states["in_doubt"] <= 4
    assert states["sent"] + states["in_doubt"] == PEOPLE
    arrived = took(server)
    assert set(arrived.values()) == {1}
    assert states["sent"] <= arrived.total() <= PEOPLE
    wait_for(lambda: crew.jobs() == [], 30)


def test_a_process_that_dies_is_started_again(crew: Machines, server: Server) -> None:
    machine = crew.ready(2)
    first, other = machine.senders()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(machine.senders()) == 2 and first not in machine.senders(), 20)
    assert other in machine.senders()
    wait_for(lambda: any(line["event"] == "a process died" for line in machine.told()), 20)
    assert [line["code"] for line in machine.told() if line["event"] == "a process died"] == [-signal.SIGKILL]


def test_the_processes_of_a_machine_do_not_outlive_it(crew: Machines, server: Server) -> None:
    machine = crew.ready(2)
    orphans = machine.senders()
    os.kill(machine.process.pid, signal.SIGKILL)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in orphans), 20)
    assert crew.alive() == 0


def test_a_worker_that_is_asked_to_end_finishes_what_is_under_way(crew: Machines, server: Server) -> None:
    machine = crew.ready(2)
    crew.people(PEOPLE * 3)
    crew.let_go()
    wait_for(lambda: len(server.arrived()) > 20, 30)
    assert machine.ends() < 10
    assert machine.process.returncode == 0
    states = crew.states()
    assert states.keys() == {"sent", "planned"}
    assert took(server).total() == states["sent"]
    assert crew.alive() == 0


def test_who_leaves_calls_those_who_stay(crew: Machines, server: Server) -> None:
    leaves = crew.ready()
    crew.people(PEOPLE * 2)
    crew.let_go()
    wait_for(lambda: len(server.arrived()) > 20, 30)
    crew.ready()
    began = time.monotonic()
    leaves.ends()
    crew.until(sent=PEOPLE * 2)
    assert time.monotonic() - began < 30
    assert took(server) == everybody(PEOPLE * 2)


@pytest.mark.parametrize(
    ("changed", "says", "remedy"),
    [
        ({"database_url": ""}, "a file of SQLite", "outreach serve"),
        ({"smtp_url": ""}, "no mail server is set", "OUTREACH_SMTP_URL"),
        ({"secret": "another"}, "another secret", "OUTREACH_SECRET"),
        ({"secret": ""}, "has not the secret", "OUTREACH_SECRET"),
    ],
)
def test_a_machine_that_cannot_work_says_why_and_leaves_nothing_behind(
    crew: Machines, changed: dict[str, str], says: str, remedy: str
) -> None:
    machine = crew.start(**changed)
    assert machine.process.wait(30) == 1
    what, then = machine.log.read_text().splitlines()
    assert says in what
    assert remedy in then
    assert [file.name for file in machine.log.parent.iterdir()] == ["log"]


def test_run_leaves_the_sending_to_workers_while_there_are_any(crew: Machines, server: Server) -> None:
    crew.people(10)
    machine = crew.ready()
    done = crew.run("--json")
    assert {name: done[name] for name in ("sent", "handed_over", "workers")} == {
        "sent": 0, "handed_over": 10, "workers": 1,
    }  # fmt: skip
    crew.until(sent=10)
    machine.ends()
    crew.wait_again()
    done = crew.run("--json")
    assert {name: done[name] for name in ("sent", "handed_over", "workers")} == {
        "sent": 10, "handed_over": 0, "workers": 0,
    }  # fmt: skip
    assert crew.jobs() == []
    assert set(took(server).values()) == {2}


def test_serve_leaves_the_sending_to_workers_too(crew: Machines, server: Server) -> None:
    crew.people(10)
    machine = crew.ready()
    with crew.serving() as service:
        crew.until(sent=10)
    assert [line["handed_over"] for line in service.told() if line["event"] == "tick"] == [10]
    assert [line["sent"] for line in machine.told() if line["event"] == "sent"] == [10]


def test_a_run_as_of_another_time_sends_by_itself(crew: Machines, server: Server) -> None:
    crew.ready()
    crew.people(10)
    done = crew.run("--json", "--at", datetime.now(UTC).isoformat())
    assert (done["handed_over"], done["workers"]) == (0, 0)
    crew.until(sent=10)
    assert took(server) == everybody(10)


def test_workers_outlive_a_database_that_goes_away(crew: Machines, server: Server, place: Place) -> None:
    crew.ready(2, every=1)
    crew.people(PEOPLE)
    crew.let_go()
    wait_for(lambda: len(server.arrived()) > 20, 30)
    for seconds in (0.0, 3.0):
        _be_away(place, seconds)
        time.sleep(0.5)
    wait_for(lambda: _in_peace(crew.states) == Counter(sent=PEOPLE), 60)
    assert took(server) == everybody(PEOPLE)
    wait_for(lambda: crew.alive() >= 2, 30)


def _be_away(place: Place, seconds: float) -> None:
    """Break every connection to the database, and let none in for so long."""
    name = place.url.database
    server = psycopg.connect(place.url.set(database="postgres").render_as_string(hide_password=False), autocommit=True)
    with server:
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        time.sleep(seconds)
        server.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def _in_peace(states: Callable[[], Counter[str]]) -> Counter[str]:
    """What the ledger says; nothing, where this connection of the test's own broke, too."""
    try:
        return states()
    except OperationalError:
        return Counter()
