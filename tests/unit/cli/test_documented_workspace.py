"""The workspace that docs/how-to/workspace-from-nothing.md writes is one that `check` finds nothing wrong with."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from outreach.cli.app import outreach

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "workspace-from-nothing.md"
#: A block, and the file that its first line names.
BLOCK = re.compile(r"^```\w+\n(?:# |<!-- )(\S+?)(?: -->)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def from_the_page(tmp_path):
    for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_blocks_of_the_page_are_a_whole_workspace(from_the_page):
    files = sorted(str(path.relative_to(from_the_page)) for path in from_the_page.rglob("*") if path.is_file())
    assert files == [
        "campaigns/commuting.yaml",
        "campaigns/segments.yaml",
        "outreach.yaml",
        "templates/commuting/nl.md",
        "templates/layouts/letter.mjml",
    ]
    answer = CliRunner().invoke(outreach, ["check", "--json", "--workspace", str(from_the_page)])
    assert (answer.exit_code, json.loads(answer.stdout)) == (0, {"problems": [], "notes": []})
    shown = CliRunner().invoke(outreach, ["preview", "commuting", "--json", "--workspace", str(from_the_page)])
    assert "Naar het formulier" in Path(json.loads(shown.stdout)["text"]).read_text(encoding="utf-8")
