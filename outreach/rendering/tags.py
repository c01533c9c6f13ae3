"""Jinja2's tags swapped for harmless words while Markdown, MJML and CSS are done, and put back after.

Those compilers break or drop tags: `<` in a condition, quotes in an attribute, a tag inside a tag. A word of
letters and digits passes them all, and one that did not come back is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from jinja2 import Environment

_TOKEN = re.compile(r"qzx(\d{5})xzq")
#: A comment that is not Outlook's `<!--[if mso]>` nor its end.
_COMMENT = re.compile(r"<!--(?!\[if|<!\[endif).*?-->", re.DOTALL)
#: Variables that are blocks.
_BLOCKS = re.compile(r"\{\{-?\s*(?:offers|bundle\.news|bundle\.sessions)\s*-?\}\}\s*")
_lexer = Environment(autoescape=False, keep_trailing_newline=True)  # noqa: S701  # nothing is rendered with it


@dataclass(slots=True)
class Tags:
    """The tags taken out of one or more sources."""

    #: As written: `{% if person.first_name %}`.
    written: list[str] = field(default_factory=list)

    def swap(self, source: str) -> str:
        """The source with a word for each tag; comments of Jinja2 are gone.

        Raises:
            jinja2.TemplateSyntaxError: a tag is not closed.
        """
        return "".join(
            "" if part.startswith("{#") else self.put(part) if part.startswith(("{%", "{{")) else part
            for part in segments(source)
        )

    def put(self, written: str) -> str:
        """The word that stands for this tag."""
        self.written.append(written)
        return f"qzx{len(self.written) - 1:05}xzq"

    def restore(self, text: str) -> str:
        """The text with the tags in their places again."""
        return _TOKEN.sub(lambda found: self.written[int(found[1])], text)

    def words(self) -> list[str]:
        """The words that stand for the tags, in order."""
        return [f"qzx{number:05}xzq" for number in range(len(self.written))]

    def of(self, word: str) -> str:
        """The tag that a word stands for."""
        return self.written[int(word[3:8])]

    def vanished(self, before: str, after: str) -> list[str]:
        """The tags that were in one text and are not in the other."""
        kept = set(_TOKEN.findall(after))
        return [self.written[int(number)] for number in dict.fromkeys(_TOKEN.findall(before)) if number not in kept]

    def stands_alone(self, word: str) -> bool:
        """Whether the word is a block by itself: `{% … %}`, which prints nothing, or `{{ offers }}`."""
        tag = self.of(word)
        return tag.startswith("{%") or bool(_BLOCKS.fullmatch(tag))


def segments(source: str) -> Iterator[str]:
    """The source in pieces: tags and comments, each whole, and the text between them.

    Raises:
        jinja2.TemplateSyntaxError: a tag is not closed.
    """
    inside = ""
    for _, kind, value in _lexer.lex(source):
        if inside or kind.endswith("_begin"):
            inside += value
            if kind.endswith("_end"):
                yield inside
                inside = ""
        else:
            yield value


def words(text: str) -> list[str]:
    """The words that stand for tags in a text."""
    return [found[0] for found in _TOKEN.finditer(text)]


def without(text: str) -> str:
    """The text without any such word."""
    return _TOKEN.sub("", text)


def is_only(text: str, allowed: Iterable[str]) -> bool:
    """Whether a text is nothing but these words and white space."""
    found = words(text)
    return bool(found) and not without(text).strip() and set(found) <= set(allowed)


def uncommented(source: str) -> str:
    """MJML without its HTML comments, every other character at its own line and column."""
    return _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), source)


def masked(source: str) -> str:
    """The source with every tag and comment as `x`, every other character at its own line and column."""
    return "".join(
        re.sub(r"[^\n]", "x", part) if part.startswith(("{%", "{{", "{#")) else part for part in segments(source)
    )
