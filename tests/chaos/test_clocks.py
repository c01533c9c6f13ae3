"""A clock that jumps in the middle of sending: ours, SQLite's, PostgreSQL's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("seed", range(amount(1, wide=5)))
def test_a_clock_that_jumps_sends_nothing_twice(ready, tmp_path, kind, hours, seed):
    report = trials.jump(ready(kind), tmp_path / "world", seed, timedelta(hours=hours))
    assert not report.violations
