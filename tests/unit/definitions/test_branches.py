"""Branches as an officer writes them: what they become, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.definitions import codec
from outreach.definitions.model import Branch, Campaign, Condition, Message, Step, Way
from outreach.definitions.ways import branch_in_words
from outreach.release.closure import closure
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import WELCOME, message

HEAD = WELCOME[: WELCOME.index("steps:")]
STEPS = """\
steps:
  - id: welcome
  - id: came
    day: 20
    branch:
      - if: infosession-attended
        then:
          - {id: workshop, day: 20, send: welcome}
          - id: further
            day: 30
            branch: [{unless: {segment: singles}, then: [{id: help, day: 31, send: assistant}]}]
      - unless: {event: moved}
    otherwise: [{id: again, day: 25, send: welcome}]
    if_unknown: []
  - {id: assistant, day: 40}
"""


def test_ways_are_laid_out_behind_their_branch_and_lead_on_after_it(judge: Judge) -> None:
    attended, singles = Condition(outcomes=("infosession-attended",)), Condition(segments=("singles",))
    loaded = judge({"campaigns/welcome.yaml": HEAD + STEPS})
    assert loaded.problems == ()
    assert loaded.definitions
    campaign = loaded.definitions.campaigns["welcome"]
    ways = (Way(attended, None, 2), Way(None, Condition(events=("moved",)), 6))
    assert campaign.steps == (
        Step("welcome", 1, "welcome"),
        Step("came", 20, "", branch=Branch(ways, 5, 6)),
        Step("workshop", 20, "welcome"),
        Step("further", 30, "", branch=Branch((Way(None, singles, 4),), 6, 6)),
        Step("help", 31, "assistant", then=6),
        Step("again", 25, "welcome"),
        Step("assistant", 40, "assistant"),
    )
    assert codec.loads(Campaign, codec.dumps(campaign)) == campaign
    assert branch_in_words(campaign, campaign.steps[1]) == (
        "if infosession-attended to workshop; unless event moved to assistant; otherwise to again; "
        "where facts are missing to assistant"
    )


def test_what_a_branch_asks_for_is_part_of_what_is_approved(judge: Judge) -> None:
    definitions = judge({"campaigns/welcome.yaml": HEAD + STEPS}).definitions
    assert definitions
    messages = {name: Message(name, {}, "letter") for name in ("welcome", "assistant")}
    bound = closure(replace(definitions, messages=messages), definitions.campaigns["welcome"])
    assert "singles" in bound["segments"]


@pytest.mark.parametrize(
    ("written", "instead", "line", "column", "path", "said"),
    [
        ("- unless: {event: moved}", "- then: []", 23, 9, "steps.1.branch.1", "it is not said who goes this way"),
        ("{id: help, day: 31", "{id: help, day: 29", 22, 74, "steps.1.branch.0.then.1.branch.0.then.0.day",
         "day 29 does not come after day 29 of the step before it"),
        ("{id: assistant, day: 40}", "{id: assistant, day: 31}", 26, 26, "steps.2.day",
         "day 31 does not come after day 31 of the step before it"),
        ("id: again", "id: welcome", 24, 22, "steps.1.otherwise.0.id", "the step id `welcome` stands here twice"),
        ("send: assistant}", "send: asistant}", 22, 84, "steps.1.branch.0.then.1.branch.0.then.0.send",
         "there is no message `asistant`"),
        ("if: infosession-attended", "if: infosession-atended", 17, 13, "steps.1.branch.0.if",
         "there is no outcome `infosession-atended`"),
        ("otherwise:", "otherwis:", 24, 5, "steps.1.otherwis", "the key `otherwis` is not known here"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_branch_is_told_where_it_stands(
    judge: Judge, written: str, instead: str, line: int, column: int, path: str, said: str
) -> None:
    text = (HEAD + STEPS).replace(written, instead)
    found = [(one.line, one.column, one.path, one.message) for one in judge({"campaigns/welcome.yaml": text}).problems]
    assert found == [(line, column, path, said)]


def test_nothing_branches_on_outcomes_of_a_sensitive_offer(judge: Judge) -> None:
    text = (HEAD + STEPS).replace("priority: high", "about: psychosocial").replace("goal:", "# goal:")
    problems = judge({"campaigns/welcome.yaml": text, "templates/workshop/nl.md": message("Kom")}).problems
    assert [one.path for one in problems] == ["steps.1.branch.0.if"]
