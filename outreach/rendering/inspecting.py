"""A rendered message looked at as its reader gets it: links, images, size, subject."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from jinja2 import TemplateSyntaxError

from outreach.definitions.model import Workspace
from outreach.errors import Problem
from outreach.rendering import quoting, tags
from outreach.rendering.judging import Part
from outreach.rendering.trials import Rendered

#: Bytes of a whole mail: Gmail cuts at some 102 kB, and an offer or a signature may still grow.
LARGEST = 80_000
#: Characters of a subject; phones show some 40.
LONGEST_SUBJECT = 150
_SCHEMES = frozenset({"https", "mailto", "tel"})
#: Characters of what is wrong that a problem quotes.
_SHOWN = 200
_WHOLE = "Write the whole address, from https:// on."

_ELEMENT = re.compile(r"<(a|area|form|img)\b([^>]*)>")
#: The HTML is a serialiser's, so that values stand in double quotes.
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')


def links_of(html: str) -> list[str]:
    """Every address that a click in this HTML leads to, and every picture's."""
    found = [given.get("href") or given.get("action") or given.get("src") or "" for _, given in _elements(html)]
    return [link for link in dict.fromkeys(found) if link]


def _elements(html: str) -> Iterator[tuple[str, dict[str, str]]]:
    for tag, attributes in _ELEMENT.findall(html):
        yield tag, {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}


#: Elements and comments that somebody may try in Markdown; `<https://…>` and `<me@example.org>` are links there.
_HTML_IN_MARKDOWN = re.compile(r"<!--(?:.*?-->)?|<[/!?]?[A-Za-z][\w-]*(?:[\s/][^<>]*)?>", re.DOTALL)
#: Addresses that Markdown leaves as they are written, as no link should lead there.
_NO_LINK = re.compile(r"\]\(\s*<?((?:javascript|vbscript|data|file):[^)\s]*)", re.IGNORECASE)
#: A link that Markdown does not take for one: its address holds a space or is not closed, or one stands before it.
_BROKEN_LINK = re.compile(
    r"\[[^\[\]\n]+\](?: +\((?=https?:|www\.|mailto:)[^()\n]*\)?|\((?!<)[^()\s]+(?: +(?![\"'(])[^()\n]*\)?|(?=\n|\Z)))"
)
_PERSONAL = re.compile(r"""\{[{%][^}]*\bperson\b""")


def judge_source(part: Part) -> Iterator[Problem]:
    """What Markdown would not do with a body as its author expects."""
    try:
        source = tags.masked(part.source)
    except TemplateSyntaxError:
        # Which is a problem of its own; what looks like HTML may then be part of a condition.
        return
    for found in _HTML_IN_MARKDOWN.finditer(source):
        start = part.source[found.start() : found.end()].split("\n")[0]
        shown = start if len(start) <= _SHOWN else f"{start[:_SHOWN]}…"
        yield part.problem(
            source.count("\n", 0, found.start()) + 1, f"`{shown}` would be shown as it is written",
            "Write Markdown: **bold**, *italic*, [text](https://…), lists with *; or make the message an .mjml file.",
            find=start,
        )  # fmt: skip
    for found in _BROKEN_LINK.finditer(source):
        yield part.problem(
            source.count("\n", 0, found.start()) + 1,
            f"`{found[0][:_SHOWN]}` is no link, and would be shown as it is written",
            "Write [text](https://…), with nothing between `]` and `(`, no space in the address, and `)` behind it.",
            find=found[0],
        )  # fmt: skip
    for found in _NO_LINK.finditer(source):
        yield part.problem(
            source.count("\n", 0, found.start()) + 1, f"the link {found[1][:_SHOWN]} is no address of a page",
            _WHOLE, find=found[1],
        )  # fmt: skip


def judge_links(html: str, part: Part) -> Iterator[Problem]:
    """Links of a compiled, not yet rendered message that say something of the person."""
    for _, given in _elements(html):
        link = given.get("href") or given.get("src") or ""
        if _PERSONAL.search(link):
            yield part.problem(
                part.line_with(link), f"the link {link} tells everybody who sees it something about the reader",
                "Leave the person out of it: addresses stand in logs, and link scanners open them.", find=link,
            )  # fmt: skip


