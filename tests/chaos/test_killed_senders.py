"""Senders that die anywhere: nothing is lost, nothing is sent twice, and what nobody can know is listed."""

from __future__ import annotations

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount
from tests.chaos.lying_in_wait import POINTS, Death, lie_in_wait
from tests.chaos.world import world

KINDS = ("sqlite", "postgresql")


@pytest.mark.parametrize("seed", range(amount(40, wide=200)))
def test_a_sender_that_dies_loses_nothing_and_sends_nothing_twice(ready, tmp_path, seed):
    report = trials.kill(ready(KINDS[seed % 2]), tmp_path / "world", seed)
    assert not report.violations


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("point", POINTS)
def test_every_point_is_met_and_survived(ready, tmp_path, kind, point, before):
    with world(tmp_path / "world", ready(kind)) as here:
        program = here.run(prepare=lie_in_wait, arguments=(Death(point, before, 1),))
        assert program.wait() == -9
        report = trials.conclude(here, point, deaths=1)
    assert not report.violations
