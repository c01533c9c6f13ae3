"""What an approver reads of a campaign that branches."""

from __future__ import annotations

from outreach.cli.summary import StepSummary, Summary, text


def test_every_branch_stands_below_the_steps() -> None:
    branches = {"after": "on day 20: if came to workshop; otherwise to the end"}
    steps = [StepSummary("first", 1, "09:00", "first", 0, "", {"nl": "Welkom"})]
    summary = Summary("welcome", "Welkom", "0" * 64, "everyone", 40, 0, "when hired", [], steps, branches, {}, [], [])
    assert text(summary, 10).splitlines()[-1] == "Branch after, on day 20: if came to workshop; otherwise to the end"
