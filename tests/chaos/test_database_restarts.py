"""The database falls over in the middle of sending and stands up again."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount
from tests.chaos.fragile import FragileServer
from tests.chaos.ledgers import PostgreSQLLedgers
from tests.chaos.world import make_ready


@pytest.fixture(scope="module")
def server():
    # Not below pytest's own folder, into which PostgreSQL's user may not look.
    with tempfile.TemporaryDirectory(prefix="outreach-fragile-", ignore_cleanup_errors=True) as folder:
        yield FragileServer(Path(folder) / "data")


@pytest.fixture(scope="module")
def ready_there(tmp_path_factory, server):
    return make_ready(tmp_path_factory.mktemp("ready"), PostgreSQLLedgers(server.url), 100)


@pytest.mark.parametrize("seed", range(amount(2, wide=6)))
def test_a_database_that_restarts_loses_nothing(ready_there, server, tmp_path, seed):
    report = trials.restart(ready_there, server, tmp_path / "world", seed, times=3)
    assert not report.violations
