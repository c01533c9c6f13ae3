"""Markdown to the HTML of a message.

CommonMark with tables, and three things of our own:

* **A button** is a paragraph that is one link in bold, and nothing else::

      **[Bekijk wat er voor jou is](https://www.example.org/welkom)**

* **A line that holds only `{% … %}`** stands between paragraphs, not in one: what it leaves out leaves no gap.
* **`{{ offers }}` on its own line** is the block of picked offers; `{{ bundle.news }}` is one, too.

HTML is not taken over from Markdown: it is shown as it was written, and `check` says so.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from outreach.rendering import tags
from outreach.rendering.tags import Tags

#: Outlook's Word engine knows no padding on links: wide characters that only it sees make room instead.
_BEFORE = (
    '<!--[if mso]><i style="mso-font-width:200%;mso-text-raise:24px" hidden>&emsp;</i>'
    '<span style="mso-text-raise:12px"><![endif]-->'
)
_AFTER = '<!--[if mso]></span><i style="mso-font-width:200%" hidden>&emsp;&#8203;</i><![endif]-->'
#: How a button looks where the layout does not say otherwise (in `.body-text strong > a`, or anything as specific).
BUTTON_CSS = (
    "p.button a { display: inline-block; padding: 12px 24px; border-radius: 6px; background: #0b5f59; color: #ffffff; "
    "text-decoration: none; }"
)


def to_html(source: str, swapped: Tags) -> str:
    """The HTML of Markdown whose tags are swapped (`Tags.swap`)."""
    standing = frozenset(word for word in swapped.words() if swapped.stands_alone(word))
    return str(_parser().render(source, {"standing": standing}))


@lru_cache(1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.block.ruler.before("table", "tags", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.add_render_rule("tags", lambda _renderer, tokens, index, *_: tokens[index].content)
    parser.core.ruler.push("buttons", lambda state: _mark_buttons(state.tokens))
    return parser


def _block(state: StateBlock, start: int, _end: int, silent: bool) -> bool:  # markdown-it's protocol
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    if not tags.is_only(line, state.env["standing"]):
        return False
    if not silent:
        state.line = start + 1
        token = state.push("tags", "", 0)
        token.content = line.strip() + "\n"
        token.map = [start, start + 1]
    return True


def _mark_buttons(tokens: list[Token]) -> None:
    """Give paragraphs that are one bold link their class and Outlook's padding."""
    for opening, inline in pairwise(tokens):
        if opening.type != "paragraph_open" or not inline.children:
            continue
        children = [child for child in inline.children if child.type != "text" or child.content.strip()]
        if _is_button(children):
            opening.attrSet("class", "button")
            link = next(place for place, child in enumerate(children) if child.type == "link_open")
            children.insert(len(children) - 2, _raw(_AFTER))
            children.insert(link + 1, _raw(_BEFORE))
            inline.children = children


def _is_button(children: list[Token]) -> bool:
    kinds = [child.type for child in children]
    return (
        len(kinds) > 4
        and kinds[:2] == ["strong_open", "link_open"]
        and kinds[-2:] == ["link_close", "strong_close"]
        and kinds.count("link_open") == 1
        and kinds.count("strong_open") == 1
    )


def _raw(html: str) -> Token:
    token = Token("html_inline", "", 0)
    token.content = html
    return token
