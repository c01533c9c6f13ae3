"""The Subject of each mail."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from jinja2 import UndefinedError

from outreach.rendering.plain import Plain
from outreach.rendering.subject import Subject
from outreach.rendering.templates import missing

NAME = "x"


def plain(values: dict[str, Any]) -> str:
    return f"Subject: {Plain('Dag {{ x }}', 'nl', 'subject', {}).render(values)}\r\n"


def subject(source: str) -> Subject:
    return Subject(Plain(source, "nl", "subject", {}))


@pytest.mark.parametrize("values", [(1, 1.0), ("1", 1), (date(2026, 1, 2), "2026-01-02")])
def test_values_that_are_equal_and_read_differently_are_told_apart(values: tuple[Any, ...]) -> None:
    made = subject("Dag {{ x }}")

    for value in values * 2:
        assert made.line({NAME: value}) == plain({NAME: value})


def test_a_fact_that_is_missing_is_tested_for_by_the_template() -> None:
    made = subject("Dag {{ x or 'collega' }}")

    assert made.line({NAME: missing("x")}) == "Subject: Dag collega\r\n"
    assert made.line({NAME: "An"}) == "Subject: Dag An\r\n"


def test_a_fact_that_is_missing_and_printed_is_refused_each_time() -> None:
    made = subject("Dag {{ x }}")

    for _ in range(2):
        with pytest.raises(UndefinedError):
            made.line({NAME: missing("x")})
