"""Windows as they are written."""

from __future__ import annotations

from datetime import date, time

import pytest

from outreach.definitions import codec
from outreach.definitions.model import Blackout, Window
from outreach.definitions.refusal import RefusedError
from outreach.definitions.windows import EXAMPLES, parse_window
from tests.unit.definitions.conftest import Judge, attempt
from tests.unit.definitions.design import OUTREACH, WELCOME

NIGHT = "Write when it ends on the same day; for a night two windows, one until 24:00 and one from 00:00."


@pytest.mark.parametrize(
    ("text", "days", "opens", "closes"),
    [
        ("mon-fri 08:00-18:00", (0, 1, 2, 3, 4), time(8), time(18)),
        ("Monday 9:00 - 12:30", (0,), time(9), time(12, 30)),
        ("mon, wednesday,fri 00:00-24:00", (0, 2, 4), time(0), time(0)),
        ("sat-mon 10:00-11:00", (0, 5, 6), time(10), time(11)),
        ("tue-thu,sun 00:00-00:01", (1, 2, 3, 6), time(0), time(0, 1)),
    ],
)
def test_days_and_hours_are_read(text: str, days: tuple[int, ...], opens: time, closes: time) -> None:
    read = parse_window(text)
    assert (read.days, read.opens, read.closes) == (days, opens, closes)


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_are_windows(text: str) -> None:
    assert parse_window(text).text == text


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("08:00-18:00", "`08:00-18:00` is no window", "Write days and hours: `mon-fri 08:00-18:00`."),
        ("mon-fri", "`mon-fri` is no window", "Write days and hours: `mon-fri 08:00-18:00`."),
        ("mon-wed-fri 08:00-18:00", "`mon-wed-fri 08:00-18:00` is no window",
         "Write days and hours: `mon-fri 08:00-18:00`."),
        ("mon-frday 08:00-18:00", "`frday` in `mon-frday 08:00-18:00` is no day of the week",
         "Did you mean `friday`?"),
        ("ma-vr 08:00-18:00", "`ma` in `ma-vr 08:00-18:00` is no day of the week",
         "Write days and hours: `mon-fri 08:00-18:00`."),
        ("mon 22:00-06:00", "`mon 22:00-06:00` ends before it begins", NIGHT),
        ("mon 08:00-08:00", "`mon 08:00-08:00` ends before it begins", NIGHT),
        ("mon 22:00-00:00", "`mon 22:00-00:00` ends before it begins", NIGHT),
        ("mon 08:00-25:00", "expected a time of day, found `25:00`",
         'Write hours and minutes, from "00:00" to "23:59".'),
    ],
)  # fmt: skip
def test_what_is_no_window_is_refused(text: str, message: str, remedy: str) -> None:
    refused = attempt(parse_window, text)
    assert isinstance(refused, RefusedError)
    assert (refused.message, refused.remedy) == (message, remedy)


OFFICE, MORNING = parse_window("mon-fri 08:00-18:00"), parse_window("sat 09:00-12:00")


@pytest.mark.parametrize(
    ("written", "windows", "channels"),
    [
        ("mon-fri 08:00-18:00", (OFFICE,), {}),
        ("[mon-fri 08:00-18:00, sat 09:00-12:00]", (OFFICE, MORNING), {}),
        ("{email: mon-fri 08:00-18:00}", (), {"email": (OFFICE,)}),
        ("{email: [mon-fri 08:00-18:00], webhook: sat 09:00-12:00}", (), {"email": (OFFICE,), "webhook": (MORNING,)}),
    ],
)
def test_they_are_for_all_or_by_channel(
    judge: Judge, written: str, windows: tuple[Window, ...], channels: dict[str, tuple[Window, ...]]
) -> None:
    loaded = judge({"outreach.yaml": OUTREACH + f"windows: {written}\n"})
    assert loaded.problems == ()
    assert loaded.definitions
    workspace = loaded.definitions.workspace
    assert (workspace.windows, workspace.channel_windows) == (windows, channels)
    assert codec.loads(type(workspace), codec.dumps(workspace)) == workspace


def test_a_campaign_may_have_its_own_and_go_through_blackouts(judge: Judge) -> None:
    own = "windows: sat 09:00-12:00\nthrough_blackouts: true\n"
    period = "blackouts:\n  - {from: 2026-06-01, until: 2026-06-09, why: verkiezingen}\n"
    loaded = judge({"campaigns/welcome.yaml": WELCOME + own, "outreach.yaml": OUTREACH + period})
    assert loaded.problems == ()
    assert loaded.definitions
    welcome = loaded.definitions.campaigns["welcome"]
    assert (welcome.windows, welcome.through_blackouts) == ((MORNING,), True)
    assert loaded.definitions.workspace.blackouts == (Blackout(date(2026, 6, 1), date(2026, 6, 9), "verkiezingen"),)
