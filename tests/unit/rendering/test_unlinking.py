"""What is left of a text when the links of its reader are taken out."""

from __future__ import annotations

import pytest

from outreach.rendering.unlinking import unlinked

URL = "https://dienst.example"
MINE = f"{URL}/r/aBc-_0123"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Dag An\n\nTot dan.\n", "Dag An\n\nTot dan."),
        (f"Dag An\n\nJa, ik kom: {MINE}\n\nTot dan.\n", "Dag An\n\nTot dan."),
        (f"Dag An\n\nJa, ik kom,\nmet plezier: {MINE}\n", "Dag An"),
        (f"Dag An\n\n{MINE}\n", "Dag An"),
        (f"Je kunt je keuzes ({MINE}) altijd aanpassen.\n", "Je kunt je keuzes altijd aanpassen."),
        (f"Je kunt je keuzes\n({MINE}) altijd aanpassen.\n", "Je kunt je keuzes altijd aanpassen."),
        (f"Je komt op 3 mei. Liever niet: {MINE}.\n", "Je komt op 3 mei. Liever niet: …."),
        (f"Ga naar {MINE} voor meer.\n", "Ga naar … voor meer."),
        (f"* Bel ons\n* Ja: {MINE}\n* Schrijf ons,\n  of niet\n", "* Bel ons\n* Schrijf ons,\n  of niet"),
        (f"Meer: {URL}/aanbod en https://andere.example/r/x\n", f"Meer: {URL}/aanbod en https://andere.example/r/x"),
    ],
)
def test_what_is_the_readers_own_is_gone_and_all_else_stays(text: str, left: str) -> None:
    assert unlinked(text, URL) == left
