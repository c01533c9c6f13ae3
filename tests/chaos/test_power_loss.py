from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import power_recording
from tests.chaos.power_recording import Recording
from tests.chaos.power_trial import CONNECTIONS, try_outbox, try_recorded

pytestmark = pytest.mark.debian


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    with power_recording.sinking() as url:
        return power_recording.record(tmp_path_factory.mktemp("power"), 60, f"{url}?connections={CONNECTIONS}")


def test_what_left_is_not_forgotten_and_all_else_still_leaves(recording: Recording) -> None:
    report = try_recorded(recording, 100)
    assert not report.violations, "\n".join(report.violations)
    assert report.cuts == 100
    assert report.doubts, "none of the cuts came while something was under way"


def test_the_outbox_holds_everything_once(tmp_path: Path) -> None:
    report = try_outbox(tmp_path, 600, 40)
    assert not report.violations, "\n".join(report.violations)
    assert (report.cuts, report.doubts) == (40, 0)


def test_commits_that_are_not_synced_are_found_out(recording: Recording) -> None:
    """As with `synchronous=NORMAL`, of which these trials must be able to tell that it breaks the promise."""
    first, last = min(recording.left.values()), max(recording.left.values())
    calls = [
        # A sync that began before everything else makes nothing safe.
        replace(call, begun=-1) if call.name == "fdatasync" and first < call.begun < last else call
        for call in recording.calls
    ]
    violations = "\n".join(try_recorded(replace(recording, calls=calls), 20).violations)
    assert "had left and is planned" in violations
    assert "left 2 times" in violations
