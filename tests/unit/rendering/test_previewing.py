"""A preview is what a mail program would show."""

from __future__ import annotations

from outreach.rendering.previewing import preview
from tests.unit.rendering import samples


def test_a_preview_shows_every_part():
    composer = samples.composer("Dag é", "<p>{{ person.first_name }}</p>\n", "{{ person.first_name }}\n")
    seen = preview(composer, samples.item({"first_name": "Zoë"}))
    assert (seen.subject, seen.html, seen.text) == ("Dag é", "<p>Zoë</p>\n", "Zoë\n")
    assert seen.sender == "Sociale Dienst <dienst@example.org>"
    assert seen.eml.startswith(b"From: ")
