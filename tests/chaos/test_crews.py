"""One run that sends by several processes, some of which die."""

from __future__ import annotations

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount


@pytest.mark.parametrize("seed", range(amount(3, wide=12)))
def test_a_crew_that_loses_somebody_loses_no_message(ready, tmp_path, seed):
    report = trials.crew(ready(("sqlite", "postgresql")[seed % 2]), tmp_path / "world", seed)
    assert not report.violations
    assert report.killed or report.runs
