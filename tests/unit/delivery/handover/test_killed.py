"""Nothing twice and nothing lost under kill -9: what stands in the lists, against what the ledger says."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

from outreach.delivery.channels.handover import Lists
from outreach.storage.database import Database
from tests.unit.delivery.handover.reading import read_all
from tests.unit.delivery.killing import run_and_kill
from tests.unit.delivery.ledgers import add_deliveries, add_people, rows

KILLS = max(3, int(os.environ.get("OUTREACH_TRIALS", "100")) // 50)
SCRIPT = Path(__file__).with_name("handing_over_process.py")


def hand_over(database: Database, database_url: str, folder: Path, kill_after: float | None) -> None:
    """Hand over, until killed after so many seconds; then dispatch what waits."""
    run_and_kill(database, SCRIPT, database_url, str(folder), after=kill_after)


def test_who_is_killed_while_handing_over_leaves_every_line_in_one_list(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    people = add_people(database, 200)
    add_deliveries(database, people, channel="handover")
    folder, chance, left = tmp_path / "lists", random.Random(3), []
    for _ in range(KILLS):
        hand_over(database, database_url, folder, chance.uniform(0.05, 0.6))
        left.append(sum(row.state == "planned" for row in rows(database)))
    # Twice: the first of them settles what the last kill left, and dispatch comes after it.
    hand_over(database, database_url, folder, None)
    hand_over(database, database_url, folder, None)
    lists = Lists(folder)
    listed = Counter(line["key"] for line in read_all(folder))
    assert left[0] > 0, "it was never killed in the middle"
    assert listed == Counter(f"news/welcome/once/0/{person}" for person in people)
    assert {row.state for row in rows(database)} == {"sent"}
    assert all((lists.folder / name.file("xlsx")).is_file() for name in lists.names())
    assert not list(folder.glob(".draft-*"))
