from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from outreach.definitions import load
from outreach.definitions.model import (
    AnyOf,
    Cap,
    Condition,
    Fact,
    Goal,
    InSegment,
    Pick,
    Recurrence,
    Remind,
    Span,
    Start,
    Step,
)
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import FILES, NEWSLETTER, OUTREACH, SEGMENTS, WELCOME, message


def _said(loaded: object) -> list[str]:
    return [str(problem).splitlines()[0] for problem in loaded.problems]


def test_the_examples_of_the_design_are_clean(judge: Judge) -> None:
    loaded = judge({})
    assert _said(loaded) == []
    assert loaded.definitions is not None
    assert set(loaded.definitions.campaigns) == {"welcome", "newsletter"}
    assert set(loaded.definitions.segments) == {
        "everyone", "newcomers", "fixed-term", "singles", "retirees", "hard-to-reach"
    }  # fmt: skip


def test_a_journey_is_built_as_written(judge: Judge) -> None:
    definitions = judge({}).definitions
    assert definitions
    welcome = definitions.campaigns["welcome"]
    registered = Condition(outcomes=("infosession-registered",))
    assert welcome.start == Start("event", name="hired", ignore_if_older_than=Span(days=60))
    assert welcome.exit_when == Condition(events=("left",))
    assert welcome.goal == Goal("infosession-registered", Span(days=120))
    assert welcome.steps == (
        Step("welcome", 1, "welcome"),
        Step("invitation", 10, "infosession-invitation", remind=Remind(Span(days=14), 2, registered),
             expires_after=Span(days=21)),
        Step("assistant", 90, "assistant", unless=Condition(outcomes=("infosession-attended",))),
    )  # fmt: skip
    assert (welcome.priority, welcome.frequency, welcome.sender, welcome.file) == (
        "high", "must", "default", "campaigns/welcome.yaml"
    )  # fmt: skip


def test_a_newsletter_picks_from_every_offer(judge: Judge) -> None:
    definitions = judge({}).definitions
    assert definitions
    newsletter = definitions.campaigns["newsletter"]
    every = Recurrence("first tuesday of the month", "FREQ=MONTHLY;BYDAY=+1TU")
    assert newsletter.start == Start("every", at=time(9), every=every)
    assert newsletter.except_.under_way == ("welcome",)
    assert newsletter.steps[0].pick == Pick(("loan", "psychosocial"), 3, 1, Span(days=180))


def test_a_segment_is_built_as_written(judge: Judge) -> None:
    definitions = judge({}).definitions
    assert definitions
    assert definitions.segments["hard-to-reach"].where == AnyOf(
        (InSegment("newcomers"), InSegment("fixed-term"), InSegment("singles"), Fact("age", "under", (35,)))
    )
    assert definitions.segments["newcomers"].title == "Nieuwe medewerkers"
    assert definitions.segments["singles"].title == "singles"


def test_the_workspace_is_built_as_written(judge: Judge) -> None:
    definitions = judge({}).definitions
    assert definitions
    workspace = definitions.workspace
    assert workspace.organisation == {"nl": "Sociale dienst", "fr": "Service social"}
    assert workspace.public_url == "https://outreach.example"
    assert workspace.frequency_cap == Cap(4, Span(days=30))
    assert workspace.topics["news"].titles == {"nl": "Nieuws", "fr": "Nieuws"}
    assert workspace.fields["team"].choices == ("red", "blue")
    assert workspace.mappings["default"].values == {"status": {"A": "active", "P": "retired"}}
    assert workspace.leavers_limit == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ('{once: 2026-10-17, at: "10:00"}', Start("once", time(10), on=date(2026, 10, 17))),
        ("{every: 2 weeks, from: 2026-01-05, until: 2026-12-31}",
         Start("every", every=Recurrence("2 weeks", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"), first=date(2026, 1, 5),
               last=date(2026, 12, 31))),
        ("{before: {theme_day: against-poverty, by: 14 days}, at: 8:30}",
         Start("theme_day", time(8, 30), name="against-poverty", by=Span(days=14))),
        ("{before: {date: contract_ends_on, by: 60 days}}", Start("date", name="contract_ends_on", by=Span(days=60))),
        ("{before: {date: badge_until}}", Start("date", name="badge_until")),
        ("{enters: retirees, include_present: true}", Start("enters", name="retirees", include_present=True)),
    ],
)  # fmt: skip
def test_every_kind_of_start_is_built(judge: Judge, start: str, expected: Start) -> None:
    text = NEWSLETTER.replace('{every: first tuesday of the month, at: "09:00"}', start)
    loaded = judge({"campaigns/newsletter.yaml": text})
    assert _said(loaded) == []
    assert loaded.definitions
    assert loaded.definitions.campaigns["newsletter"].start == expected


