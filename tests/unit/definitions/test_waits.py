"""Waits as an officer writes them: what they become, how long they last, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.definitions import codec
from outreach.definitions.model import Campaign, Condition, Message, Span, Wait
from outreach.definitions.recurrences import WEEKDAYS, parse_undated
from outreach.definitions.recurring import days
from outreach.definitions.waits import latest, wait_in_words
from outreach.release.closure import closure
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import WELCOME

HEAD = WELCOME[: WELCOME.index("steps:")]
STEPS = """\
steps:
  - id: welcome
  - {id: quiet, day: 3, wait_until: Tuesday}
  - {id: spring, day: 3, wait_until: 2027-03-01, at: "10:00"}
  - id: came
    day: 20
    wait_until: infosession-attended
    at_most: 60 days
  - id: home
    day: 21
    wait_until: {event: moved, segment: singles}
    at_most: 2 weeks
    otherwise: end
  - {id: assistant, day: 21}
"""
DAYS = st.dates(date(2024, 1, 1), date(2035, 12, 31))


def test_waits_stand_in_the_row_of_steps_and_what_comes_after_may_come_on_their_day(judge: Judge) -> None:
    loaded = judge({"campaigns/welcome.yaml": HEAD + STEPS})
    assert loaded.problems == ()
    assert loaded.definitions
    welcome = loaded.definitions.campaigns["welcome"]
    assert {step.id: step.wait for step in welcome.steps if step.wait} == {
        "quiet": Wait(recurs=parse_undated("Tuesday")),
        "spring": Wait(day=date(2027, 3, 1)),
        "came": Wait(until=Condition(outcomes=("infosession-attended",)), at_most=Span(days=60)),
        "home": Wait(until=Condition(events=("moved",), segments=("singles",)), at_most=Span(days=14), ends=True),
    }
    assert codec.loads(Campaign, codec.dumps(welcome)) == welcome
    assert [wait_in_words(welcome, step) for step in welcome.steps] == [
        "",
        "until Tuesday",
        "until 2027-03-01",
        "until infosession-attended, at most 60 days; after that to home",
        "until event moved or segment singles, at most 14 days; after that to the end",
        "",
    ]


def test_a_wait_is_part_of_what_is_approved(judge: Judge) -> None:
    loaded = judge({"campaigns/welcome.yaml": HEAD + STEPS})
    assert loaded.definitions
    messages = {name: Message(name, {}, "letter") for name in ("welcome", "assistant")}
    bound = closure(replace(loaded.definitions, messages=messages), loaded.definitions.campaigns["welcome"])
    assert "singles" in bound["segments"]


@given(DAYS, st.sampled_from(sorted(WEEKDAYS)))
def test_a_weekday_is_the_day_itself_or_the_next_such_one(day: date, name: str) -> None:
    goes_on = latest(Wait(recurs=parse_undated(name)), day)
    assert f"{goes_on:%A}".casefold() == name
    assert timedelta() <= goes_on - day < timedelta(days=7)


@given(DAYS, DAYS)
def test_who_comes_after_the_day_does_not_wait(day: date, awaited: date) -> None:
    assert latest(Wait(day=awaited), day) == max(day, awaited)


@given(DAYS, st.sampled_from(["easter", "17 october", "first tuesday of the quarter"]))
def test_a_day_that_comes_back_is_found_however_far_it_is(day: date, text: str) -> None:
    goes_on = latest(Wait(recurs=parse_undated(text)), day)
    assert goes_on >= day
    assert goes_on in set(days(parse_undated(text), day, goes_on))
    assert not set(days(parse_undated(text), day, goes_on - timedelta(days=1)))


MISTAKES = {
    "wait_until: infosession-attended": ("it may never happen, and it is not said how long people wait", "at_most"),
    "wait_until: infosession-atended, at_most: 3 days": ("there is no outcome", "infosession-attended"),
    "wait_until: first tuseday of the month": ("tuseday", "tuesday"),
    "wait_until: 2027-02-30": ("2027-02-30", ""),
    "wait_until: tuesday, at_most: 3 days": ("a day comes by itself", "Delete it"),
    "wait_until: 2027-02-03, otherwise: end": ("a day comes by itself", "Delete it"),
    "wait_until: infosession-attended, at_most: 3 days, otherwise: stop": ("stop", "go on"),
    "wait_until: 2026-12-10": ("2026-12-10 is past when the first ones come here, on 2026-12-12", "Write a later day."),
}


@pytest.mark.parametrize(("written", "told"), MISTAKES.items(), ids=MISTAKES)
def test_mistakes_are_named_with_their_place_and_a_remedy(judge: Judge, written: str, told: tuple[str, str]) -> None:
    head = HEAD.replace("start: {event: hired, ignore_if_older_than: 60 days}", "start: {once: 2026-12-08}")
    steps = f"steps:\n  - id: welcome\n  - {{id: waits, day: 5, {written}}}\n  - {{id: assistant, day: 6}}\n"
    (problem,) = judge({"campaigns/welcome.yaml": head + steps}).problems
    assert told[0] in problem.message
    assert told[1] in problem.remedy
    assert (problem.file, problem.line) == ("campaigns/welcome.yaml", (head + steps).count("\n") - 1)


def test_something_comes_after_a_wait(judge: Judge) -> None:
    steps = "steps:\n  - id: welcome\n  - {id: waits, day: 5, wait_until: tuesday}\n"
    (problem,) = judge({"campaigns/welcome.yaml": HEAD + steps}).problems
    assert problem.message == "nothing comes after this wait"


def test_nobody_waits_for_what_is_recorded_nowhere(judge: Judge) -> None:
    waits = "  - {id: waits, day: 5, wait_until: infosession-attended, at_most: 3 days}\n  - {id: assistant, day: 6}\n"
    steps = "steps:\n  - id: welcome\n" + waits
    head = HEAD.replace("goal:", "about: psychosocial\n#")
    told = {problem.line: problem.message for problem in judge({"campaigns/welcome.yaml": head + steps}).problems}
    assert told.get((head + steps).count("\n") - 1, "").startswith("who used a sensitive offer is recorded nowhere")
