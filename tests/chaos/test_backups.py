"""A database that was restored from a backup: it sends nothing unasked, and says what it would send."""

from __future__ import annotations

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount


@pytest.mark.parametrize("seed", range(amount(6, wide=50)))
def test_a_restored_backup_sends_nothing_unasked(ready, tmp_path, seed):
    report = trials.restore(ready(("sqlite", "postgresql")[seed % 2]), tmp_path / "world", seed)
    assert not report.violations
