"""A disk without room, a database that may only be read: a clear error, nothing lost, and on when it is mended."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.chaos import trials
from tests.chaos.hardships import be_nobody, run_out_of_room
from tests.chaos.oracle import read
from tests.chaos.world import world


def judged(here, deaths):
    report = trials.conclude(here, "disk", deaths)
    assert not report.violations
    return report


@pytest.mark.parametrize("room", [40_000, 150_000, 250_000, 350_000])
def test_a_full_disk_is_told_and_costs_nothing(ready, tmp_path, room):
    with world(tmp_path / "world", ready("sqlite")) as here:
        program = here.run(prepare=run_out_of_room, arguments=(room,))
        assert program.wait() == 1, program.output + program.errors
        assert "disk" in program.answer["error"]["what"]
        assert program.answer["error"]["remedy"]
        judged(here, deaths=1)


def test_a_file_that_may_only_be_read_is_told_and_nothing_leaves(ready):
    # Not below pytest's own folder, into which nobody else may look.
    with tempfile.TemporaryDirectory() as base, world(Path(base) / "world", ready("sqlite")) as here:
        Path(base).chmod(0o755)
        _let_only_read(here, True)
        program = here.run(prepare=be_nobody)
        assert program.wait() == 1, program.output + program.errors
        assert program.answer["error"]["remedy"]
        assert not read(here.record)
        _let_only_read(here, False)
        assert not judged(here, deaths=0).doubts


def _let_only_read(here, is_so):
    """The folder too: SQLite writes beside its file."""
    for path in (here.folder, here.root / "var", here.ledger.file):
        mode = 0o755 if path.is_dir() else 0o644
        path.chmod(mode & 0o555 if is_so else mode)


def test_a_database_that_may_only_be_read_is_told_and_nothing_leaves(ready, tmp_path):
    with world(tmp_path / "world", ready("postgresql")) as here:
        name = here.ledger.url.database
        here.ledger.change(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        program = here.run()
        assert program.wait() == 1, program.output + program.errors
        assert program.answer["error"]["remedy"]
        assert not read(here.record)
        here.ledger.change(
            "SET TRANSACTION READ WRITE", f'ALTER DATABASE "{name}" SET default_transaction_read_only = off'
        )
        assert not judged(here, deaths=0).doubts
