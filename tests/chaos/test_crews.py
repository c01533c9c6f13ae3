"""Several processes that send for one run, or for all: some of them die."""

from __future__ import annotations

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount


@pytest.mark.parametrize("seed", range(amount(3, wide=12)))
def test_a_crew_that_loses_somebody_loses_no_message(ready, tmp_path, seed):
    report = trials.crew(ready(("sqlite", "postgresql")[seed % 2]), tmp_path / "world", seed)
    assert not report.violations


@pytest.mark.parametrize("seed", range(amount(2, wide=10)))
def test_workers_that_die_lose_no_message(ready, tmp_path, seed):
    report = trials.fleet(ready("postgresql"), tmp_path / "world", seed)
    assert not report.violations
