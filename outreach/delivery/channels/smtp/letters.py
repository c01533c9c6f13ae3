"""A message as SMTP takes it: its content with dots stuffed, and the two commands of its envelope."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from outreach.delivery.channels.base import Rejected

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail

_BARE = re.compile(rb"\r\n|\r|\n")
#: Octets of what is not in the skeleton, from which on a template was not specialised.
_LONG = 4_000
#: The line that ends a content.
END = b".\r\n"
#: What no path of an envelope holds; it would be a command of its own.
_unspeakable = re.compile(r"[\x00-\x20\x7f<>]").search


@dataclass(frozen=True, slots=True)
class Offers:
    """What a mail server can do beyond the least, by its answer to EHLO."""

    pipelining: bool = False
    eightbitmime: bool = False
    smtputf8: bool = False
    #: Whether it hears of a message's size before it comes.
    size: bool = False
    #: Octets of a message that it takes at most; 0: it does not say.
    largest: int = 0


@dataclass(slots=True)
class Letter:
    """A message on its way to a server."""

    mail: Mail
    #: With dots stuffed, CRLF at the ends of lines; `END` comes behind it.
    message: bytes
    is_ascii: bool
    #: How often its envelope was said in vain, and what happened the last time.
    tries: int = field(default=0)
    code: str = field(default="")

    @property
    def size(self) -> int:
        """Octets that DATA takes."""
        return len(self.message) + len(END)

    def impossible(self, offers: Offers) -> Rejected | None:
        """Why it cannot go to this server at all."""
        recipient, sender = self.mail.recipient, self.mail.sender
        if _unspeakable(recipient) or _unspeakable(sender) or "@" not in recipient:
            return Rejected("address")
        if not (self.is_ascii or offers.eightbitmime):
            return Rejected("8bitmime")
        if not (offers.smtputf8 or (recipient.isascii() and sender.isascii())):
            return Rejected("smtputf8")
        if offers.largest and self.size > offers.largest:
            return Rejected("552 5.3.4")
        return None

    def mail_command(self, offers: Offers) -> bytes:
        """MAIL, with what must be said beside the sender."""
        said = f"MAIL FROM:<{self.mail.sender}>"
        if offers.size:
            said += f" SIZE={self.size}"
        if not self.is_ascii:
            said += " BODY=8BITMIME"
        if not (self.mail.recipient.isascii() and self.mail.sender.isascii()):
            said += " SMTPUTF8"
        return f"{said}\r\n".encode()

    def rcpt_command(self) -> bytes:
        """RCPT."""
        return f"RCPT TO:<{self.mail.recipient}>\r\n".encode()


def letter(mail: Mail) -> Letter:
    """The mail as DATA takes it: CRLF, no line that is a dot alone but the last one (RFC 5321, 4.5.2)."""
    chunks = mail.skeleton.chunks
    runs, own = list[bytes](), list[bytes]()
    for entry in mail.fields:
        if isinstance(entry, bytes):
            own.append(entry)
            runs.append(entry)
        else:
            runs.append(chunks[entry])
    message = b"".join(runs)
    if _are_sound(chunks) and _are_these_sound(own):
        return Letter(mail, message, is_ascii=True)
    return _mended(mail, message)


@lru_cache(256)
def _are_sound(chunks: tuple[bytes, ...]) -> bool:
    return all(map(_is_sound, chunks))


def _are_these_sound(runs: list[bytes]) -> bool:
    """The short ones together; a long one, which is the same in many mails, is looked at once."""
    whole = b"".join(runs)
    if len(whole) < _LONG:
        return _is_sound(whole)
    return all(_is_known_sound(run) if len(run) > _LONG // 10 else _is_sound(run) for run in runs)


@lru_cache(1024)
def _is_known_sound(run: bytes) -> bool:
    return _is_sound(run)


def _is_sound(run: bytes) -> bool:
    """Whether it is whole lines that SMTP takes as they are; runs that are, are so side by side too."""
    lines = run.count(b"\n")
    return (
        (run.endswith(b"\r\n") or not run)
        and run.count(b"\r\n") == lines == run.count(b"\r")
        and not run.startswith(b".")
        and b"\n." not in run
        and run.isascii()
    )


def _mended(mail: Mail, message: bytes) -> Letter:
    lines = message.count(b"\r\n")
    if message.count(b"\n") != lines or message.count(b"\r") != lines:
        message = _BARE.sub(b"\r\n", message)
    if message.startswith(b".") or b"\n." in message:
        message = (b"\n" + message).replace(b"\n.", b"\n..")[1:]
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    return Letter(mail, message, message.isascii())