def inspect(rendered: Sequence[Rendered], parts: Sequence[Part], workspace: Workspace) -> list[Problem]:
    """What is wrong with a message as rendered for each made-up person."""
    found: dict[str, Problem] = {}
    for one in rendered:
        for problem in (*_subject(one, parts[0]), *_links(one, parts, workspace)):
            found.setdefault(problem.message, problem)
    largest = max(rendered, key=lambda one: len(one.html), default=None)
    return [*found.values(), *(_size(largest, parts[2]) if largest else ())]


def _subject(one: Rendered, part: Part) -> Iterator[Problem]:
    if not one.subject.strip():
        yield part.problem(1, "the subject is empty for some people", "Say something in every case.")
    if len(one.subject) > LONGEST_SUBJECT:
        yield part.problem(
            1, f"the subject can be {len(one.subject)} characters long; {LONGEST_SUBJECT} is the most", "Shorten it."
        )


def _links(one: Rendered, parts: Sequence[Part], workspace: Workspace) -> Iterator[Problem]:
    for tag, given in _elements(one.html):
        if tag == "img":
            yield from _picture(given.get("src", ""), given.get("alt"), parts)
            continue
        link = given.get("href", given.get("action"))
        if link and ("{{" in link or "{%" in link):
            # Not rendered: where it leads is not known.
            continue
        if link is not None and not link.startswith(f"{workspace.public_url}/") and (problem := _link(link, parts)):
            yield problem


def _picture(source: str, alt: str | None, parts: Sequence[Part]) -> Iterator[Problem]:
    if _split(source)[0] != "https":
        message = f"the picture {source[:_SHOWN] or 'without an address'} is not one that every mail program shows"
        yield _at(parts, source, message, _WHOLE)
    # Markdown cannot say that a picture only decorates; MJML can, with alt="".
    if alt is None or (not alt.strip() and f"![]({source}" in parts[2].source):
        yield _at(
            parts, source, f"the picture {source} has no description",
            'Say in a few words what it shows: ![words](address), or alt="words"; alt="" where it only decorates.',
        )  # fmt: skip


def _link(link: str, parts: Sequence[Part]) -> Problem | None:
    scheme, address = _split(link)
    if not link:
        return _at(parts, "]()", "a link leads nowhere", _WHOLE)
    if scheme in ("mailto", "tel") and not (address if scheme == "tel" else "@" in address.strip("@")):
        example = "mailto:info@sociale-dienst.example" if scheme == "mailto" else "tel:025550100"
        return _at(parts, link, f"the link {link} lacks its address", f"Write it in full: {example}.")
    if scheme in _SCHEMES:
        return None
    remedy = "Write https:// instead of http://." if scheme == "http" else _WHOLE
    return _at(parts, link, f"the link {link[:_SHOWN]} is not one that every mail program opens safely", remedy)


def _split(link: str) -> tuple[str, str]:
    try:
        parts = urlsplit(link)
    except ValueError:
        return "", ""
    return parts.scheme, parts.path


def _at(parts: Sequence[Part], text: str, message: str, remedy: str) -> Problem:
    """A problem at the place where a text is written, in the message or else in its layout."""
    for part in parts[2:]:
        if text in part.source:
            return part.problem(part.line_with(text), message, remedy, find=text)
    return parts[2].problem(1, message, remedy)


def _size(one: Rendered, part: Part) -> Iterator[Problem]:
    size = len(quoting.encoded(one.html)) + len(quoting.encoded(one.text)) + 2_000
    if size >= LARGEST:
        yield part.problem(
            1, f"the mail can be {size // 1000} kB; {LARGEST // 1000} kB is the most that arrives whole everywhere",
            "Shorten it, or let it show fewer offers.",
        )  # fmt: skip


def visible_words(html: str) -> list[str]:
    """The words that a reader of the HTML part sees, descriptions of pictures included."""
    reader = _Words()
    reader.feed(html)
    reader.close()
    return re.findall(r"\w+", " ".join(reader.texts))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        hides = tag in ("head", "style", "script", "title") or "display:none" in (given.get("style") or "")
        if (hides or self._hidden) and tag not in ("meta", "img", "br", "hr", "link", "input"):
            self._hidden.append(tag)
        elif tag == "img":
            self.texts.append(given.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)
