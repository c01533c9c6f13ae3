from __future__ import annotations

from datetime import UTC, datetime, timedelta

from outreach.service.health import PATIENCE, Watch

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_failures_show_in_the_health_until_a_tick_ends_well() -> None:
    watch = Watch(NOW)
    watch.failed("OSError", 2.0)
    watch.failed("OSError")
    assert (watch.health.is_well, watch.health.failures, watch.health.last_error) == (False, 2, "OSError")
    watch.ticked(NOW, 0.5)
    health = watch.health
    assert (health.is_well, health.last_error, health.failed, health.ticks) == (True, "", 2, 1)
    assert (health.seconds, health.last_seconds) == (2.5, 0.5)


def test_it_is_alive_as_long_as_it_gives_signs_of_life() -> None:
    clock = Clock()
    watch = Watch(NOW, every=timedelta(minutes=1), monotonic=clock)
    for sign in (watch.beat, lambda: watch.ticked(NOW), lambda: watch.failed("OSError")):
        clock.seconds += (PATIENCE + timedelta(minutes=1)).total_seconds()
        assert watch.health.is_alive
        clock.seconds += 1
        assert not watch.health.is_alive
        assert watch.health.silence == PATIENCE + timedelta(seconds=61)
        sign()
        assert watch.health.is_alive
