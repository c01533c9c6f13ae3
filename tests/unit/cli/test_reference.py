"""The reference pages say what the program says now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outreach.cli.app import SECTIONS
from outreach.cli.reference import pages
from outreach.planning.explanation import REASONS
from outreach.rendering.names import LAYOUT_NAMES, VARIABLES
from outreach.settings import variables

DOCS = Path(__file__).parents[3] / "docs"
README = DOCS.parent / "README.md"


@pytest.mark.parametrize("name", ["command-line.md", "definitions.md", "settings.md", "reasons.md", "templates.md"])
def test_a_page_is_as_the_program_makes_it(name):
    kept = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert kept == pages()[name], "run `outreach schema --reference docs/reference`"


def test_pages_name_every_verb_setting_and_reason():
    made = pages()
    assert all(f"outreach {verb}" in made["command-line.md"] for section in SECTIONS.values() for verb in section)
    assert all(variable in made["settings.md"] for variable in variables().values())
    assert all(f"`{reason}`" in made["reasons.md"] for reason in REASONS)


def test_the_page_of_templates_says_something_of_every_variable():
    made = pages()["templates.md"]
    for name, parts in VARIABLES.items():
        for written in [f"{name}.{part}" for part in parts] or [name]:
            assert f"| `{written}` |" in made
    assert all(f"| `{name}` |" in made for name in LAYOUT_NAMES)


def test_every_link_between_pages_leads_somewhere():
    for page in [README, *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in link and "{{" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_verbs_in_the_pages_exist():
    verbs = {verb for section in SECTIONS.values() for verb in section}
    for page in [README, *DOCS.rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        for line in re.findall(r"^outreach ([a-z-]+)", text, re.MULTILINE):
            assert line in verbs, f"{page.name}: outreach {line}"
