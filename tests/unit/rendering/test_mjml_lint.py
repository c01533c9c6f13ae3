"""What the MJML compiler would let pass in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from outreach.rendering.judging import Part
from outreach.rendering.mjml_lint import lint
from tests.unit.rendering import samples


def found(source: str) -> list[tuple[int, int, str, str]]:
    return [(one.line, one.column, one.message, one.remedy) for one in lint(Part("f", "body", source, 1, "html"))]


def body(inside: str) -> str:
    return f"<mjml>\n<mj-body>\n<mj-section><mj-column>\n{inside}\n</mj-column></mj-section>\n</mj-body>\n</mjml>"


@pytest.mark.parametrize(
    ("inside", "line", "column", "message", "remedy"),
    [
        ("<mj-txt>x</mj-txt>", 4, 1, "MJML has no `<mj-txt>`", "Did you mean `<mj-text>`?"),
        ('<mj-text colour="red">x</mj-text>', 4, 10, "`mj-text` has no attribute `colour`", "Did you mean `color`?"),
        ('<mj-text\n  color="red"\n  font-sise="3px">x</mj-text>', 6, 3, "`mj-text` has no attribute `font-sise`", ""),
        ("<mj-text>x</mj-txt>", 4, 11, "`</mj-txt>` closes nothing here", "Expected here: `</mj-text>`."),
        ("<mj-text>x", 6, 0, "", "</mj-text>"),
        ('<mj-include path="a.mjml" />', 4, 1, "no other file can be taken in here", "Write in its place"),
        ("<p>x</p>", 4, 1, "`<p>` cannot stand here", "Put HTML into mj-text, mj-table or mj-raw."),
        ("<mj-section></mj-section>", 4, 1, "`<mj-section>` cannot stand in `mj-column`", "mj-body or mj-wrapper."),
        ('<mj-image src="a.png" />', 4, 1, "this `mj-image` has no `alt`", "alt="),
        ("<mj-text><mj-button>a</mj-button></mj-text>", 4, 10, "`<mj-button>` cannot stand in `mj-text`", "HTML"),
        ("<mj-attributes></mj-attributes>", 4, 1, "`<mj-attributes>` cannot stand in `mj-column`", "mj-head"),
    ],
)
def test_a_slip_is_found_at_its_place(inside, line, column, message, remedy):
    problems = found(body(inside))
    assert problems
    if message:
        assert (line, column, message) == problems[0][:3]
    assert remedy in problems[0][3]


@pytest.mark.parametrize("source", ["", "<p>x</p>", "<mjml></mjml>"])
def test_what_is_no_mjml_is_found(source):
    assert found(source)


def test_defaults_in_the_head_are_judged_too():
    head = "<mjml><mj-head><mj-attributes>{}</mj-attributes></mj-head><mj-body /></mjml>"
    sound = '<mj-all font-family="A" /><mj-class name="b" color="red" /><mj-text padding="0" />'
    assert found(head.format(sound)) == []
    assert "no attribute `colr`" in found(head.format('<mj-text colr="red" />'))[0][2]


def test_tags_comments_and_styles_stand_in_nobodys_way():
    source = body(
        "<!-- {{ content }} <mj-foo> -->\n"
        '<mj-text color="{{ \'#fff\' if a < 5 else "x" }}">{% if a < b %}x{% endif %}</mj-text>'
    ).replace("<mj-body>", "<mj-head><mj-style>.a > b { content: '<mj-x>' }</mj-style></mj-head><mj-body>")
    assert found(source) == []


def test_the_layouts_of_the_sample_workspace_pass():
    root = Path(__file__).parents[3] / "templates" / "layouts"
    assert [found(path.read_text()) for path in sorted(root.glob("*.mjml"))] == [[], []]
    assert found(samples.LAYOUT) == []
