"""Mails damaged on their way: cut off, bytes changed, lines lost, doubled and swapped, line ends and case spoiled."""

from __future__ import annotations

import random


def mutated(mail: bytes, seed: int) -> bytes:
    """The mail with a few damages; the same seed gives the same."""
    draw = random.Random(seed)
    for _ in range(draw.randint(1, 4)):
        mail = draw.choice(_DAMAGES)(mail, draw)
    return mail


def _cut(mail: bytes, draw: random.Random) -> bytes:
    return mail[: draw.randrange(len(mail) + 1)]


def _bytes(mail: bytes, draw: random.Random) -> bytes:
    changed = bytearray(mail)
    for _ in range(draw.randint(1, 20)):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def _lost(mail: bytes, draw: random.Random) -> bytes:
    lines = mail.split(b"\n")
    del lines[draw.randrange(len(lines))]
    return b"\n".join(lines)


def _doubled(mail: bytes, draw: random.Random) -> bytes:
    lines = mail.split(b"\n")
    at = draw.randrange(len(lines))
    return b"\n".join([*lines[: at + 1], *lines[at:]])


def _swapped(mail: bytes, draw: random.Random) -> bytes:
    lines = mail.split(b"\n")
    a, b = draw.randrange(len(lines)), draw.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def _inserted(mail: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(mail) + 1)
    return mail[:at] + draw.randbytes(draw.randint(1, 40)) + mail[at:]


def _upper(mail: bytes, draw: random.Random) -> bytes:
    return mail.upper() if draw.random() < 0.3 else mail.replace(b"\n", b"\r\n")


def _repeated(mail: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(mail) + 1)
    return mail[:at] + mail[at : at + 300] * draw.randint(2, 8) + mail[at:]


_DAMAGES = (_cut, _bytes, _lost, _doubled, _swapped, _inserted, _upper, _repeated)
