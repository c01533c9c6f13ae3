"""Markdown as officers write it."""

from __future__ import annotations

import pytest

from outreach.rendering import markup
from outreach.rendering.tags import Tags


def html(source: str) -> str:
    swapped = Tags()
    return swapped.restore(markup.to_html(swapped.swap(source), swapped))


def test_a_paragraph_that_is_one_bold_link_is_a_button():
    made = html("Dag\n\n**[Schrijf je in](https://example.org/x)**\n\nTot dan")
    assert '<p class="button"><strong><a href="https://example.org/x">' in made
    assert "Schrijf je in<!--[if mso]>" in made
    assert made.count("<p>") == 2


@pytest.mark.parametrize(
    "source",
    ["Kijk **[hier](https://x.be)**", "[hier](https://x.be)", "**vet**", "**[a](https://x.be) [b](https://x.be)**",
     "**[a](https://x.be)** **[b](https://x.be)**"],
)  # fmt: skip
def test_other_links_are_links(source):
    assert "button" not in html(source)


def test_a_condition_on_lines_of_its_own_stands_between_paragraphs():
    made = html("Een\n{% if person.children %}\nTwee\n{% endif %}\nDrie")
    assert made == "<p>Een</p>\n{% if person.children %}\n<p>Twee</p>\n{% endif %}\n<p>Drie</p>\n"


def test_a_condition_may_hold_items_of_a_list():
    made = html("* een\n{% if person.children %}\n* twee\n{% endif %}")
    assert "<li>een</li>\n</ul>\n{% if person.children %}\n<ul>\n<li>twee</li>\n</ul>\n{% endif %}" in made


def test_the_offers_stand_on_their_own():
    assert html("Dag\n\n{{ offers }}\n\nTot dan") == "<p>Dag</p>\n{{ offers }}\n<p>Tot dan</p>\n"


def test_a_printed_value_on_its_own_line_is_a_paragraph():
    assert html("{{ sender.signature }}") == "<p>{{ sender.signature }}</p>\n"


def test_tags_survive_where_markdown_would_break_them():
    source = "**{{ a }}** [x]({{ links.choices }}) {% if a < 5 and b == \"*\" %}*{{ c['d'] }}*{% endif %}"
    assert html(source) == (
        '<p><strong>{{ a }}</strong> <a href="{{ links.choices }}">x</a> '
        "{% if a < 5 and b == \"*\" %}<em>{{ c['d'] }}</em>{% endif %}</p>\n"
    )


def test_html_is_shown_as_it_was_written():
    assert html("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


def test_a_script_is_no_link():
    assert "href" not in html("[x](javascript:alert(1))")


def test_comments_of_the_author_are_gone():
    assert html("Dag {# nog eens nalezen #}jij") == "<p>Dag jij</p>\n"
