from __future__ import annotations

import signal
import threading

import pytest

from outreach.service.ending import asked_to_end


class Watched(threading.Event):
    """Knows who set it."""

    by: threading.Thread | None = None

    def set(self) -> None:
        self.by = threading.current_thread()
        super().set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_to_end_and_waits_for_no_lock(number: signal.Signals) -> None:
    ending = Watched()
    with asked_to_end(ending):
        signal.raise_signal(number)
        assert ending.wait(10)
    # A handler that sets it in the main thread waits for ever where that thread is at it already.
    assert ending.by is not threading.main_thread()


def test_a_second_sigterm_is_none_too_many() -> None:
    ending = threading.Event()
    with asked_to_end(ending):
        for _ in range(1000):
            signal.raise_signal(signal.SIGTERM)
        assert ending.wait(10)


def test_handlers_are_as_before_and_nothing_is_left_behind() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    ending = threading.Event()
    with asked_to_end(ending):
        pass
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == before
    assert not ending.is_set()
    assert "ending" not in [thread.name for thread in threading.enumerate()]
