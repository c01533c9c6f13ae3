"""Header fields as they stand in a mail: ASCII, folded, and with nothing that could start a line of its own."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache

from outreach.errors import OutreachError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Bytes of UTF-8 in one encoded word: on the first line after `Subject: `, and on the others (RFC 2047: 75, 76).
_FIRST, _OTHERS = 36, 45
_LONGEST = 76
#: Controls, line separators and lone surrogates: nothing that could end a line or spoil an encoding.
_controls = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_spaces = re.compile(r" {2,}")
_safe_phrase = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+").fullmatch
#: A dot-atom (RFC 5322, 3.2.3): no quoting, no space, no control character can pass.
_local_part = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*").fullmatch
_domain = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*").fullmatch


class UnmailableAddress(OutreachError):  # noqa: N818  # it says what the address is
    """The address cannot be written to; correct it in the roster. Permanent."""

    def __init__(self) -> None:
        super().__init__(
            "an address that no mail server takes", remedy="Correct the address in the roster; see `outreach explain`."
        )


def one_line(text: str) -> str:
    """The text with every control character and run of spaces made one space."""
    return _spaces.sub(" ", _controls.sub(" ", text)).strip(" ")


@lru_cache(4096)
def unstructured(text: str, used: int = 9) -> str:
    """The value of a Subject; `used` is the width of the field's name, colon and space.

    ASCII stays as it is, folded at spaces where it is long; all else becomes encoded words (RFC 2047).
    """
    text = one_line(text)
    if text.isascii() and "=?" not in text and all(len(word) < _LONGEST - used for word in text.split(" ")):
        return _folded(text, used)
    return _encoded_words(text)


def _folded(text: str, used: int) -> str:
    lines, width = [""], used
    for word in text.split(" "):
        if lines[-1] and width + 1 + len(word) > _LONGEST:
            lines.append(word)
            width = 1 + len(word)
        else:
            lines[-1] += f" {word}" if lines[-1] else word
            width += len(word) + 1
    return "\r\n ".join(lines)


def _encoded_words(text: str) -> str:
    words, room = [b""], _FIRST
    for character in text:
        piece = character.encode("utf-8", "replace")
        if len(words[-1]) + len(piece) > room:
            words.append(b"")
            room = _OTHERS
        words[-1] += piece
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in words)


def phrase(text: str) -> str:
    """A display name: as it is, quoted, or in encoded words."""
    text = one_line(text)
    if not text.isascii() or "=?" in text:
        return _encoded_words(text)
    if _safe_phrase(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@lru_cache(4096)
def ascii_domain(domain: str) -> str:
    """The domain as DNS knows it: `xn--…` for letters outside ASCII.

    Raises:
        UnmailableAddress: it is no domain.
    """
    if not domain.isascii():
        # 60 ms to import, for few addresses.
        import idna

        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise UnmailableAddress from None
    domain = domain.lower()
    if not _domain(domain) or len(domain) > 253:
        raise UnmailableAddress
    return domain


def address(text: str) -> str:
    """An address as SMTP takes it without SMTPUTF8: ASCII in front of the @, the domain as DNS knows it.

    Raises:
        UnmailableAddress: it is not one; the address itself is not in the message of the error.
    """
    local, _, domain = text.rpartition("@")
    if not _local_part(local) or len(local) > 64:
        raise UnmailableAddress
    return f"{local}@{ascii_domain(domain)}"


@lru_cache(4096)
def moment(when: datetime) -> str:
    """A Date in UTC: `Sun, 22 Nov 2026 08:00:00 +0000` (RFC 5322, 3.3)."""
    utc = when.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} +0000"
    )
