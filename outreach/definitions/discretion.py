"""Words that the envelope of a message must never say, because they would show why its reader was picked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import unquote

from outreach.definitions.model import Campaign, Offer

#: A word at least this long also counts inside another: Dutch and German write `geldschulden` as one word. A shorter
#: one counts only where a word starts, or `arm` would be found in `warm`.
INSIDE = 5


def forbidden(campaign: Campaign, offers: Mapping[str, Offer]) -> dict[str, str]:
    """Words that the campaign's envelopes must never say -> the sensitive offer that says so.

    Of the offers it is about, and of those that its messages may show.
    """
    shown = (offer for step in campaign.steps if step.pick for offer in step.pick.offers)
    words: dict[str, str] = {}
    for name in (*campaign.about, *shown):
        if name in offers and offers[name].sensitive:
            words.update((word, name) for word in offers[name].never_say if word not in words)
    return words


def said(text: str, words: Mapping[str, str]) -> str | None:
    """The first of the words that a text says, whatever its case and accents; None when it says none."""
    plain = f" {_plain(text)}"
    for word in words:
        bare = _plain(word)
        if bare and (bare if len(bare) >= INSIDE else f" {bare}") in plain:
            return word
    return None


def said_in_link(link: str, words: Mapping[str, str]) -> str | None:
    """The first of the words that an address says, also escaped or with something between its letters."""
    plain = unquote(link)
    return said(plain, words) or said(re.sub(r"[\W_]+", "", plain), words)


def _plain(text: str) -> str:
    """Lower case, without accents, everything between words a space."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(
        re.sub(r"[\W_]+", " ", "".join(char for char in letters if not unicodedata.combining(char))).split()
    )
