"""A text without the links of its reader, for whoever prints it or calls: who has such a link can choose for them."""

from __future__ import annotations

import re
from itertools import pairwise

from outreach.rendering import names

#: The end of a sentence with more behind it.
_SENTENCE = re.compile(r"[.!?]\s")
#: An item of a list, or a line of its own, with the lines that go on in it.
_ITEM = re.compile(r"^(?:\* |\d+\. )", re.MULTILINE)
#: What stands in the place of an address in a sentence that says more.
_GAP = "…"


def unlinked(text: str, public_url: str) -> str:
    """The text without personal links, and without the lines that are nothing else.

    The words of a link within a sentence stay, as they are part of it.
    """
    paths = "|".join(sorted(names.LINK_PATHS.values()))
    link = re.compile(rf"{re.escape(public_url)}/(?:{paths})/[A-Za-z0-9_-]+")
    shown = re.sub(rf"\s*\({link.pattern}\)", "", text)
    blocks = ("".join(_kept(item, link) for item in _items(block)) for block in re.split(r"(?<=\n)\n+", shown))
    return "\n\n".join(block.strip("\n") for block in blocks if block.strip())


def _items(block: str) -> list[str]:
    starts = [0, *(found.start() for found in _ITEM.finditer(block) if found.start()), len(block)]
    return [block[start:end] for start, end in pairwise(starts)]


def _kept(item: str, link: re.Pattern[str]) -> str:
    found = link.search(item)
    if not found:
        return item
    before, after = _ITEM.sub("", item[: found.start()]), item[found.end() :].strip(" \n.")
    is_label = not before.strip() or (before.rstrip().endswith(":") and not _SENTENCE.search(before))
    return "" if is_label and not link.sub("", after).strip() else link.sub(_GAP, item)
