"""Quoted-printable (RFC 2045, 6.7) in runs that can be put side by side.

Every run begins at column 0 and ends in a line break, hard or soft, so that whatever follows begins at column 0
too: runs that were encoded apart join to a valid text. No line is longer than 76 and none begins with a dot, so
that nothing is left to stuff for SMTP.
"""

from __future__ import annotations

import re
from binascii import b2a_qp

#: Longest line of encoded text, its soft break counted and its CRLF not (RFC 2045).
LONGEST = 76
_SOFT = b"=\r\n"
#: Texts that are the same encoded: printable ASCII but `=`, no dot in front, on one line with its soft break.
_plain = re.compile(r"[ -\-/-<>-~][ -<>-~]{0,74}").fullmatch
#: Lines to be mended: one that begins with a dot, and one on which `b2a_qp` did not count the `=20` at its end.
_unfit = re.compile(rb"^(?:\..*|.{77,})$", re.MULTILINE)


def encoded(text: str) -> bytes:
    """The run of a text whose line ends are all line feeds; nothing for nothing."""
    if not text:
        return b""
    if _plain(text):
        return text.encode("ascii") + _SOFT
    body = b2a_qp(text.encode("utf-8", "replace"), quotetabs=False, istext=True)
    body = _unfit.sub(lambda line: _broken(_undotted(line[0]), LONGEST), body)
    start = body.rfind(b"\n") + 1
    if start < len(body):
        body = body[:start] + _broken(body[start:], LONGEST - 1) + b"=\n"
    return body.replace(b"\n", b"\r\n")


def _broken(line: bytes, most: int) -> bytes:
    """A line in lines of at most `LONGEST`, the last of them at most `most`, none beginning with a dot."""
    made = b""
    while len(line) > most:
        cut = LONGEST - 1 if len(line) > LONGEST else most - 1
        # Not inside an escape, `=XX`.
        while b"=" in line[cut - 2 : cut]:
            cut -= 1
        made, line = made + line[:cut] + b"=\n", line[cut:]
        line = _undotted(line)
    return made + line


def _undotted(line: bytes) -> bytes:
    return b"=2E" + line[1:] if line.startswith(b".") else line
