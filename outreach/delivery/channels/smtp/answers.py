"""What a mail server says: its replies read from the wire, and what each means for a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from outreach.delivery.channels.base import Deferred, Rejected

#: Answer to a command, by its first digit -> what becomes of the message. Not there: garbled, and deferred.
Meanings = dict[int, type[Deferred | Rejected]]
#: A refusal of MAIL is about ourselves, not about the recipient (a login that lapsed, a sender that is not allowed):
#: to refuse everybody for it would lose a whole campaign, so that it waits until somebody has mended it.
MAIL: Meanings = {4: Deferred, 5: Deferred}
RCPT: Meanings = {4: Deferred, 5: Rejected}
DATA: Meanings = {4: Deferred, 5: Rejected}
#: Answer to the content. Not there (garbled, none at all): in doubt, for the server may have taken it.
CONTENT: Meanings = {4: Deferred, 5: Rejected}
#: The server says goodbye with this answer.
CLOSING = 421
#: Refusals at RCPT that are about ourselves all the same: Postfix, for one, says only there what it has against a
#: client, a login or a sender (`smtpd_delay_reject`). By code, by status, and by words outside of addresses.
_OUR_CODES = frozenset({530, 535, 538})
_OUR_STATUSES = re.compile(rb"5\.(?:1\.[78]|7\.54)\b").match
_THEIR_STATUSES = re.compile(rb"5\.[12]\.").match
_OUR_WORDS = re.compile(
    rb"relay|client host|client was not|sender address|helo command|starttls|not owned by user"
    rb"|authentication (?:is )?required|must (?:first )?(?:be )?authenticate",
    re.IGNORECASE,
).search
_ADDRESS = re.compile(rb"<[^<>]*>|\S+@\S+")

_enhanced = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)").match
_line = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL).fullmatch
#: What a server says to a content and the envelope behind it when nothing is wrong, where it comes in one piece.
all_well = re.compile(rb"2\d\d (?:[^\r\n]{0,500}\r\n2\d\d ){2}[^\r\n]{0,500}\r\n354 [^\r\n]{0,500}\r\n").fullmatch
#: Longest line and longest reply that is read; RFC 5321 (4.5.3.1.5) allows lines of 512 octets.
_LONGEST, _MOST = 4096, 200


class GarbledError(Exception):
    """What came is no SMTP."""


class Reply(NamedTuple):
    """One reply, of one line or several."""

    code: int
    #: Of the last line, which may repeat an address: never to be logged or stored.
    text: bytes

    @property
    def kind(self) -> int:
        """The first digit."""
        return self.code // 100

    @property
    def short(self) -> str:
        """`550 5.1.1`: the digits and nothing of the words."""
        enhanced = _enhanced(self.text)
        return f"{self.code} {enhanced[1].decode()}" if enhanced else str(self.code)


def is_about_us(reply: Reply) -> bool:
    """Whether a refusal at RCPT speaks of the client, the login or the sender, and not of the recipient."""
    if reply.kind != 5:
        return False
    if reply.code in _OUR_CODES or _OUR_STATUSES(reply.text):
        return True
    return not _THEIR_STATUSES(reply.text) and bool(_OUR_WORDS(_ADDRESS.sub(b"", reply.text)))


class Replies:
    """Reads replies from bytes as they come."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines = 0

    @property
    def is_between(self) -> bool:
        """Whether no reply has come in part."""
        return not (self._rest or self._lines)

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies that are complete now, up to where it is no SMTP any more.

        Raises:
            GarbledError: after the replies that came before: one of them may be the answer to content.
        """
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            if reply := self._read(line.removesuffix(b"\r")):
                yield reply
        if len(self._rest) > _LONGEST:
            raise GarbledError

    def _read(self, line: bytes) -> Reply | None:
        found = _line(line)
        if not found or len(line) > _LONGEST or self._lines > _MOST:
            raise GarbledError
        if found[2] == b"-":
            self._lines += 1
            return None
        self._lines = 0
        return Reply(int(found[1]), found[3] or b"")
