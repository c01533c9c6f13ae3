"""What an approver reads of a campaign."""

from __future__ import annotations

from datetime import date

import pytest

from outreach.cli.summary import StepSummary, Summary, missed, text
from outreach.definitions.model import Closed, Start
from tests.unit.planning.people import campaign, definitions


def test_every_branch_stands_below_the_steps() -> None:
    branches = {"after": "on day 20: if came to workshop; otherwise to the end"}
    steps = [StepSummary("first", 1, "09:00", "first", 0, "", {"nl": "Welkom"})]
    summary = Summary("welcome", "Welkom", "0" * 64, "everyone", 40, 0, "when hired", [], steps, branches, {}, [], [])
    assert text(summary, 10).splitlines()[-1] == "Branch after, on day 20: if came to workshop; otherwise to the end"


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (date(2026, 10, 6), ""),
        (date(2026, 10, 7), "its day, 2026-10-06, is past: who has not had it gets it at once, until 2026-10-20"),
        (date(2026, 10, 20), "its day, 2026-10-06, is past: who has not had it gets it at once, until 2026-10-20"),
        (date(2026, 10, 21), "its day, 2026-10-06, and its latest time are past: nobody gets it any more"),
    ],
)
def test_an_only_day_that_is_past_is_said_before_it_is_approved(now: date, told: str) -> None:
    news = campaign("news")
    assert missed(definitions(news), news, now) == told


def test_what_comes_back_or_landed_on_an_open_day_has_missed_nothing() -> None:
    welcome = campaign("welcome", start=Start("event", name="hired"))
    assert missed(definitions(welcome), welcome, date(2026, 11, 1)) == ""
    news, closed = campaign("news"), Closed(days=(date(2026, 10, 6),))
    assert missed(definitions(news, workspace={"closed": closed}), news, date(2026, 10, 7)) == ""
