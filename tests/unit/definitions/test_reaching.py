"""What would reach nobody is refused before anybody wonders why nothing came."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import OUTREACH, SEGMENTS

CAMPAIGN = """\
title: Kaart
topic: news
purpose: inform
owner: a@dienst.example
audience: everyone
start: {once: 2026-12-01}
steps: [{id: welcome}]
"""
WEEKEND = "\nclosed: {also: saturday and sunday}\n"


def _found(judge: Judge, old: str, new: str, **more: str) -> list[str]:
    assert old in CAMPAIGN
    files = {"campaigns/kaart.yaml": CAMPAIGN.replace(old, new)} | more
    return [f"{one.line}:{one.column} {one.path}: {one.message}" for one in judge(files).problems]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "once: 2026-12-01",
            "event: died",
            "6:16 start.event: who died gets nothing, so that this starts for nobody",
        ),
        (
            "once: 2026-12-01",
            "before: {date: born_on}",
            "6:24 start.before.date: a day of birth is past, so that nothing comes before it",
        ),
        (
            "[{id: welcome}]",
            "[{id: b, branch: [{if: infosession-attended}]}]",
            "7:1 steps: none of these steps sends anything",
        ),
        ("steps", "except: {}\nsteps", "7:9 except: there is nothing in it"),
        ("steps", "exit_when: {}\nsteps", "7:12 exit_when: there is nothing in it"),
        ("steps", "exit_when: []\nsteps", "7:12 exit_when: expected at least one, found none"),
        ("steps", "exit_when: {event: []}\nsteps", "7:20 exit_when.event: expected at least one, found none"),
        ("{id: welcome}", "{id: welcome, unless: {}}", "7:31 steps.0.unless: there is nothing in it"),
        ("steps", "windows: []\nsteps", "7:10 windows: expected at least one, found none"),
    ],
)
def test_what_asks_for_nothing_or_reaches_nobody_is_refused(judge: Judge, old: str, new: str, problem: str) -> None:
    assert _found(judge, old, new) == [problem]


def test_windows_of_closed_days_alone_are_refused(judge: Judge) -> None:
    never = "windows: all days of these windows are closed: nothing would ever leave"
    windows = "windows: [sat 10:00-12:00, sun 14:00-16:00]\n"
    closed, opened = {"outreach.yaml": OUTREACH + WEEKEND}, {"outreach.yaml": OUTREACH}
    assert _found(judge, "steps", f"{windows}steps", **closed) == [f"7:1 {never}"]
    assert _found(judge, "steps", f"{windows}steps", **opened) == []
    assert _found(judge, "steps", f"{windows}on_closed: send\nsteps", **closed) == []
    assert _found(judge, "steps", "windows: fri-sun 10:00-12:00\nsteps", **closed) == []
    line = OUTREACH.count("\n") + WEEKEND.count("\n") + 1
    of_all = {"outreach.yaml": f"{OUTREACH}{WEEKEND}{windows}"}
    assert _found(judge, "steps", "steps", **of_all) == [f"{line}:1 {never}"]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("status: died", "who died is in no segment"),
        ("status: [active, left]", "who left is in no segment"),
        ("language: FR", "`FR` is no language code"),
        ("language: french", "`french` is no language code"),
        ("time_zone: europe/brussels", "there is no time zone `europe/brussels`"),
    ],
)
def test_values_that_nobody_in_a_segment_has_are_refused(judge: Judge, where: str, message: str) -> None:
    loaded = judge({"campaigns/segments.yaml": f"{SEGMENTS}\nnobody: {{where: {{{where}}}}}\n"})
    assert [one.message for one in loaded.problems] == [message]


def test_who_is_not_dead_may_be_asked_for(judge: Judge) -> None:
    more = "\nalive: {where: {status: {not: [died, left]}, language: {not: fr}, time_zone: Asia/Tokyo}}\n"
    assert judge({"campaigns/segments.yaml": SEGMENTS + more}).problems == ()


def test_what_is_no_file_is_named_and_not_waited_for(judge: Judge, tmp_path: Path) -> None:
    judge({})
    os.mkfifo(tmp_path / "campaigns/pipe.yaml")
    (tmp_path / "templates/welcome/fr.md").symlink_to("/dev/zero")
    loaded = judge({})
    assert [(one.file, one.message) for one in loaded.problems] == [
        (file, "this is a device or a pipe, and no file") for file in ("campaigns/pipe.yaml", "templates/welcome/fr.md")
    ]
