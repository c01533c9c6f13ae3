"""Every test that `docs/security.md` names exists, in the file that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "security.md").read_text(encoding="utf-8").split("## What is yours")[0].splitlines()
    if re.match(r"\| \d", line)
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].split(" ")[0])
def test_a_requirement_names_a_test_that_exists(row):
    requirement, how, test = row
    path, name = test.strip("`").split("::")
    assert re.match(r"\d+\.\d+\.\d+", requirement)
    assert how
    assert re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test


def test_no_requirement_stands_there_twice():
    named = [number for row in ROWS for number in re.findall(r"\d+\.\d+\.\d+", row[0])]
    assert len(set(named)) == len(named) > 40
