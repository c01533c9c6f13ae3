"""Links of one person: signed tokens that say nothing to who reads them.

A token names a person (by surrogate id) and a topic, a message or an answer, for one purpose, and can only reduce
contact, show the person's own choices or that message once more, or give that answer. But for the one that stops a
topic, which works for ever (RFC 8058), it names the day of its message too. It is authenticated first and hidden
second (the MAC is the nonce of the mask, as in SIV): the same link of the same day always gives the same token, and a
log or a link scanner learns nothing from it.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hmac import compare_digest
from typing import Literal

from outreach.rendering.keyed import keyed

Purpose = Literal["unsubscribe", "choices", "about", "browser", "answer"]
PURPOSES: tuple[Purpose, ...] = ("unsubscribe", "choices", "about", "browser", "answer")
#: Purposes whose tokens never grow old.
LASTING = frozenset[Purpose]({"unsubscribe"})
#: Bytes of MAC (120 bits); with payloads in blocks of 24 no `=` is ever needed.
_MAC = 15
_BLOCK = 24
#: Bytes of the person's id.
_ID = 6
#: Bytes of the day, which is counted from the first; they last until 2179.
_DAY = 2
_FIRST_DAY = date(2000, 1, 1).toordinal()

_URLSAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a token is about."""

    #: Surrogate id.
    person: int
    #: Of an answer: what `Answer.read` reads. Of a message: its id in the ledger.
    topic: str
    #: The civil day of its message; None where it never grows old.
    made_on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader says by a link, and to which message."""

    #: Its id in the ledger; 0 for a sample.
    delivery: int
    outcome: str

    @property
    def topic(self) -> str:
        """As it stands in a token."""
        return f"{self.delivery}/{self.outcome}"

    @staticmethod
    def read(topic: str) -> Answer:
        """What `topic` gave."""
        delivery, _, outcome = topic.partition("/")
        return Answer(int(delivery), outcome)


def mark_of(secret: bytes) -> str:
    """Tells an installation from others, at the address that its links lead to; tells nothing of its secret."""
    return keyed(secret)(b"outreach site").hex()[:32]


class Signer:
    """Makes and reads the tokens of one purpose."""

    def __init__(self, secret: bytes, purpose: Purpose) -> None:
        derived = keyed(secret)
        self._lasts = purpose in LASTING
        kind = b"" if self._lasts else b" of a day"
        self._mac = keyed(derived(b"outreach link " + purpose.encode() + kind))
        self._mask = keyed(derived(b"outreach mask " + purpose.encode() + kind))

    def sign(self, person: int, topic: str, on: date) -> str:
        """The token: at least 52 characters of base64url, always the same for the same link.

        `on` is the civil day of the message, which counts for nothing where the token lasts.
        """
        payload = person.to_bytes(_ID, "big") + _padded(topic, None if self._lasts else on)
        mac = self._mac(payload)[:_MAC]
        return b2a_base64(mac + self._masked(payload, mac), newline=False).translate(_URLSAFE).decode("ascii")

    def read(self, token: str) -> Link | None:
        """The link that a token stands for; None where it was not made by us for this purpose."""
        try:
            raw = urlsafe_b64decode(token.encode("ascii"))
        except ValueError:
            return None
        mac, payload = raw[:_MAC], self._masked(raw[_MAC:], raw[:_MAC])
        if len(payload) < _BLOCK or not compare_digest(mac, self._mac(payload)[:_MAC]):
            return None
        person, rest = int.from_bytes(payload[:_ID], "big"), payload[_ID:]
        if self._lasts:
            return Link(person, _unpadded(rest))
        day = date.fromordinal(_FIRST_DAY + int.from_bytes(rest[:_DAY], "big"))
        return Link(person, _unpadded(rest[_DAY:]), day)

    def _masked(self, payload: bytes, mac: bytes) -> bytes:
        size = len(payload)
        stream = self._mask(mac)
        if size > len(stream):
            blocks = range(1, size // len(stream) + 1)
            stream += b"".join(self._mask(mac + bytes([block])) for block in blocks)
        return (int.from_bytes(payload, "big") ^ int.from_bytes(stream[:size], "big")).to_bytes(size, "big")


@lru_cache(256)
def _padded(topic: str, day: date | None) -> bytes:
    """A day and a topic, filled with zeros to whole blocks with the id before them."""
    raw = (day.toordinal() - _FIRST_DAY).to_bytes(_DAY, "big") if day else b""
    raw += topic.encode()
    return raw + bytes(-(_ID + len(raw)) % _BLOCK)


def _unpadded(raw: bytes) -> str:
    return raw.rstrip(b"\0").decode()
