"""Texts that somebody made to break out: of a header, a page, a template, a table, a log or a statement."""

from __future__ import annotations

import random
from collections.abc import Sequence

#: Stands in every hostile text, so that it is found wherever it came to.
MARK = "xqzjv"
#: What the templates among the fragments would have become.
EVALUATED = "42049"
FRAGMENTS = [
    "{{ 6007*7 }}", "{% for x in range(9) %}42{% endfor %}", "{{ person.__class__ }}", "{# x #}", "{{", "%}",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "<mj-raw>", "<!--", "]]>", "&lt;b&gt;", "</td>",
    "'; DROP TABLE person; --", "\" OR 1=1", "%s", "%(id)s", ":id", "?", "\\", "'", '"', ";", ",", "`id`", "${x}",
    '=HYPERLINK("http://evil.example")', "@SUM(A1)", "+1", "-1", "\t=1", "\uff1d1", "\u200b=1",
    "\r\nBcc: a@evil.example", "\nSubject: x", "\r\n\r\n.\r\n", "%0d%0aBcc:", "\u2028", "\u2029", "\x85", "\x0b",
    "\x00", "\x1b[31m", "\x7f", "\u202e", "\ufeff", "\ufffe", "e\u0301" * 40, "\U0001f600", "=?utf-8?q?x?=",
    "a@evil.example", "<a@evil.example>", "[x](javascript:alert(1))", "![x](http://evil.example/p.png)", "**b**",
    "# x", "\n---\n", "http://evil.example/", '\n{"level": "info", "event": "forged"}\n', "An", "Van den Berg", " ", "",
]  # fmt: skip
ADDRESSES = [
    "{0}@staff.example", "{0}@staff.example", "{0}@staff.example\r\nRCPT TO:<a@evil.example>",
    "{0}@staff.example,a@evil.example", "<{0}@staff.example>", '"{0} x"@staff.example',
    "{0}@staff.example a@evil.example",
    "{0}@staff.example\x00", "{0}@staff.example>", "{0}@[127.0.0.1]", "-{0}@staff.example", "{0}@staff..example",
    "{0}\u202e@staff.example", "{{{{7*7}}}}{0}@staff.example", "=cmd|'{0}'@staff.example", "{0}%a@staff.example",
]  # fmt: skip


#: What no one refuses for a character in it, and so comes in.
VISIBLE = [one for one in FRAGMENTS if one.isprintable()]


def text(draw: random.Random, fragments: Sequence[str] = FRAGMENTS) -> str:
    """One to three fragments and the mark."""
    return "".join([*draw.choices(fragments, k=draw.choice((1, 1, 2, 3))), MARK])


def address(draw: random.Random, number: int) -> str:
    """An address, or what is none."""
    return draw.choice(ADDRESSES).format(f"{MARK}{number}")
