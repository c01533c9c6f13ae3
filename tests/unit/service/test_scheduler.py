from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from outreach.errors import OutreachError
from outreach.service.health import Watch
from outreach.service.scheduler import Alarm, serve

SOON = timedelta(milliseconds=50)


@dataclass
class Report:
    planned: int = 3
    sent: int = 0


class Ticks:
    """A tick that counts, and ends the service at the last one."""

    def __init__(self, last: int, fail: dict[int, Exception] | None = None) -> None:
        self.ending = threading.Event()
        self.count = 0
        self._last = last
        self._fail = fail or {}

    def __call__(self, stop) -> Report:
        self.count += 1
        if self.count == self._last:
            self.ending.set()
        if self.count in self._fail:
            raise self._fail[self.count]
        return Report()


def test_the_first_tick_comes_at_once() -> None:
    ticks = Ticks(last=1)
    began = time.monotonic()
    serve(ticks, every=timedelta(hours=1), ending=ticks.ending)
    assert ticks.count == 1
    assert time.monotonic() - began < 5


def test_it_ticks_again_and_again() -> None:
    ticks = Ticks(last=4)
    watch = Watch(datetime.now(UTC))
    serve(ticks, every=SOON, ending=ticks.ending, watches={"tick": watch})
    assert ticks.count == watch.health.ticks == 4
    assert watch.health.is_well


def test_a_tick_that_fails_is_logged_without_its_words_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    no_room = OutreachError("no room", where="disk", remedy="Make room.")
    ticks = Ticks(last=3, fail={1: ValueError("an@example.org"), 2: no_room})
    watch = Watch(datetime.now(UTC))
    caplog.set_level("INFO")
    serve(ticks, every=SOON, ending=ticks.ending, watches={"tick": watch})
    assert (ticks.count, watch.health.ticks, watch.health.is_well) == (3, 1, True)
    failures = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [getattr(record, "what", "") for record in failures] == ["", "no room"]
    (done,) = [record for record in caplog.records if record.getMessage() == "tick"]
    assert (done.planned, hasattr(done, "sent")) == (3, False)  # type: ignore[attr-defined]


def test_a_slow_tick_is_never_joined_by_another() -> None:
    running, most = 0, 0
    ticks = Ticks(last=3)

    def slow(stop) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.2)
        running -= 1
        ticks(stop)

    serve(slow, every=SOON, ending=ticks.ending)
    assert most == 1


def test_failures_show_in_the_health() -> None:
    watch = Watch(datetime.now(UTC))
    watch.failed("OSError")
    assert (watch.health.is_well, watch.health.failures, watch.health.last_error) == (False, 1, "OSError")
    watch.ticked(datetime.now(UTC))
    assert (watch.health.is_well, watch.health.last_error) == (True, "")


PROGRAM = """
import sys, time
from datetime import timedelta
from outreach.logs import log_as_json
from outreach.service.scheduler import Alarm, serve

def tick(stop):
    print("begun", flush=True)
    while not stop():
        time.sleep(0.01)
    time.sleep(0.2)  # the group in hand
    print("finished", flush=True)

log_as_json()
serve(tick, every=timedelta(hours=1))
print("clean", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_group_in_hand(number: signal.Signals) -> None:
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        process.send_signal(number)
        if number == signal.SIGTERM:
            time.sleep(0.05)
            process.send_signal(number)
        rest, log = process.communicate(timeout=20)
    assert rest == "finished\nclean\n"
    assert process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["event"] for line in lines] == ["serving", "ending", "tick", "ended"]
    assert lines[0]["every_seconds"] == 3600
    assert datetime.fromisoformat(lines[0]["at"]).tzinfo


def test_an_alarm_brings_what_it_asks_for_before_the_next_tick():
    ending, did = threading.Event(), []

    def hurry(_stop):
        did.append("hurried")
        if len(did) < 4:
            alarm.ring()  # rung while it is at it: heard afterwards
        else:
            ending.set()

    def tick(_stop):
        did.append("ticked")
        alarm.ring()

    alarm = Alarm(hurry)
    serve(tick, every=timedelta(hours=1), ending=ending, alarm=alarm)
    assert did == ["ticked", "hurried", "hurried", "hurried"]
