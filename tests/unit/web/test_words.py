from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from outreach.web.people.pages import _HERE, _environment
from outreach.web.people.words import LANGUAGES, accepted, best, words


def leaves(catalogue: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Every key with the holes of its text."""
    for key, value in catalogue.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{above}{key}.")
        else:
            yield above + key, frozenset(re.findall(r"\{(\w+)\}", value))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_with_the_same_holes(language: str) -> None:
    assert dict(leaves(words(language))) == dict(leaves(words("en")))


def test_every_template_is_understood_and_every_key_that_it_asks_for_is_there() -> None:
    there = {key for key, _ in leaves(words("en"))}
    for path in (_HERE / "templates").glob("*.html"):
        _environment.get_template(path.name)
        assert set(re.findall(r'say\("([\w.]+)"[,)]', path.read_text(encoding="utf-8"))) <= there


def test_the_language_is_one_that_is_wanted_offered_and_there() -> None:
    assert best(["de", "fr"], ["nl", "fr"]) == "fr"
    assert best(["de"], ["nl", "de"]) == "de"
    assert best(["de"], ["it", "nl"]) == "nl"
    assert best(["it"], ["it"]) == "en"
    assert accepted("fr-BE,fr;q=0.9, en;q=0.8") == ["fr", "fr", "en"]
    assert accepted("") == [""]
