"""When somebody may be in a campaign again, as an officer writes it."""

from __future__ import annotations

import pytest

from outreach.definitions.model import Reentry, Span
from outreach.definitions.reentry import parse_reentry
from outreach.definitions.refusal import RefusedError
from tests.unit.definitions.conftest import Judge, attempt
from tests.unit.definitions.design import NEWSLETTER, WELCOME


@pytest.mark.parametrize(
    ("text", "reentry"),
    [
        ("never", Reentry()),
        ("Each  event", Reentry("each event")),
        ("after 180 days", Reentry("after", Span(days=180))),
        ("after 2 years", Reentry("after", Span(months=24))),
    ],
)
def test_it_is_read(text: str, reentry: Reentry) -> None:
    assert parse_reentry(text) == reentry


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("each evnt", "Did you mean `each event`?"),
        ("often", "Write `never`, `each event`, or for instance `after 180 days`."),
        ("after 0 days", "Write at least `1 day`."),
    ],
)
def test_what_it_is_not_is_refused_with_a_remedy(text: str, remedy: str) -> None:
    refused = attempt(parse_reentry, text)
    assert isinstance(refused, RefusedError)
    assert refused.remedy == remedy


def test_it_stands_in_the_campaign(judge: Judge) -> None:
    loaded = judge({"campaigns/welcome.yaml": WELCOME.replace("priority: high", "reentry: each event")})
    assert loaded.problems == ()
    assert loaded.definitions
    assert loaded.definitions.campaigns["welcome"].reentry == Reentry("each event")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("welcome", WELCOME.replace("{event: hired, ignore_if_older_than: 60 days}", "{enters: newcomers}").replace(
            "priority: high", "reentry: each event"), "neither an event nor an outcome starts this campaign"),
        ("newsletter", NEWSLETTER + "reentry: after 1 year\n",
         "it starts for all at once, and whoever is in the audience then gets it"),
    ],
)  # fmt: skip
def test_it_fits_the_start(judge: Judge, file: str, text: str, message: str) -> None:
    assert [(one.path, one.message) for one in judge({f"campaigns/{file}.yaml": text}).problems] == [
        ("reentry", message)
    ]
