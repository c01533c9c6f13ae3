"""MJML judged before it is compiled, as the compiler takes whatever it gets.

It lets an unknown tag through into the HTML, drops an unknown attribute, and takes `</mj-txt>` for the end of an
`mj-text`, all without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from html.parser import HTMLParser

from outreach.errors import Problem
from outreach.rendering import tags
from outreach.rendering.judging import Part
from outreach.rendering.mjml_components import ATTRIBUTES, CHILDREN, COMMON, ENDING

_EVERY_ATTRIBUTE = frozenset().union(COMMON, *ATTRIBUTES.values())
#: HTML that is never closed.
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_HEAD_STYLE = frozenset({"mj-all", "mj-class"})


class _Linter(HTMLParser):
    def __init__(self, part: Part) -> None:
        super().__init__(convert_charrefs=True)
        self._part = part
        #: Open tags with the line of each.
        self._open: list[tuple[str, int]] = []
        self.problems: list[Problem] = []
        self.components: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.components.add(tag)
        self._judge(tag, attrs)
        if tag not in _VOID:
            self._open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.components.add(tag)
        self._judge(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if self._open and self._open[-1][0] == tag:
            self._open.pop()
            return
        expected = f"`</{self._open[-1][0]}>`" if self._open else "nothing more"
        self._say(f"`</{tag}>` closes nothing here", f"Expected here: {expected}.")
        # Whatever is opened twice by this slip would only repeat it.
        names = [name for name, _ in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]
        elif self._open:
            self._open.pop()

    def finish(self) -> None:
        """Say what was never closed, or is not there."""
        self.close()
        for tag, line in self._open[:1]:
            message, remedy = f"`<{tag}>` is never closed", f"Write `</{tag}>` where it ends."
            self.problems.append(self._part.problem(line, message, remedy, find=f"<{tag}"))
        for needed in ("mjml", "mj-body"):
            if needed not in self.components and not self.problems:
                remedy = "An MJML file is <mjml> with an <mj-body> in it."
                self.problems.append(self._part.problem(1, f"there is no `<{needed}>`", remedy))

    def _judge(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1][0] if self._open else ""
        if any(name in ENDING for name, _ in self._open):
            self._judge_html(tag, parent)
        elif parent == "mj-attributes":
            self._judge_default(tag, attrs)
        elif tag == "mj-include":
            self._say("no other file can be taken in here", "Write in its place what stands in that file.")
        elif tag not in ATTRIBUTES:
            self._say(*_unknown_tag(tag, CHILDREN.get(parent, ATTRIBUTES)))
        else:
            self._judge_place(tag, parent)
            self._judge_attributes(tag, attrs, ATTRIBUTES[tag] | COMMON)
            self._judge_picture(tag, attrs)

    def _judge_html(self, tag: str, parent: str) -> None:
        if tag.startswith("mj"):
            self._say(f"`<{tag}>` cannot stand in `{parent}`", "That component holds HTML and text only.")

    def _judge_default(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HEAD_STYLE:
            self._judge_attributes(tag, attrs, _EVERY_ATTRIBUTE | {"name"})
        elif tag in ATTRIBUTES:
            self._judge_attributes(tag, attrs, ATTRIBUTES[tag] | COMMON)
        else:
            self._say(*_unknown_tag(tag, [*ATTRIBUTES, *_HEAD_STYLE]))

    def _judge_place(self, tag: str, parent: str) -> None:
        if parent and tag not in CHILDREN.get(parent, frozenset()):
            wanted = sorted(name for name, children in CHILDREN.items() if tag in children)
            self._say(f"`<{tag}>` cannot stand in `{parent}`", f"It stands in {' or '.join(wanted)}.")

    def _judge_attributes(self, tag: str, attrs: list[tuple[str, str | None]], known: frozenset[str]) -> None:
        for name, _ in attrs:
            if name not in known and not tags.words(name):
                close = get_close_matches(name, known, n=1, cutoff=0.5)
                remedy = f"Did you mean `{close[0]}`?" if close else "Leave it out; MJML would drop it without a word."
                self._say(f"`{tag}` has no attribute `{name}`", remedy, find=name)

    def _judge_picture(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("mj-image", "mj-carousel-image") and "alt" not in dict(attrs):
            self._say(
                f"this `{tag}` has no `alt`",
                'Say in a few words what it shows: alt="…"; alt="" where it only decorates.',
            )

    def _say(self, message: str, remedy: str, *, find: str = "") -> None:
        at, offset = self.getpos()
        written = self.get_starttag_text() or ""
        if find and find in written:
            before = written[: written.find(find)]
            breaks = before.count("\n")
            at, offset = at + breaks, (len(before) - before.rfind("\n") - 1 if breaks else offset + len(before))
        self.problems.append(Problem(self._part.file, self._part.line + at - 1, offset + 1, "", message, remedy))


def _unknown_tag(tag: str, known: Iterable[str]) -> tuple[str, str]:
    close = get_close_matches(tag, list(known), n=1, cutoff=0.5) or get_close_matches(tag, ATTRIBUTES, n=1, cutoff=0.5)
    if close:
        return f"MJML has no `<{tag}>`", f"Did you mean `<{close[0]}>`?"
    return f"`<{tag}>` cannot stand here", "Put HTML into mj-text, mj-table or mj-raw."


def lint(part: Part) -> list[Problem]:
    """Everything in an MJML document that MJML does not know, with its line and column.

    Raises:
        jinja2.TemplateSyntaxError: a Jinja2 tag is not closed.
    """
    linter = _Linter(part)
    linter.feed(tags.masked(_blanked(tags.uncommented(part.source))))
    linter.finish()
    return linter.problems


def _blanked(source: str) -> str:
    """The source with the insides of styles gone, where `>` and `<` mean nothing of MJML's."""
    pieces = source.split("<mj-style")
    for number, piece in enumerate(pieces[1:], 1):
        opening, close, rest = piece.partition("</mj-style>")
        start = opening.find(">") + 1
        if close and not opening[:start].endswith("/>"):
            pieces[number] = opening[:start] + "".join(c if c == "\n" else " " for c in opening[start:]) + close + rest
    return "<mj-style".join(pieces)
