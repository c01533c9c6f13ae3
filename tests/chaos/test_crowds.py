"""Many senders on one ledger at once."""

from __future__ import annotations

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount


@pytest.mark.parametrize("seed", range(amount(20, wide=200)))
def test_two_crons_beside_serve_beside_eight_others_send_each_once(ready, tmp_path, seed):
    report = trials.crowd(ready(("sqlite", "postgresql")[seed % 2]), tmp_path / "world", seed)
    assert not report.violations
