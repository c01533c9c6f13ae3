"""A mail taken apart: its own words, the fields of its report, and what it returns of the message that it is about.

Nothing here raises on a malformed mail: what cannot be decoded is read as well as it goes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr
from textwrap import dedent

#: Parts looked at, and characters of each text and header field: a notice says early what it has to say.
_PARTS, _TEXT, _VALUE = 40, 20_000, 2000

#: What introduces the returned message in a notice that is plain text.
_RETURNED = re.compile(
    r"^[ \t>|#]{0,8}(?:[-=_*]{2,90}[ \t]{0,8})?(?:below (?:this|the next) line is a copy"
    r"|this is a copy of (?:the|your) message|here is (?:your returned mail|a copy)"
    r"|(?:the )?headers? (?:and top \d+ lines )?of (?:the |your )?(?:original )?message|message headers? follows?"
    r"|(?:a )?(?:copy of )?the (?:header of the )?original message (?:is )?follow(?:s|ing)|included is a copy"
    r"|(?:unsent|undelivered|returned|original|rejected) (?:message|mail)\b"
    r"|start of returned message|returned mail follows|message text follows|old message:|your message reads"
    r"|original message (?:headers|details|follows)|the first \d+ lines of your original message"
    r"|mensaje original|mensagem original|urspr\S{1,8}ngliche nachricht|message original"
    r"|oorspronkelijk bericht|messaggio originale|copie du message|(?:return-path|received|dkim-signature): ?\S"
    r").*$",
    re.IGNORECASE | re.MULTILINE,
)
_TAG = re.compile(r"<[a-z/!][^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?td|/?table|/?h\d|/?li)\b[^<>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(style|script|head|!--)", re.IGNORECASE)
_FIELD = re.compile(r"^[ \t]{0,8}[A-Za-z][A-Za-z0-9-]{1,60}:", re.MULTILINE)
_STATUS_FIELDS = re.compile(
    r"^(?:final-recipient|original-recipient|action|status|diagnostic-code):", re.IGNORECASE | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail, taken apart."""

    head: Message
    #: Bytes that were read.
    size: int
    #: What the mail itself says, without the message that it returns.
    words: str
    #: Groups of fields of a delivery report (RFC 3464): about the message, then about one recipient each.
    status: tuple[Message, ...]
    #: Fields of a feedback report (RFC 5965); None: it has none.
    feedback: Message | None
    #: Fields of a disposition notification (RFC 8098), which tells what a reader did; None: it has none.
    disposition: Message | None
    #: Header of the message that comes back, or what plain words quote of it; None: nothing comes back.
    returned: Message | None

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return decoded(self.head, "subject")


def take_apart(raw: bytes) -> Parts:
    """The parts of a mail."""
    mail = message_from_bytes(raw)
    words: list[str] = []
    status: list[Message] = []
    found: dict[str, Message] = {}
    for part in _own(mail):
        kind = part.get_content_type()
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            status += _groups(part)
        elif kind == "message/feedback-report":
            found.setdefault("feedback", _merged(part))
        elif kind == "message/disposition-notification":
            found.setdefault("disposition", _merged(part))
        elif kind in (
            "message/rfc822",
            "message/global",
            "message/partial",
            "text/rfc822-headers",
            "message/global-headers",
        ):
            found.setdefault("returned", _returned(part))
        elif kind.startswith("text/") and len(words) < 4:
            words.append(_text(part))
    own, quoted = _cut("\n".join(words))
    if not status and _STATUS_FIELDS.search(own) and mail.is_multipart():
        status = _groups_of(own)
    if "returned" not in found and _FIELD.search(quoted):
        found["returned"] = _header(quoted)
    return Parts(
        mail,
        len(raw),
        own,
        tuple(status),
        found.get("feedback"),
        found.get("disposition"),
        found.get("returned"),
    )


def address_in(message: Message, name: str) -> tuple[str, str]:
    """The name and the address that a header field holds first; empty where there is none."""
    return parseaddr(decoded(message, name))


def decoded(message: Message, name: str) -> str:
    """A header field as a reader sees it; empty where there is none."""
    value = str(message.get(name, ""))[:_VALUE]
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(piece if isinstance(piece, str) else _as_text(piece, charset or "") for piece, charset in pieces)


def _own(mail: Message) -> Iterator[Message]:
    """The leaves of a mail in order. A message inside is one of them: what it says, its own sender said."""
    waiting: list[Message] = [mail]
    seen = 0
    while waiting and seen < _PARTS:
        part = waiting.pop(0)
        seen += 1
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting[:0] = [inner for inner in payload if isinstance(inner, Message)]
        else:
            yield part


def _text(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    text = _as_text(raw[: 2 * _TEXT], str(part.get_param("charset", "")))
    if part.get_content_subtype() == "html":
        text = html.unescape(_TAG.sub(" ", _BREAK.sub("\n", _visible(text))))
    return text[:_TEXT].replace("\r\n", "\n").replace("\r", "\n")


def _visible(text: str) -> str:
    """HTML without its style sheets, scripts and comments; one that never ends hides the rest."""
    shown, at, lower = [], 0, text.lower()
    while match := _HIDDEN.search(text, at):
        shown.append(text[at : match.start()])
        end = "-->" if match[1] == "!--" else f"</{match[1].lower()}"
        at = lower.find(end, match.end())
        if at < 0:
            return " ".join(shown)
        at += len(end)
    return " ".join((*shown, text[at:]))


def _as_text(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset or "utf-8")
    except (LookupError, ValueError):
        return raw.decode("utf-8" if _is_utf8(raw) else "cp1252", "replace")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _groups(part: Message) -> list[Message]:
    payload = part.get_payload()
    if str(part.get("content-transfer-encoding", "")).strip().lower() in ("base64", "quoted-printable"):
        flat = Message()
        flat["content-transfer-encoding"] = part["content-transfer-encoding"]
        flat.set_payload("\n\n".join(map(str, payload)) if isinstance(payload, list) else payload)
        raw = flat.get_payload(decode=True)
        return _groups_of(_as_text(raw, "")) if isinstance(raw, bytes) else []
    if part.get_content_type() == "message/delivery-status" and isinstance(payload, list):
        return [group for group in payload if isinstance(group, Message)]
    return _groups_of("\n\n".join(map(str, payload)) if isinstance(payload, list) else str(payload))


def _groups_of(text: str) -> list[Message]:
    return [_header(group) for group in re.split(r"\n[ \t]*\n", text[:_TEXT]) if _FIELD.search(group)]


def _merged(part: Message) -> Message:
    """The fields of all groups as one."""
    fields = Message()
    for group in _groups_of("\n\n".join(map(str, _inside(part)))):
        for name, value in group.items():
            fields[name] = value
    return fields


def _inside(part: Message) -> list[object]:
    payload = part.get_payload()
    if isinstance(payload, list):
        return list(payload)
    raw = part.get_payload(decode=True)
    return [_as_text(raw, "") if isinstance(raw, bytes) else payload]


def _returned(part: Message) -> Message:
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        inner = payload[0]
        return inner if inner.keys() else _header(str(inner.get_payload()))
    return _header("\n".join(map(str, _inside(part))))


def _header(text: str) -> Message:
    """The first lines of a text that are header fields, as a header."""
    match = _FIELD.search(text)
    lines = dedent(text[match.start() : match.start() + _TEXT]) if match else ""
    return message_from_string(re.split(r"\n[ \t]*\n", lines, maxsplit=1)[0])


def _cut(text: str) -> tuple[str, str]:
    """What a notice says, and the message that it quotes below."""
    match = _RETURNED.search(text, 40)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")
