"""Mails as the composer makes them, without templates: for tests of what happens to them afterwards."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

from outreach.rendering.mail import Line

SECRET = b"a secret of tests"


@dataclass(frozen=True, slots=True)
class Skeleton:
    digest: str
    chunks: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Mail:
    key: str
    message_id: str
    sender: str
    recipient: str
    skeleton: Skeleton
    fields: tuple[int | bytes, ...]
    person: str = ""
    line: Line | None = None

    def to_bytes(self) -> bytes:
        return b"".join([self.skeleton.chunks[f] if isinstance(f, int) else f for f in self.fields])


def skeleton(*chunks: bytes) -> Skeleton:
    return Skeleton(hashlib.sha256(b"\0".join(chunks)).hexdigest(), chunks)


LETTER = skeleton(
    b"From: Sociale Dienst <post@dienst.example>\r\nTo: ",
    b"\r\nMessage-ID: ",
    b"\r\nSubject: Welkom\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nDag ",
    b",\r\n.\r\n..twee punten\r\nTot dan.\r\n",
)


def message_id(key: str) -> str:
    return f"<{hmac.new(SECRET, key.encode(), 'sha256').hexdigest()[:32]}@dienst.example>"


def mail(key: str, recipient: str = "an@example.org", name: bytes = b"An", form: Skeleton = LETTER) -> Mail:
    own = (recipient.encode(), message_id(key).encode(), name)
    fields = (0, own[0], 1, own[1], 2, own[2], 3)
    line = Line(date(2026, 11, 22), (("recipient", recipient), ("text", name.decode())))
    return Mail(key, message_id(key), "post@dienst.example", recipient, form, fields, line=line)
