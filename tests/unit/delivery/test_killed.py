"""The promise, by a witness of its own: what the mail server took, against what the ledger says, after kill -9."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

from outreach.storage.database import Database
from tests.contracts.servers import Server, running
from tests.unit.delivery.killing import run_and_kill
from tests.unit.delivery.ledgers import add_deliveries, add_people, rows

CONNECTIONS = 3
KILLS = max(2, int(os.environ.get("OUTREACH_TRIALS", "100")) // 50)
SCRIPT = Path(__file__).with_name("sender_process.py")


def run_sender(database: Database, database_url: str, server: Server, kill_after: float | None) -> None:
    """Send, until killed after so many seconds; then dispatch what waits."""
    run_and_kill(database, SCRIPT, database_url, server.url(connections=str(CONNECTIONS)), after=kill_after)


def test_a_sender_killed_again_and_again_loses_nothing_doubles_nothing_and_lists_its_doubts(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    people = add_people(database, 400)
    add_deliveries(database, people)
    chance = random.Random(1)
    with running(tmp_path) as server:
        for _ in range(KILLS):
            run_sender(database, database_url, server, chance.uniform(0.05, 0.5))
        # Twice: the first of them settles what the last kill left, and dispatch comes after it.
        run_sender(database, database_url, server, None)
        run_sender(database, database_url, server, None)
        arrived = Counter(one["to"] for one in server.arrived())
    states = {f"p{people.index(row.person) + 1}@example.org": row.state for row in rows(database)}
    assert {arrived[to] for to, state in states.items() if state == "sent"} == {1}
    assert {arrived[to] for to, state in states.items() if state == "in_doubt"} <= {0, 1}
    assert set(states.values()) <= {"sent", "in_doubt"}
    assert list(states.values()).count("in_doubt") <= CONNECTIONS * KILLS
