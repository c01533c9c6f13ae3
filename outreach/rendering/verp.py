"""Return addresses: the envelope sender of one delivery, `bounces+<token>@…`, by which what comes back names it.

A token holds the delivery's id and a short print of the address that it went to, so that a later bounce speaks of that
address and of no newer one. It is authenticated first and hidden second, as in `links`: it says nothing to a mail
server's log, nobody can make one for another delivery, and the same delivery always has the same. In hexadecimal
digits, as mail systems fold the case of what stands in front of the @.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from zlib import crc32

from outreach.rendering.keyed import keyed

#: Bytes of MAC (80 bits), of the delivery's id and of the address's print.
_MAC, _ID, _PRINT = 10, 6, 2
_PAYLOAD = _ID + _PRINT
#: Characters of a token; with the + before it they leave 27 of the 64 in front of the @ (RFC 5321, 4.5.3.1.1).
LENGTH = 2 * (_MAC + _PAYLOAD)
#: A return address wherever it stands; its group is the token.
PATTERN = re.compile(rb"\+([0-9a-f]{%d})@" % LENGTH, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a token names."""

    #: Id of the delivery.
    delivery: int
    #: Of the address that it went to, as `address_print` makes it.
    address: int


def address_print(address: str) -> int:
    """Two bytes by which a person's few addresses are told apart, however their letters are cased."""
    return crc32(address.strip().casefold().encode()) & 0xFFFF


class Verp:
    """Makes and reads tokens."""

    def __init__(self, secret: bytes) -> None:
        derived = keyed(secret)
        self._mac = keyed(derived(b"outreach return"))
        self._mask = keyed(derived(b"outreach return mask"))

    def senders(self, address: str) -> Callable[[int, str], str]:
        """The function that gives the envelope sender of a delivery to an address, below this address."""
        local, _, domain = address.rpartition("@")
        head, tail = f"{local}+", f"@{domain}"
        token = self.token
        return lambda delivery, recipient: head + token(delivery, recipient) + tail

    def token(self, delivery: int, recipient: str) -> str:
        """The token of a delivery."""
        number = delivery << 8 * _PRINT | address_print(recipient)
        payload = number.to_bytes(_PAYLOAD, "big")
        mac = self._mac(payload)[:_MAC]
        return (mac + self._masked(number, mac)).hex()

    def read(self, token: str) -> Origin | None:
        """What a token names; None where it was not made by us."""
        try:
            raw = bytes.fromhex(token)
        except ValueError:
            return None
        if len(raw) != _MAC + _PAYLOAD:
            return None
        mac = raw[:_MAC]
        payload = self._masked(int.from_bytes(raw[_MAC:], "big"), mac)
        if not compare_digest(mac, self._mac(payload)[:_MAC]):
            return None
        return Origin(int.from_bytes(payload[:_ID], "big"), int.from_bytes(payload[_ID:], "big"))

    def _masked(self, number: int, mac: bytes) -> bytes:
        mask = int.from_bytes(self._mask(mac)[:_PAYLOAD], "big")
        return (number ^ mask).to_bytes(_PAYLOAD, "big")
