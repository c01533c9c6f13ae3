"""What becomes of people under way when a campaign is edited, as an officer writes it."""

from __future__ import annotations

import pytest

from outreach.definitions.model import Edited
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import NEWSLETTER, WELCOME


def welcome(edited: str) -> dict[str, str]:
    return {"campaigns/welcome.yaml": WELCOME.replace("priority: high", f"priority: high\nedited: {edited}")}


@pytest.mark.parametrize(
    ("written", "edited"),
    [
        ("{under_way: finish}", Edited()),
        ("{under_way: move, to: assistant}", Edited("move", "assistant")),
    ],
)
def test_it_stands_in_the_campaign(judge: Judge, written: str, edited: Edited) -> None:
    loaded = judge(welcome(written))
    assert loaded.problems == ()
    assert loaded.definitions
    assert loaded.definitions.campaigns["welcome"].edited == edited


@pytest.mark.parametrize(
    ("written", "path", "message", "remedy"),
    [
        ("{under_way: move, to: asistant}", "edited.to", "there is no step `asistant`", "Did you mean `assistant`?"),
        ("{under_way: move}", "edited", "it is not said at which step they go on",
         "Add `to: …`. The steps are: assistant, invitation, welcome."),
        ("{under_way: finish, to: assistant}", "edited.to", "who finishes goes on where they are",
         "Delete it, or write `under_way: move`."),
    ],
)  # fmt: skip
def test_a_step_that_is_not_there_is_named_with_its_place_and_remedy(
    judge: Judge, written: str, path: str, message: str, remedy: str
) -> None:
    (problem,) = judge(welcome(written)).problems
    assert (problem.path, problem.message, problem.remedy) == (path, message, remedy)
    assert problem.line > 1


def test_nobody_is_under_way_in_one_message_for_all(judge: Judge) -> None:
    (problem,) = judge({"campaigns/newsletter.yaml": NEWSLETTER + "edited: {under_way: finish}\n"}).problems
    assert (problem.path, problem.remedy) == ("edited", "Delete it.")
