"""A process that sends, killed in the middle, as often as a trial wants."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import update

from outreach.storage.database import Database
from outreach.storage.tables import delivery


def run_and_kill(database: Database, script: Path, *arguments: str, after: float | None) -> None:
    """Run a script that says `ready`, until it is killed after so many seconds; then dispatch what waits."""
    command = [sys.executable, str(script), *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        if after is None:
            assert process.wait(60) == 0
        else:
            time.sleep(after)
            process.kill()
    with database.writing() as connection:
        waiting = delivery.c.state == "planned"
        connection.execute(update(delivery).where(waiting).values(dispatched_at=delivery.c.planned_at))
