from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from outreach.storage.database import Database, connect
from outreach.storage.locks import held


def test_a_lock_is_held_by_one_alone_and_free_afterwards(database: Database) -> None:
    with held(database) as first:
        assert first
        with held(database) as second:
            assert not second
    with held(database) as third:
        assert third


def test_locks_of_other_names_do_not_touch_it(database: Database) -> None:
    with held(database, "tick") as one, held(database, "import") as other:
        assert (one, other) == (True, True)


def test_an_error_gives_the_lock_back(database: Database) -> None:
    with pytest.raises(ValueError, match="broken"), held(database):
        raise ValueError("broken")
    with held(database) as free:
        assert free


def test_a_thread_that_comes_second_is_told(database: Database) -> None:
    found: list[bool] = []

    def look() -> None:
        with held(database) as free:
            found.append(free)

    with held(database):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert found == [False]


def test_a_process_that_dies_gives_its_lock_back(database: Database, database_url: str) -> None:
    program = (
        "import sys\nfrom outreach.storage.database import connect\nfrom outreach.storage.locks import held\n"
        "with held(connect(sys.argv[1])) as free:\n print(free, flush=True)\n sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program, database_url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "True\n"
    with held(database) as free:
        assert not free
    process.kill()
    process.communicate()
    for _ in range(500):  # the server notices the lost connection when it next looks
        with held(database) as free:
            if free:
                break
    assert free


def test_a_database_in_memory_has_locks_too() -> None:
    database = connect("sqlite://")
    with held(database) as one, held(database) as other:
        assert (one, other) == (True, False)
    database.close()
