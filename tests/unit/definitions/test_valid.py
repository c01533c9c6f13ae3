"""Whatever the grammar allows is clean, builds, and goes through a release."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.definitions import codec, load
from outreach.definitions.model import Definitions, Message
from outreach.definitions.recurrences import EXAMPLES
from outreach.release.closure import closure_digest
from tests.unit.definitions.conftest import write
from tests.unit.definitions.design import FILES

#: More when OUTREACH_TRIALS says so; each reads a whole workspace from disk, so not without end.
TRIALS = min(int(os.environ.get("OUTREACH_TRIALS", "60")), 500)
SEGMENTS = ["everyone", "newcomers", "singles", "retirees"]
OUTCOMES = ["infosession-registered", "infosession-attended"]
MESSAGES = ["welcome", "assistant", "newsletter", "infosession-invitation"]


def optional(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


def some(names: list[str]) -> st.SearchStrategy[Any]:
    return st.sampled_from(names) | st.lists(st.sampled_from(names), min_size=1, max_size=2)


spans = st.builds("{} {}".format, st.integers(1, 90), st.sampled_from(["days", "weeks", "months", "years"]))
days_only = st.builds("{} {}".format, st.integers(1, 50), st.sampled_from(["days", "weeks"]))
dates = st.dates().filter(lambda day: 1900 <= day.year < 2200).map(str)
times = st.times().map(lambda moment: f"{moment:%H:%M}")
days = st.one_of(dates, st.just("today"), spans.map("{} ago".format), spans.map("in {}".format))
years = st.integers(0, 120) | spans
numbers = st.integers(-1000, 1000)


def compared(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    ops = dict.fromkeys(("under", "over", "at_least", "at_most"), values)
    return optional(**ops, missing=st.booleans()).filter(bool)


facts = optional(
    status=some(["active", "retired", "survivor"]),
    household=some(["single", "couple"]) | st.fixed_dictionaries({"not": some(["single", "couple"])}),
    age=compared(years) | st.just({"between": [18, 65]}),
    tenure=compared(years),
    children=compared(numbers) | numbers | st.just({"between": [1, 3]}),
    hired_on=compared(days)
    | days
    | st.fixed_dictionaries({"in_last": spans})
    | st.fixed_dictionaries({"before": days}),
    badge_until=st.fixed_dictionaries({"in_next": spans}),
    works_shifts=st.booleans() | st.just("no"),
    team=some(["red", "blue"]),
    city=some(["Gent", "Brugge", "007"]),
).filter(bool)
groups: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.fixed_dictionaries({"where": facts}),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner | st.sampled_from(SEGMENTS), min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner | st.sampled_from(SEGMENTS), min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inner | st.sampled_from(SEGMENTS)}),
    ),
    max_leaves=6,
)
conditions = st.one_of(
    some(OUTCOMES),
    optional(outcome=some(OUTCOMES), event=some(["hired", "left", "moved"]), segment=some(SEGMENTS)).filter(bool),
)
by = {"by": spans}
starts = st.one_of(
    st.fixed_dictionaries({"once": dates}, optional={"at": times}),
    st.fixed_dictionaries({"every": st.sampled_from(EXAMPLES), "from": st.just("2026-01-05")}, optional={"at": times}),
    st.fixed_dictionaries({"before": st.fixed_dictionaries({"theme_day": st.just("against-poverty")}, optional=by)}),
    st.fixed_dictionaries({"before": st.fixed_dictionaries(
        {"date": st.sampled_from(["contract_ends_on", "badge_until", "hired_on"])}, optional=by)}),
    st.fixed_dictionaries({"event": st.sampled_from(["hired", "retired"])},
                          optional={"ignore_if_older_than": spans, "include_present": st.booleans()}),
    st.fixed_dictionaries({"enters": st.sampled_from(SEGMENTS)}, optional={"include_present": st.booleans()}),
)  # fmt: skip
# No campaign says that it goes this way from the start.
lasts = st.fixed_dictionaries({"channel": st.just("handover")}, optional={"send": st.sampled_from(MESSAGES)})
reminders = st.fixed_dictionaries(
    {"every": days_only, "max_reminders": st.integers(1, 20)},
    optional={"until": conditions, "send": some(MESSAGES), "last": lasts},
)
picks = st.fixed_dictionaries(
    {"at_most": st.integers(2, 8)},
    optional={"from": st.sampled_from(["offers", "loan", ["loan", "psychosocial"]]), "at_least": st.integers(0, 2),
              "not_again_within": spans, "related_to": st.just("loan")},
)  # fmt: skip
steps = st.fixed_dictionaries(
    {"send": st.sampled_from(MESSAGES)},
    optional={"at": times, "unless": conditions, "remind": reminders, "pick": picks, "expires_after": days_only},
)
campaigns = st.fixed_dictionaries(
    {"title": st.sampled_from(["Nieuws", "2026", "Een brief: u"]), "topic": st.sampled_from(["news", "onboarding"]),
     "audience": st.sampled_from(SEGMENTS), "start": starts, "steps": st.lists(steps, min_size=1, max_size=4)},
    optional={
        "purpose": st.just("informeren"), "owner": st.just("ik"), "about": st.just("loan"), "exit_when": conditions,
        "except": optional(under_way=some(["welcome"]), segment=some(SEGMENTS), outcome=some(OUTCOMES)).filter(bool),
        "goal": st.fixed_dictionaries({"outcome": st.sampled_from(OUTCOMES), "within": spans}),
        "priority": st.sampled_from(["high", "normal", "low"]),
        "frequency": st.sampled_from(["must", "normal", "nice"]),
        "approval": st.sampled_from(["required", "none"]), "on_doubt": st.sampled_from(["hold", "resend"]),
        "channel": st.sampled_from(["email", "webhook"]),
    },
)  # fmt: skip


@settings(max_examples=TRIALS)
@given(campaigns, groups)
def test_what_the_grammar_allows_is_clean_and_builds(campaign: dict[str, Any], group: dict[str, Any]) -> None:
    ordered = [{"id": f"step-{n}", "day": n * 7 + 1, **step} for n, step in enumerate(campaign["steps"])]
    segments = {"extra": group, "newcomers": {"where": {"status": "active"}}, "singles": {"where": {"grade": "A"}},
                "retirees": {"not": "singles"}, "fixed-term": {"where": {"contract": "fixed-term"}}}  # fmt: skip
    files = {
        "campaigns/extra.yaml": json.dumps({**campaign, "audience": "extra", "steps": ordered}, ensure_ascii=False),
        "campaigns/segments.yaml": json.dumps(segments),
    }
    with tempfile.TemporaryDirectory() as folder:
        loaded = load(write(Path(folder), {**FILES, **files}))
    assert [str(problem) for problem in loaded.problems if "hang on that" not in problem.message] == []
    if loaded.definitions:
        _goes_through_a_release(loaded.definitions)


def _goes_through_a_release(definitions: Definitions) -> None:
    built = replace(definitions, messages={name: Message(name, {}, "letter") for name in MESSAGES})
    assert codec.loads(Definitions, codec.dumps(built)) == built
    for campaign in built.campaigns.values():
        assert len(closure_digest(built, campaign)) == 64
