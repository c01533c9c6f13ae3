"""A mail server that does wrong, at every point of the dialogue and in every way."""

from __future__ import annotations

import pytest

from tests.chaos import trials
from tests.chaos.amounts import amount
from tests.chaos.faults import COMBINATIONS


@pytest.mark.parametrize("seed", range(amount(2, wide=20)))
@pytest.mark.parametrize(("point", "fault"), COMBINATIONS)
def test_a_mail_server_that_does_wrong_costs_nothing_but_time(ready, tmp_path, point, fault, seed):
    report = trials.harm(ready(("sqlite", "postgresql")[seed % 2]), tmp_path / "world", point, fault, seed)
    assert not report.violations
    assert report.struck
