"""Layouts lose no tag on their way through MJML and CSS."""

from __future__ import annotations

import re

import pytest

from outreach.rendering import folding, markup, mjml
from outreach.rendering.mjml import BrokenLayout, Parts
from outreach.rendering.tags import Tags
from tests.unit.rendering import samples


def filled(layout: str, html: str = "<p>x</p>", language: str = "nl") -> str:
    compiled = mjml.compile_layout(layout, language)
    swapped = mjml.started(compiled)
    return mjml.fill(compiled, Parts("S", "P", html, "x\n\n"), swapped).html


@pytest.mark.parametrize(
    "tag",
    ["{% if reminder.number < 5 %}a{% endif %}", "{{ \"a\" ~ '<b>' }}", "{% for i in range(2) %}{{ i }}{% endfor %}"],
)
def test_tags_pass_through_a_text_unharmed(tag):
    assert tag in filled(samples.LAYOUT.replace("{{ organisation }}", tag))


def test_rows_of_a_table_may_be_conditional():
    table = "<mj-table>{% if a %}<tr><td>x</td></tr>{% endif %}</mj-table>"
    made = filled(samples.LAYOUT.replace("<mj-text><p>", f"{table}<mj-text><p>"))
    assert re.search(r"{% if a %}(<tbody>)?<tr><td>x</td></tr>{% endif %}", made)


def test_tags_stand_in_attributes():
    layout = samples.LAYOUT.replace('css-class="text"', 'css-class="text" color=\'{{ "#fff" }}\'')
    assert 'color:{{ "#fff" }}' in filled(layout).replace(": ", ":")


def test_a_brace_that_a_compiler_made_is_no_tag_of_jinja():
    html = markup.to_html("&#123;# geen tag", Tags())
    assert '<p style="margin: 0 0 16px;">{{ "{" }}# geen tag</p>' in filled(samples.LAYOUT, html)


def test_styles_stand_on_their_elements_and_media_queries_in_the_head():
    made = filled(samples.LAYOUT)
    assert '<p style="margin: 0 0 16px;">x</p>' in made
    assert "@media (max-width: 480px)" in made.split("</head>")[0]


def test_a_dropped_tag_is_refused():
    layout = samples.LAYOUT.replace("<mj-column>", '<mj-column width="{{ a }}">')
    with pytest.raises(BrokenLayout, match=r"\{\{ a \}\}"):
        mjml.compile_layout(layout, "nl")


def test_mjml_that_cannot_be_compiled_is_refused():
    with pytest.raises(BrokenLayout):
        mjml.compile_layout("<mjml><mj-body><mj-section></mj-body></mjml>", "nl")


def test_a_language_from_the_right_is_marked_so():
    assert '<html lang="ar" dir="rtl"' in filled(samples.LAYOUT, language="ar")


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("{% if language == 'fr' %}a{% elif language == 'en' %}b{% else %}c{% endif %}", "c"),
        ("{% if language == 'nl' %}a{{ x }}{% endif %}b", "a{{ x }}b"),
        ("{% if language == 'fr' %}a{% endif %}", ""),
        ("{% if x %}{% if language == 'nl' %}a{% else %}b{% endif %}{% endif %}", "{% if x %}a{% endif %}"),
        ("{% if language == x %}a{% else %}b{% endif %}", "{% if language == x %}a{% else %}b{% endif %}"),
        (
            "{% for i in y %}{% if language in ['nl', 'fr'] %}a{% endif %}{% else %}b{% endfor %}",
            "{% for i in y %}a{% else %}b{% endfor %}",
        ),
        ("{% if language == 'nl' %}a", "{% if language == 'nl' %}a"),
        ("{% endif %}", "{% endif %}"),
        ("{% raw %}{% if language == 'fr' %}{% endraw %}", "{% raw %}{% if language == 'fr' %}{% endraw %}"),
    ],
)
def test_branches_of_other_languages_are_folded_away(source, left):
    assert folding.fold(source, "nl") == left
