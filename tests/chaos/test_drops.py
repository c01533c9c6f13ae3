"""What HR puts into a drop folder is applied once and in turn, and kept, although the takers are killed."""

from __future__ import annotations

import pytest

from tests.chaos import drops
from tests.chaos.amounts import amount


@pytest.mark.parametrize("seed", range(amount(2, 40)))
def test_killed_takers_lose_no_file_apply_none_twice_and_keep_the_order(place, tmp_path, seed):
    assert drops.trial(tmp_path / "drop", place.url, seed).violations == []
