"""A mail server that takes longer to answer than a sender may be silent."""

from __future__ import annotations

from time import sleep

import pytest

from tests.chaos import trials
from tests.chaos.hardships import live_fast
from tests.chaos.oracle import read
from tests.chaos.programs import wait_until
from tests.chaos.sink import Manner
from tests.chaos.world import world


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_who_waits_for_answers_is_not_taken_for_dead(ready, tmp_path, kind):
    with world(tmp_path / "world", ready(kind, people=2), Manner(slowness=3), answer_timeout=30) as here:
        first = here.run(prepare=live_fast)
        wait_until(lambda: any(line.verdict == "together" for line in read(here.record)))
        # One that waits for a share, and one that looks for the dead when the first has long been silent.
        second = here.run(prepare=live_fast)
        sleep(2.4)
        third = here.run(prepare=live_fast)
        assert [program.wait() for program in (first, second, third)] == [0, 0, 0]
        report = trials.conclude(here, "slow", deaths=0)
    assert not report.violations
    assert not report.doubts
