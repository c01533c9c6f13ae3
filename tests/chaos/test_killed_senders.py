"""Senders that die anywhere: nothing is lost, nothing is sent twice, and what nobody can know is listed."""

from __future__ import annotations

from itertools import product

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount
from tests.chaos.lying_in_wait import POINTS, Death, lie_in_wait
from tests.chaos.sink import Manner
from tests.chaos.world import world

KINDS = ("sqlite", "postgresql")
#: Before and after each point.
MOMENTS = tuple(product(POINTS, (True, False)))


@pytest.mark.parametrize("seed", range(amount(12, wide=400 - 2 * len(MOMENTS))))
def test_a_sender_that_dies_loses_nothing_and_sends_nothing_twice(ready, tmp_path, seed):
    report = trials.kill(ready(KINDS[seed % 2]), tmp_path / "world", seed)
    assert not report.violations


@pytest.mark.parametrize("turn", range(amount(1, wide=2)))
@pytest.mark.parametrize(("point", "before"), MOMENTS, ids=lambda one: {True: "before", False: "after"}.get(one, one))
def test_death_at_every_point_is_survived(ready, tmp_path, point, before, turn):
    kind = KINDS[(MOMENTS.index((point, before)) + turn) % 2]
    with world(tmp_path / "world", ready(kind), Manner(latency=0.01)) as here:
        # The first leaves something behind for the second to take up.
        for death in (Death("let go", before=False, after=9), Death(point, before, after=0)):
            assert here.run(prepare=lie_in_wait, arguments=(death,)).wait() == -9
            here.bury()
        report = trials.conclude(here, point, deaths=2)
    assert not report.violations
