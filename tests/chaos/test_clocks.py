"""A clock that jumps in the middle of sending: ours, SQLite's, PostgreSQL's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount
from tests.chaos.hardships import keep_time_by
from tests.chaos.oracle import read
from tests.chaos.programs import wait_until
from tests.chaos.sink import Manner
from tests.chaos.world import world


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", range(amount(1, wide=5)))
def test_a_clock_that_jumps_sends_nothing_twice(ready, tmp_path, kind, hours, seed):
    report = trials.jump(ready(kind), tmp_path / "world", seed, timedelta(hours=hours))
    assert not report.violations


@pytest.mark.debian
@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_whole_machine_whose_clock_jumps_sends_nothing_twice(ready, tmp_path, kind, hours):
    file = tmp_path / "clock"
    file.write_text("+0")
    with world(tmp_path / "world", ready(kind), Manner(latency=0.1)) as here:
        runs = [here.start("run", "--json", prepare=keep_time_by, arguments=(file,)) for _ in range(3)]
        wait_until(lambda: sum(line.verdict == "taken" for line in read(here.record)) > 10)
        file.write_text(f"{hours:+}h")
        assert [program.wait() for program in runs] == [0, 0, 0]
        report = trials.conclude(here, "clock", deaths=1)
    assert not report.violations
    assert report.taken
