from __future__ import annotations

import pytest

from outreach.definitions.discretion import said

WORDS = {"schuld": "debt", "arm": "poverty", "psycho-sociaal": "help", "dépression": "help"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Hulp bij schulden", "schuld"),
        ("GELDSCHULDEN", "schuld"),
        ("Dag tegen armoede", "arm"),
        ("Arm of rijk", "arm"),
        ("Een warme sjaal", None),
        ("warm", None),
        ("https://dienst.example/hulp-bij-schuld", "schuld"),
        ("info_schuld@dienst.example", "schuld"),
        ("Psycho sociaal", "psycho-sociaal"),
        ("PSYCHO_SOCIAAL", "psycho-sociaal"),
        ("depression", "dépression"),
        ("Dépressions", "dépression"),
        ("Nieuws van de dienst", None),
        ("", None),
    ],
)
def test_words_are_found_in_any_case_accent_and_compound(text: str, word: str | None) -> None:
    assert said(text, WORDS) == word
