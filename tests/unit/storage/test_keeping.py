from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from outreach.storage.keeping import keep


def test_what_was_made_first_is_what_all_find(tmp_path):
    path, numbers = tmp_path / "folder" / "name", count()
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: keep(path, lambda: f"number {next(numbers)}"), range(8)))
    assert found == {path.read_text()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["name"]


def test_a_file_that_cannot_be_made_leaves_nothing_behind(tmp_path):
    def fail():
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        keep(tmp_path / "name", fail)
    assert not list(tmp_path.iterdir())
