"""What a layout shows of a message: all that it must, and the words once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jinja2 import nodes

from outreach.errors import Problem
from outreach.rendering import folding, tags
from outreach.rendering.judging import Part
from outreach.rendering.mjml import Layout
from outreach.rendering.templates import environment

#: What a layout must show, and how.
_REQUIRED = {
    "content": "<mj-text>{{ content }}</mj-text>",
    "preheader": "<mj-preview>{{ preheader }}</mj-preview>",
}
_CONTENT = re.compile(r"\{\{-?\s*content\b.*", re.DOTALL)
_TWICE = "the layout shows the content more than once, so that its reader reads everything again"
_ONCE = "Keep one `{{ content }}`, or put each into a branch of its own: `{% if … %}` and `{% else %}`."


def lint(part: Part, layouts: dict[str, Layout]) -> list[Problem]:
    """What is missing in a layout, or is there too often; `layouts` are its compiled forms by language."""
    missing = [
        part.problem(1, f"the layout does not show the {name}", f"Write {remedy} where it belongs.")
        for name, remedy in _REQUIRED.items()
        if not all(layout.filled[name] for layout in layouts.values())
    ]
    source = tags.uncommented(part.source)
    if missing or max(_shown(source, language) for language in layouts) < 2:
        return missing
    line, written = _last(source)
    return [part.problem(line, _TWICE, _ONCE, find=written)]


def _shown(source: str, language: str) -> int:
    """How often a reader can see the content at most."""
    return _most([environment("en", "html").parse(folding.fold(source, language))])


def _last(source: str) -> tuple[int, str]:
    """Where the content is shown for the last time: the line from 1, and the tag as written."""
    line, last = 1, (1, "")
    for segment in tags.segments(source):
        if _CONTENT.fullmatch(segment):
            last = line, segment.strip()
        line += segment.count("\n")
    return last


def _most(together: Iterable[nodes.Node]) -> int:
    return sum(_in(node) for node in together)


def _in(node: nodes.Node) -> int:
    if isinstance(node, nodes.If):
        # One branch is shown to one reader, never two.
        return max(_most(node.body), _most(node.else_), *map(_in, node.elif_), 0)
    return int(isinstance(node, nodes.Name) and node.name == "content") + _most(node.iter_child_nodes())
