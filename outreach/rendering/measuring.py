"""Links whose followers are counted, nobody by name: each is replaced by one of ours, the same for all readers.

Measured is what an author wrote into the HTML of a message, or into an offer that it shows: an address of a page that
stands there as it is. An address that is filled in for each reader is left alone, as its count would speak of one
person; so are mail addresses, telephone numbers, our own pages and sensitive offers. So is a link whose words are an
address: mail programs warn of one that leads elsewhere than it says. The text part keeps the author's addresses.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from html import unescape
from typing import Self
from urllib.parse import urlsplit

from outreach.definitions.model import Definitions, Fragment, Message
from outreach.rendering import tags

#: An offer's id to its fragments: layout -> language -> fragment.
FragmentsOf = Callable[[str], Mapping[str, Mapping[str, Fragment]]]

#: Where measured links lead on the public site.
PATH = "l"
#: What a token looks like; nothing else needs to be looked for.
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
#: Bytes of a token.
_SIZE = 16
#: The HTML is a serialiser's: values stand in double quotes, and no link in another.
_LINK = re.compile(r'<a\b[^>]*?\shref="(https?://[^"]*)"[^>]*>(.*?)</a>', re.DOTALL | re.IGNORECASE)
_TAGS = ("{{", "{%", "{#")
_ELEMENT = re.compile(r"<[^>]*>")
#: Words that a reader, and a mail program, takes for an address.
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measure:
    """The links of one message of one campaign, in one language."""

    campaign: str
    message_id: str
    language: str
    #: Base of our own pages, which are not measured.
    public_url: str
    #: Offers that are sensitive: how many follow their links is not known either.
    discreet: frozenset[str] = frozenset()

    @classmethod
    def of(cls, definitions: Definitions, campaign: str, message: str, language: str) -> Self:
        """Those of a message as these definitions have it."""
        discreet = frozenset(name for name, offer in definitions.offers.items() if offer.sensitive)
        return cls(campaign, message, language, definitions.workspace.public_url, discreet)

    def token(self, address: str) -> str:
        """What stands for an address: the same for every reader and in every release.

        It can be worked out by who knows the message, and tells them nothing else: where it leads, only we know.
        """
        named = f"{self.campaign}\0{self.message_id}\0{self.language}\0{address}"
        return urlsafe_b64encode(sha256(named.encode()).digest()[:_SIZE]).decode().rstrip("=")

    def addresses(self, html: str) -> list[str]:
        """The addresses that are measured in a template's HTML, in order and once each."""
        source, places = self._read(html)
        return list(dict.fromkeys(unescape(source[place]) for place in places))

    def measured(self, html: str) -> str:
        """The template's HTML with our links in the place of those."""
        source, places = self._read(html)
        made, end = [], 0
        for place in places:
            token = self.token(unescape(source[place]))
            made += [source[end : place.start], f"{self.public_url}/{PATH}/{token}"]
            end = place.stop
        return "".join([*made, source[end:]])

    def message(self, message: Message) -> Message:
        """The message with its links measured in this language."""
        text = message.texts[self.language]
        texts = {**message.texts, self.language: replace(text, html=self.measured(text.html))}
        return replace(message, texts=texts)

    def fragments(self, fragments: FragmentsOf) -> FragmentsOf:
        """Offers with their links measured: this message is in one language, whichever theirs is."""

        @lru_cache(None)
        def measured(offer: str) -> Mapping[str, Mapping[str, Fragment]]:
            if offer in self.discreet:
                return fragments(offer)
            return {
                layout: {name: replace(text, html=self.measured(text.html)) for name, text in texts.items()}
                for layout, texts in fragments(offer).items()
            }

        return measured

    def _read(self, html: str) -> tuple[str, list[slice]]:
        """The same template, and where in it each measured address stands."""
        pieces = list(tags.segments(html))
        source = "".join(pieces)
        # A tag may hold anything, a > or a quote too: while links are sought, it is so many letters.
        masked = "".join("x" * len(piece) if piece.startswith(_TAGS) else piece for piece in pieces)
        places = [
            slice(*found.span(1))
            for found in _LINK.finditer(masked)
            if source[slice(*found.span(1))] == found[1] and self._is_measured(unescape(found[1]), _words(found[2]))
        ]
        return source, places

    def _is_measured(self, address: str, words: str) -> bool:
        host = _host(address)
        is_ours = f"{address}/".startswith(f"{self.public_url}/")
        return bool(host) and not is_ours and host not in words.lower() and not _ADDRESS.search(words)


def _words(html: str) -> str:
    return unescape(_ELEMENT.sub("", html))


def _host(address: str) -> str:
    """In small letters; empty where it is no address of a page."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
