"""A daily message at an hour that a night leaps over or has twice, planned by programs whose clock jumps about."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.chaos.hardships import faked
from tests.chaos.weeks import Clock

LETTER = """\
title: Elke nacht
topic: news
purpose: inform
owner: a@dienst.example
audience: everyone
frequency: must
approval: none
start: {every: day, at: "02:15"}
steps: [{id: letter, send: welcome}]
"""
#: Days from the night in question, and UTC: to and fro by an hour and by a day.
LOOKS = (
    (-1, time(2, 20)), (-1, time(3, 20)), (-1, time(2, 20)), (0, time(0, 20)), (0, time(1, 20)), (0, time(0, 20)),
    (-1, time(0, 20)), (0, time(2, 20)), (2, time(2, 20)), (1, time(2, 20)), (2, time(2, 25)),
)  # fmt: skip


@pytest.mark.debian
@pytest.mark.parametrize("night", [date(2026, 10, 25), date(2027, 3, 28)], ids=["longer", "shorter"])
def test_each_day_is_planned_and_sent_once_though_the_clock_jumps(night, workspace, database_url, tmp_path):
    clock = Clock(tmp_path / "clock")

    def call(days, hour, *words):
        clock.put(datetime.combine(night + timedelta(days=days), hour, UTC))
        return _called(workspace, {"OUTREACH_DATABASE_URL": database_url, **faked(clock.file)}, *words)

    (workspace / "campaigns" / "nightly.yaml").write_text(LETTER, encoding="utf-8")
    call(-2, time(12), "publish")
    staff = tmp_path / "staff.csv"
    rows = (f"P{number},active,An,Peeters,an{number}@example.org,nl,2015-01-01" for number in range(3))
    staff.write_text("\n".join(["person_id,status,first_name,last_name,email,language,hired_on", *rows, ""]))
    call(-2, time(12), "roster", "import", str(staff))
    sent = sum(call(*look, "run")["sent"] for look in LOOKS)
    letters = call(*LOOKS[-1], "deliveries", "--campaign", "nightly")
    # The first day is that of the publication, from its beginning.
    days = [(night + timedelta(days=count)).isoformat() for count in range(-2, 3)]
    assert Counter(row["occurrence"] for row in letters) == dict.fromkeys(days, 3)
    assert {row["state"] for row in letters} == {"sent"}
    assert sent == len(letters)


def _called(workspace, settings, *words):
    environment = {**os.environ, "OUTREACH_WORKSPACE": str(workspace), **settings}
    command = [sys.executable, "-P", "-m", "outreach", *words, "--json"]
    return json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True).stdout)
