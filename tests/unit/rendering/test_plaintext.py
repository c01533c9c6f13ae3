"""The text part reads well on its own."""

from __future__ import annotations

import pytest

from outreach.rendering import markup, plaintext
from outreach.rendering.tags import Tags


def text(source: str) -> str:
    swapped = Tags()
    made = markup.to_html(swapped.swap(source), swapped)
    return swapped.restore(plaintext.to_text(made, swapped))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# Kop\n\nDag", "Kop\n===\n\nDag\n\n"),
        ("## Onder\n\n### Klein", "Onder\n-----\n\nKlein\n\n"),
        ("* een\n* twee\n\nNa", "* een\n* twee\n\nNa\n\n"),
        ("3. een\n4. twee", "3. een\n4. twee\n\n"),
        ("* een\n  * binnen\n* twee", "* een\n   * binnen\n* twee\n\n"),
        ("[link](https://example.org/x)", "link: https://example.org/x\n\n"),
        ("Zie [hier](https://example.org/x).", "Zie hier (https://example.org/x).\n\n"),
        ("Zie [example.org](https://example.org/).", "Zie https://example.org/.\n\n"),
        ("Mail [ons](mailto:a@example.org)", "Mail ons (a@example.org)\n\n"),
        ("Mail [a@example.org](mailto:a@example.org)", "Mail a@example.org\n\n"),
        ("Bel [02 555 01 00](tel:025550100)", "Bel 025550100\n\n"),
        ("**[Knop](https://example.org/x)**", "Knop: https://example.org/x\n\n"),
        ("**vet** en *schuin*", "vet en schuin\n\n"),
        ("een\\\ntwee", "een\ntwee\n\n"),
        ("> citaat", "> citaat\n\n"),
        ("a\n\n---\n\nb", "a\n\n--------------------\n\nb\n\n"),
        ("![een foto](https://example.org/f.png)", "een foto\n\n"),
        ("| a | b |\n|---|---|\n| c | d |", "a | b\nc | d\n\n"),
        ("a\u00a0b &amp; c", "a\u00a0b & c\n\n"),
    ],
)
def test_markdown_becomes_plain_lines(source, said):
    assert text(source) == said


def test_lines_are_wrapped_but_addresses_are_not():
    address = "https://example.org/" + "x" * 90
    lines = text(f"{'woord ' * 40}\n\n* {'woord ' * 40}\n\n[hier]({address})").splitlines()
    assert max(len(line) for line in lines if address not in line) <= 76
    assert f"hier: {address}" in "\n".join(lines).replace("\n", " ")
    assert sum(line.startswith("  woord") for line in lines) > 1


def test_what_a_condition_leaves_out_leaves_no_gap():
    assert text("Een\n\n{% if a %}\nTwee\n{% endif %}\n\nDrie") == "Een\n\n{% if a %}Twee\n\n{% endif %}Drie\n\n"


def test_the_offers_bring_their_own_lines():
    assert text("Een\n\n{{ offers }}\n\nTwee") == "Een\n\n{{ offers }}Twee\n\n"


def test_mjml_is_read_as_its_reader_would():
    source = (
        "<mjml><mj-head><mj-title>T</mj-title><mj-preview>P</mj-preview><mj-style>p{}</mj-style></mj-head><mj-body>"
        '<mj-section><mj-column><mj-image src="https://x.be/a.png" alt="Logo" href="https://x.be" />'
        '<mj-text>Los <b>vet</b><p>Alinea</p></mj-text><mj-button href="https://x.be/b">Knop</mj-button>'
        '<mj-divider /><mj-spacer height="2px" /><mj-social><mj-social-element href="https://x.be/s">S</mj-social-element>'
        "</mj-social><mj-table><tr><td>a</td><td>b</td></tr></mj-table></mj-column></mj-section></mj-body></mjml>"
    )
    assert plaintext.to_text(source, Tags()) == (
        "Logo: https://x.be\n\nLos vet\n\nAlinea\n\nKnop: https://x.be/b\n\n--------------------\n\nS: https://x.be/s\n\n"
        "a | b\n\n"
    )
