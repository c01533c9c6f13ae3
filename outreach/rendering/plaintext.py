"""The text part: what an HTML fragment, or the MJML of a whole message, says in plain lines.

It walks the same source that the HTML part is made of, so that both say the same. Tags are swapped for words
(`Tags.swap`) and come out in their places; a block ends in an empty line of its own, so that what a condition
leaves out leaves no gap.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from html.parser import HTMLParser

from outreach.rendering import tags
from outreach.rendering.tags import Tags

_WIDTH = 76
_SKIPPED = frozenset(
    {"mj-head", "mj-style", "mj-preview", "mj-title", "mj-attributes", "style", "script", "title", "head"}
)
_BLOCKS = frozenset(
    {
        "p", "div", "blockquote", "table", "dl", "dt", "dd", "mj-text", "mj-section", "mj-column", "mj-wrapper",
        "mj-group", "mj-hero", "mj-raw", "mj-body", "mj-table", "mj-social", "mj-navbar", "mj-accordion",
        "mj-accordion-element", "mj-accordion-title", "mj-accordion-text", "mj-carousel",
    }
)  # fmt: skip
_HEADINGS = {"h1": "=", "h2": "-", "h3": "", "h4": "", "h5": "", "h6": ""}
#: A block that is a link as a whole: `text: URL`.
_BUTTONS = frozenset({"mj-button", "mj-navbar-link", "mj-social-element"})
_VOID_LINES = frozenset({"hr", "mj-divider"})
_IMAGES = frozenset({"mj-image", "mj-carousel-image"})
#: Widths that a printed value is taken to have, for underlines.
_VALUE_WIDTH = 10


@dataclass(slots=True)
class _List:
    """A list that is open: its next number, or None for bullets."""

    number: int | None


class _Walker(HTMLParser):
    def __init__(self, standing: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._standing = standing
        self._inline: list[str] = []
        self._skip = 0
        self._lists: list[_List] = []
        #: What stands before the first line of the next block, and before its others.
        self._marker = ""
        self._links: list[tuple[str, int]] = []
        self._cells: list[str] | None = None
        self._quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._skip or tag in _SKIPPED:
            self._skip += tag in _SKIPPED
        elif tag in _BUTTONS or tag == "a":
            if tag != "a":
                self._flush()
            self._links.append((given.get("href", ""), len(self._inline)))
        elif tag == "br":
            self._inline.append("\n")
        elif tag in _VOID_LINES:
            self._flush()
            self.out.append("-" * 20 + "\n\n")
        elif tag == "img":
            self._inline.append(given.get("alt", ""))
        elif tag in _IMAGES:
            self._image(given)
        else:
            self._open_block(tag, given)

    def _open_block(self, tag: str, given: dict[str, str]) -> None:
        if tag in ("ul", "ol"):
            self._flush()
            self._lists.append(_List(int(given.get("start", "1")) if tag == "ol" else None))
        elif tag == "li":
            self._flush()
            self._marker = self._next_marker()
        elif tag == "tr":
            self._flush()
            self._cells = []
        elif tag in _BLOCKS or tag in _HEADINGS:
            self._flush()
            self._quotes += tag == "blockquote"

    def _next_marker(self) -> str:
        if not self._lists or self._lists[-1].number is None:
            return "* "
        number = self._lists[-1].number
        self._lists[-1].number = number + 1
        return f"{number}. "

    def handle_endtag(self, tag: str) -> None:
        if tag in _SKIPPED:
            self._skip = max(0, self._skip - 1)
        elif self._skip:
            return
        elif tag in _BUTTONS or tag == "a":
            self._close_link(alone=tag != "a")
        else:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self._flush()
            if self._lists:
                self._lists.pop()
            if not self._lists:
                self.out.append("\n")
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append(self._taken())
        elif tag == "tr" and self._cells is not None:
            self.out.append(" | ".join(cell for cell in self._cells if cell) + "\n")
            self._cells = None
        elif tag in _HEADINGS:
            self._flush(_HEADINGS[tag])
        elif tag in _BLOCKS or tag == "li":
            self._flush()
            self._quotes -= tag == "blockquote"
            self.out.extend("\n" for _ in range(tag in ("table", "mj-table")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # `<mj-head/>` opens nothing that stays open.
        if tag not in _SKIPPED:
            self.handle_starttag(tag, attrs)
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self._inline.append(re.sub(r"[ \t\r\n]+", " ", data))

    def close(self) -> None:
        super().close()
        self._flush()

    def _image(self, given: dict[str, str]) -> None:
        self._flush()
        alt, href = given.get("alt", ""), given.get("href", "")
        if alt or href:
            self._inline = [_linked(alt, href, alone=True)]
            self._flush()

    def _close_link(self, *, alone: bool) -> None:
        if not self._links:
            return
        href, start = self._links.pop()
        label = _squeezed("".join(self._inline[start:]))
        before = tags.without("".join(self._inline[:start])).strip()
        self._inline[start:] = [_linked(label, href, alone=alone or not before)]
        if alone:
            self._flush()

    def _taken(self) -> str:
        text = _squeezed("".join(self._inline))
        self._inline = []
        return text

    def _flush(self, underline: str = "") -> None:
        """End the block under way."""
        if self._cells is not None:
            return
        text = self._taken()
        if not text:
            return
        if tags.is_only(text, self._standing):
            self.out.append("".join(tags.words(text)))
            return
        self.out.append(self._laid_out(text, underline))

    def _laid_out(self, text: str, underline: str) -> str:
        indent = "> " * self._quotes + "   " * max(0, len(self._lists) - 1)
        hanging = indent + " " * (len(self._marker) if self._marker else 2 * bool(self._lists))
        first, self._marker = indent + self._marker if self._marker else hanging, ""
        lines: list[str] = []
        for line in text.split("\n"):
            lines += textwrap.wrap(
                line, _WIDTH, initial_indent=hanging if lines else first, subsequent_indent=hanging,
                break_long_words=False, break_on_hyphens=False,
            ) or [""]  # fmt: skip
        if underline:
            width = len(tags.without(text)) + _VALUE_WIDTH * len(tags.words(text))
            lines.append(underline * min(width, _WIDTH))
        return "\n".join(lines) + ("\n" if self._lists else "\n\n")


def _squeezed(text: str) -> str:
    """One space between words, none around line breaks."""
    return re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", text)).strip(" \n")


def _linked(label: str, href: str, *, alone: bool) -> str:
    address = href.removeprefix("mailto:").removeprefix("tel:")
    if not href or href.startswith("#"):
        return label
    if not label or _bare(label) == _bare(address):
        return address
    return f"{label}: {address}" if alone else f"{label} ({address})"


def _bare(text: str) -> str:
    """What of an address tells it from another: no scheme, no spaces, no slash at the end."""
    return re.sub(r"[\s./()-]", "", text.removeprefix("https://")).casefold()


def to_text(source: str, swapped: Tags, *, standing: frozenset[str] = frozenset()) -> str:
    """The plain text of HTML or MJML whose tags are swapped.

    `standing` are further words that are blocks by themselves: those of `{{ content }}`.
    """
    walker = _Walker(standing.union(word for word in tags.words(source) if swapped.stands_alone(word)))
    walker.feed(source)
    walker.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(walker.out))
