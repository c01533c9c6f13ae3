"""MJML to HTML: a layout compiled once per language, a message's content set into it, styles made inline."""

from __future__ import annotations

import html as escaping
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from css_inline import CSSInliner
from mjml import mjml2html

from outreach.rendering import folding, markup, plaintext, tags, wording
from outreach.rendering.tags import Tags

#: `{{ content }}`, `{{ preheader }}` and `{{ subject }}`, which are filled in while compiling.
_FILLED = re.compile(r"\{\{-?\s*(content|preheader|subject)\s*-?\}\}\s*")
#: `{% if preheader %}`: decided while compiling.
_TESTED = re.compile(r"(\{%-?\s*(?:el)?if\s+)(preheader|subject)(\s*-?%\})")
_OPENING = re.compile(r"<mjml\b[^>]*>")
#: What stands for itself in HTML: comments, elements of raw text, tags, and text.
_HTML = re.compile(r"<!--.*?-->|<(title|style)\b.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)
_WORD = re.compile(r"qzx\d{5}xzq")
_HIDDEN = re.compile(r"<!--(qzx\d{5}xzq)-->")
#: Ends of conditions after the last line.
_TRAILING = re.compile(r"\n+((?:qzx\d{5}xzq)+)$")
#: An opening brace that Jinja2 would take for a tag of its own: `{#outlook` in CSS.
_BRACE = re.compile(r"\{(?=[{%#])")


class BrokenLayout(Exception):  # noqa: N818  # what is wrong becomes a Problem
    """The MJML cannot be compiled, or loses a tag."""

    def __init__(self, what: str, remedy: str, tag: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        #: The tag that it is about, as written.
        self.tag = tag


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout in one language, compiled: words stand for its tags, three of them for what is filled in."""

    html: str
    text: str
    tags: tuple[str, ...]
    #: `content`, `preheader`, `subject` -> the words that stand for it.
    filled: dict[str, tuple[str, ...]]


def compile_layout(source: str, language: str) -> Layout:
    """Compile MJML in which `{{ content }}`, `{{ preheader }}` and `{{ subject }}` stand for a message's own.

    Raises:
        BrokenLayout: it is no MJML, or a tag stands where MJML drops it.
        jinja2.TemplateSyntaxError: a tag is not closed.
    """
    swapped = Tags()
    body = swapped.swap(_decided(folding.fold(tags.uncommented(source), language)))
    body = _OPENING.sub(f'<mjml lang="{language}" dir="{wording.direction(language)}">', body, count=1)
    made = _compiled(body)
    before = body[body.find("<mj-head") :]
    lost = swapped.vanished(before, made)
    if lost:
        raise BrokenLayout(
            f"{lost[0]} stands where MJML drops it",
            "Put it into the text of an mj-text, or into an attribute other than width.", lost[0],
        )  # fmt: skip
    filled: dict[str, tuple[str, ...]] = {"content": (), "preheader": (), "subject": ()}
    for word in dict.fromkeys(tags.words(made)):
        if found := _FILLED.fullmatch(swapped.of(word)):
            filled[found[1]] += (word,)
    text = plaintext.to_text(body, swapped, standing=frozenset(filled["content"]))
    return Layout(made, text, tuple(swapped.written), filled)


def _decided(source: str) -> str:
    # A message always has both, so the tests hold; `check` refuses an empty subject.
    return _TESTED.sub(r"\1true\3", source)


def _compiled(source: str) -> str:
    try:
        return str(mjml2html(source))
    except (ValueError, OSError) as error:
        raise BrokenLayout(f"the MJML cannot be compiled: {error}", "Close every tag, in the right order.") from None


@dataclass(frozen=True, slots=True)
class Parts:
    """What a message puts into a layout; Jinja2 sources, the content compiled with its tags swapped."""

    subject: str
    preheader: str
    html: str
    text: str


class Filled(NamedTuple):
    """A message in its layout: Jinja2 sources."""

    html: str
    text: str
    #: The text without what the layout says.
    bare: str


def fill(layout: Layout, parts: Parts, swapped: Tags) -> Filled:
    """The message in its layout. `swapped` begins with the layout's tags (`started`)."""
    made, text, bare = layout.html, layout.text, _unspoken(layout, swapped)
    for name, value in (("subject", parts.subject), ("preheader", parts.preheader)):
        shown = swapped.swap(value).strip()
        for word in layout.filled[name]:
            made = made.replace(word, escaping.escape(shown))
            text = text.replace(word, shown)
    for word in layout.filled["content"]:
        made = made.replace(word, parts.html)
        text, bare = text.replace(word, parts.text), bare.replace(word, parts.text)
    plain, alone = (_restored(_ended(one, swapped), swapped) for one in (text, bare))
    return Filled(_restored(_inlined(_shielded(made)), swapped), plain, alone)


def _unspoken(layout: Layout, swapped: Tags) -> str:
    """The layout's text without a word of its own: its conditions, where the content goes, and what is a block."""
    content = layout.filled["content"]
    return "".join(word for word in tags.words(layout.text) if word in content or swapped.stands_alone(word))


def started(layout: Layout) -> Tags:
    """Tags that begin with the layout's, for a message that goes into it."""
    return Tags(list(layout.tags))


def fragments(sources: list[str], layout: Layout) -> list[str]:
    """HTML fragments with the styles of a layout made inline, as if they stood where the content stands."""
    marks = [f"<!--fragment {number}-->" for number in range(len(sources) + 1)]
    together = "".join(mark + source for mark, source in zip(marks, [*sources, ""], strict=True))
    made = layout.html
    for word in layout.filled["content"][:1]:
        made = made.replace(word, together)
    inlined = _inlined(made)
    places = [inlined.find(mark) for mark in marks]
    return [
        inlined[start + len(mark) : end].strip() + "\n"
        for mark, start, end in zip(marks, places, places[1:], strict=False)
    ]


def _shielded(html: str) -> str:
    """Words between elements as comments, which HTML allows everywhere, also between the rows of a table."""
    return _HTML.sub(lambda found: found[0] if found[0].startswith("<") else _WORD.sub(r"<!--\g<0>-->", found[0]), html)


@lru_cache(1)
def _inliner() -> CSSInliner:
    return CSSInliner(
        keep_style_tags=True, remove_inlined_selectors=True, keep_at_rules=True, load_remote_stylesheets=False
    )


def _inlined(html: str) -> str:
    """The HTML with its styles on its elements; what only a style sheet can say (`@media`) stays in the head."""
    # MJML's own resets stay in the head, as MJML leaves them: on every cell they would double the size.
    styled = html.replace("<style", f'<style>{markup.BUTTON_CSS}</style><style data-css-inline="ignore"', 1)
    inlined = str(_inliner().inline(styled))
    return inlined.replace("<style></style>", "").replace(' data-css-inline="ignore"', "")


def _ended(text: str, swapped: Tags) -> str:
    text = text.strip("\n")
    trailing = _TRAILING.search(text)
    if trailing is None:
        return text + "\n"
    # Offers at the end are a block, with an empty line before it; the end of a condition is none.
    is_block = any(swapped.of(word).startswith("{{") for word in tags.words(trailing[1]))
    return text if is_block else f"{text[: trailing.start()]}\n{trailing[1]}"


def _restored(text: str, swapped: Tags) -> str:
    return swapped.restore(_HIDDEN.sub(r"\1", _BRACE.sub('{{ "{" }}', text)))
