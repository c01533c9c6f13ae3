"""A rollout, or a spread, as it is written, and what is wrong with it."""

from __future__ import annotations

import pytest

from outreach.definitions.model import Rollout, Span
from tests.unit.definitions.conftest import Judge
from tests.unit.definitions.design import FILES, NEWSLETTER, WELCOME

ROLLOUT = "rollout: {waves: 4, every: 1 week, by: lot}\n"
ONCE = NEWSLETTER.replace('{every: first tuesday of the month, at: "09:00"}', "{once: 2026-12-01}")
THEME = NEWSLETTER.replace(
    '{every: first tuesday of the month, at: "09:00"}', "{before: {theme_day: against-poverty, by: 20 days}}"
)


def test_it_stands_in_the_campaign(judge: Judge) -> None:
    loaded = judge({"campaigns/newsletter.yaml": NEWSLETTER + ROLLOUT})
    assert loaded.problems == ()
    assert loaded.definitions
    assert loaded.definitions.campaigns["newsletter"].rollout == Rollout(4, Span(days=7))


def test_a_spread_is_a_rollout_over_days_on_which_it_may_send(judge: Judge) -> None:
    loaded = judge({"campaigns/newsletter.yaml": NEWSLETTER + "spread: 5 days\n"})
    assert loaded.problems == ()
    assert loaded.definitions
    assert loaded.definitions.campaigns["newsletter"].rollout == Rollout(5, Span(days=1), open_days=True)


@pytest.mark.parametrize(
    ("file", "text", "message", "remedy"),
    [
        ("newsletter", NEWSLETTER + ROLLOUT + "frequency: must\n",
         "what somebody must get does not wait for a lot",
         "Delete it, or write `frequency: normal` if they may wait for it."),
        ("welcome", WELCOME.replace("frequency: must", "frequency: normal") + ROLLOUT,
         "each person starts on a day of their own here, and not all at once",
         "Delete it, or start for all at once (`start: {once: …}`)."),
        ("newsletter", THEME + ROLLOUT,
         "the last ones get it 21 days after the first, past the theme day `against-poverty`",
         "Write fewer waves, or closer together, or let it start earlier."),
        ("newsletter", NEWSLETTER + "spread: 1 day\n",
         "so many days cannot be spread over",
         "Write 2 to 60 days; for longer, `rollout`."),
        ("newsletter", NEWSLETTER + "spread: 5 days\n" + ROLLOUT,
         "`rollout` says already how it goes out over time",
         "Delete one of the two."),
        ("newsletter", ONCE + "about: loan\n" + ROLLOUT,
         "the last ones get it on 2026-12-22, and the offer `loan` ends on 2026-12-15",
         "Write fewer waves, or closer together, or let it start earlier."),
    ],
)  # fmt: skip
def test_it_is_for_what_may_wait_and_is_over_in_time(
    judge: Judge, file: str, text: str, message: str, remedy: str
) -> None:
    loan = FILES["campaigns/offers/loan.yaml"] + "available: {from: 2026-01-01, until: 2026-12-15}\n"
    loaded = judge({f"campaigns/{file}.yaml": text, "campaigns/offers/loan.yaml": loan})
    found = [(one.path, one.message, one.remedy) for one in loaded.problems]
    key = "spread" if "spread" in text else "rollout"
    assert found == [(key, message, remedy)]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith(key)]
    assert [loaded.problems[0].line] == lines


@pytest.mark.parametrize(
    ("rule", "lands"), [("", "2026-12-23"), ("on_closed: before\n", "2026-12-23"), ("on_closed: send\n", None)]
)
def test_a_last_wave_on_a_closed_day_is_over_in_time_too(judge: Judge, rule: str, lands: str | None) -> None:
    """The day after the offer ends, since the day of the wave is closed."""
    loan = FILES["campaigns/offers/loan.yaml"] + "available: {from: 2026-01-01, until: 2026-12-22}\n"
    files = {
        "campaigns/newsletter.yaml": ONCE + "about: loan\n" + rule + ROLLOUT,
        "campaigns/offers/loan.yaml": loan,
        "outreach.yaml": FILES["outreach.yaml"] + "closed: {also: [2026-12-22]}\n",
    }
    message = f"the last ones get it on {lands}, and the offer `loan` ends on 2026-12-22"
    assert [one.message for one in judge(files).problems] == ([message] if lands else [])


def test_the_lot_is_the_only_thing_that_decides(judge: Judge) -> None:
    loaded = judge({"campaigns/newsletter.yaml": NEWSLETTER + ROLLOUT.replace("by: lot", "by: age")})
    assert [(one.path, one.message) for one in loaded.problems] == [("rollout.by", "expected lot, found `age`")]


def test_a_limit_says_how_many_a_day(judge: Judge) -> None:
    loaded = judge({"campaigns/newsletter.yaml": NEWSLETTER + "at_most: 40 per day\n"})
    assert loaded.problems == ()
    assert loaded.definitions
    assert loaded.definitions.campaigns["newsletter"].at_most == 40


@pytest.mark.parametrize(
    ("written", "message", "remedy"),
    [
        ("at_most: 40", "`40` does not say how many a day", "Write for instance `40 a day`."),
        ("at_most: 40 a week", "`40 a week` does not say how many a day", "Write for instance `40 a day`."),
        ("at_most: 0 a day", "0 is no limit", "Write a number from 1 to 1000000: `40 a day`."),
        ("at_most: 40 a day\nfrequency: must", "what somebody must get does not wait until there is a place",
         "Delete it, or write `frequency: normal` if they may wait for it."),
    ],
)  # fmt: skip
def test_a_limit_is_a_number_for_what_may_wait(judge: Judge, written: str, message: str, remedy: str) -> None:
    text = f"{NEWSLETTER}{written}\n"
    found = [(one.path, one.message, one.remedy, one.line) for one in
             judge({"campaigns/newsletter.yaml": text}).problems]  # fmt: skip
    assert found == [("at_most", message, remedy, NEWSLETTER.count("\n") + 1)]