def test_problems_of_all_files_come_together_and_sorted(judge: Judge) -> None:
    loaded = judge({
        "outreach.yaml": OUTREACH.replace("time_zone:", "time_zon:"),
        "campaigns/segments.yaml": SEGMENTS.replace("contract: fixed-term", "contract: fixd-term"),
        "campaigns/welcome.yaml": WELCOME.replace(": newcomers", ": newcommers").replace("day: 90", "day: 9"),
        "campaigns/newsletter.yaml": NEWSLETTER.replace("at_most: 3", "at_most: three"),
        "templates/welcome/nl.md": "---\nsubjct: Welkom\npreheader: x\n---\n",
    })  # fmt: skip
    assert _said(loaded) == [
        "campaigns/newsletter.yaml:9:35: steps.0.pick.at_most: expected a whole number from 1 to 8, found `three`",
        "campaigns/segments.yaml:5:37: fixed-term.where.contract: `contract` is never `fixd-term`",
        "campaigns/welcome.yaml:6:11: audience: there is no segment `newcommers`",
        "campaigns/welcome.yaml:21:10: steps.2.day: day 9 does not come after day 10 of the step before it",
        "outreach.yaml:3:1: time_zon: the key `time_zon` is not known here",
        "templates/welcome/nl.md:2:1: subjct: the key `subjct` is not known here",
    ]
    assert loaded.definitions is None


def test_a_draft_holds_what_is_sound(judge: Judge) -> None:
    loaded = judge({"campaigns/welcome.yaml": WELCOME.replace("title:", "titel:")})
    assert loaded.definitions is None
    assert loaded.draft is not None
    assert set(loaded.draft.campaigns) == {"newsletter"}


def test_a_broken_file_takes_nothing_with_it(judge: Judge) -> None:
    """What refers into a file that cannot be read is not called unknown."""
    for name in ("outreach.yaml", "campaigns/segments.yaml", "campaigns/welcome.yaml"):
        files = {name: "a: [1,\n"}
        assert [problem.file for problem in judge(files).problems] == [name]
        judge({name: FILES[name]})


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert _said(loaded) == ["outreach.yaml:1:1: there is no such file here"]
    assert loaded.definitions is None
    assert loaded.draft is None


def test_files_that_would_be_overlooked_are_named(judge: Judge) -> None:
    loaded = judge({
        "campaigns/spring.yml": "title: x\n",
        "campaigns/ofers/loan.yaml": "title: x\n",
        "campaigns/summer.YAML": "title: x\n",
        "campaigns/offers/gift.yaml.txt": "title: x\n",
        "campaigns/offers/2027/loan.yaml": "title: x\n",
        "campaigns/offers/loan.yaml.bak": "title: x\n",
        "campaigns/Spring Letter.yaml": NEWSLETTER,
    })  # fmt: skip
    assert _said(loaded) == [
        "campaigns/Spring Letter.yaml:1:1: the name of the file is the id, and `Spring Letter` is no id",
        "campaigns/ofers:1:1: this folder is not read",
        "campaigns/offers/2027:1:1: this folder is not read",
        "campaigns/offers/gift.yaml.txt:1:1: files of definitions end in .yaml",
        "campaigns/spring.yml:1:1: files of definitions end in .yaml",
        "campaigns/summer.YAML:1:1: files of definitions end in .yaml",
    ]


def test_a_folder_in_the_place_of_a_file_is_a_problem(judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "campaigns/odd.yaml").mkdir()
    (problem,) = judge({}).problems
    assert (problem.file, problem.message) == ("campaigns/odd.yaml", "the file cannot be read: Is a directory")
    assert problem.remedy == "Put a file in the place of this folder."


def test_segments_that_are_a_link_to_nothing_are_a_problem_of_their_own(judge: Judge, tmp_path: Path) -> None:
    (tmp_path / "campaigns/segments.yaml").unlink()
    (tmp_path / "campaigns/segments.yaml").symlink_to("gone.yaml")
    (problem,) = judge({}).problems
    assert problem.file == "campaigns/segments.yaml"
    assert problem.remedy == "It is a link to a file that is not there: put the file in its place."


def test_notes_are_no_problems(judge: Judge) -> None:
    loaded = judge({"templates/welcome/fr.md": message("Bienvenue")})
    notes = [str(note).splitlines()[0] for note in loaded.notes]
    assert "templates/newsletter:1:1: no text in fr: those readers get nl" in notes
    assert "campaigns/newsletter.yaml:2:1: it is not said why people are written to" in notes
    assert not any("templates/welcome" in note for note in notes)
    assert loaded.definitions is not None


def test_messages_are_judged_although_outreach_yaml_has_a_mistake(judge: Judge) -> None:
    loaded = judge({"outreach.yaml": OUTREACH.replace('"09:00"', '"29:00"')})
    assert loaded.definitions is None
    assert loaded.draft
    assert loaded.draft.workspace.languages == ("nl", "fr")


def test_messages_are_not_judged_by_fields_that_are_broken(judge: Judge) -> None:
    assert judge({"outreach.yaml": OUTREACH.replace("type: date", "type: dates")}).draft is None
