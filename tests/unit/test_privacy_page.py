"""`docs/privacy.md` speaks of every table, of every limit, and of no table that there is not."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from outreach.definitions.model import Retention
from outreach.privacy.reach import rows_of
from outreach.storage.tables import metadata

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def _rows() -> dict[str, str]:
    """Table -> what the page says of people in it."""
    first = PAGE.split("Outside of the database")[0]
    rows = [line.split("|") for line in first.splitlines() if line.startswith("| `")]
    return {name: cells[2].strip() for cells in rows for name in re.findall(r"`(\w+)`", cells[1])}


def test_every_table_stands_there_once_and_no_other():
    named = [
        name
        for line in PAGE.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    tables = sorted(metadata.tables)
    assert sorted(name for name in named if not name.startswith("var")) == tables


def test_no_table_that_leads_to_a_person_is_said_to_hold_nothing():
    assert all(_rows()[table.name] != "nothing" for table, _ in rows_of(1, "x"))


def test_the_limits_that_hold_where_nothing_is_said_are_those_of_the_program():
    for field in fields(Retention):
        (line,) = [line for line in PAGE.splitlines() if line.startswith(f"  {field.name}: ")]
        assert f"{field.default.days} days where not said" in line
