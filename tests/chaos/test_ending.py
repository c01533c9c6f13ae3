"""SIGTERM in the middle of sending: what is under way is finished, the rest waits for the next run."""

from __future__ import annotations

from time import monotonic

import pytest

from tests.chaos import trials
from tests.chaos.oracle import read
from tests.chaos.programs import wait_until
from tests.chaos.sink import Manner
from tests.chaos.world import world

#: Seconds in which a supervisor expects a program to be gone.
_SOON = 5


@pytest.mark.parametrize("words", [("run",), ("serve", "--every", "1")], ids=["run", "serve"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_it_ends_in_peace(ready, tmp_path, kind, words):
    with world(tmp_path / "world", ready(kind), Manner(latency=0.05)) as here:
        program = here.start(*words)
        wait_until(lambda: sum(line.verdict == "taken" for line in read(here.record)) > 10)
        asked = monotonic()
        program.terminate()
        assert program.wait() == 0, program.errors
        assert monotonic() - asked < _SOON
        assert here.open(), "it was over before it was asked to end"
        assert not here.ledger.number("SELECT count(*) FROM delivery WHERE state IN ('attempting', 'in_doubt')")
        report = trials.conclude(here, "ending", deaths=0)
    assert not report.violations
    assert not report.doubts
