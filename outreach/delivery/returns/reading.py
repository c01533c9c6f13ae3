"""From the bytes of a mail to what it says: nothing here touches the world, and nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterator

from outreach.delivery.returns import complaints, notices
from outreach.delivery.returns.codes import Code, find_code
from outreach.delivery.returns.nouns import Kind, Reason, Returned
from outreach.delivery.returns.parts import Parts, take_apart
from outreach.delivery.returns.senders import is_automatic_answer, is_broken_open, is_daemon, is_system
from outreach.delivery.returns.statuses import Status, statuses
from outreach.delivery.returns.wording import judge, plain, tells
from outreach.rendering.verp import PATTERN

#: Bytes of a mail that are read: what comes back may bring all of a large message along.
LIMIT = 200_000
#: Where the address that a mail was sent to may stand, the most trustworthy first.
_SENT_TO = (
    "x-original-to",
    "delivered-to",
    "envelope-to",
    "x-envelope-to",
    "original-recipient",
    "to",
    "x-rcpt-to",
    "cc",
)
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s]{1,200}>")
_QUOTED_ID = re.compile(
    r"^[ \t>|]{0,12}(?:original-)?message-id:\s{0,20}(<[^<>\s@]{1,200}@[^<>\s]{1,200}>)", re.IGNORECASE | re.MULTILINE
)
_QUOTED_SUBJECT = re.compile(r"^[ \t>*|]{0,12}(?:subject|onderwerp|objet|betreff)\s?:.*$", re.IGNORECASE | re.MULTILINE)
#: A mail has one of these at least.
_FIELDS = ("from", "to", "subject", "date", "received", "message-id", "return-path", "content-type")


def read(raw: bytes) -> Returned:
    """What a mail says. Whatever cannot be read as a mail is `unreadable`."""
    # Of any system: the parser knows them all, what looks for the beginnings of lines does not.
    raw = raw[:LIMIT].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        parts = take_apart(raw)
        if not any(name in parts.head for name in _FIELDS):
            return Returned("unreadable")
        return _understood(parts, raw)
    except Exception:  # noqa: BLE001  # mails are made by anybody: one that defeats the library is a mail to look at
        return Returned("unreadable")


def _understood(parts: Parts, raw: bytes) -> Returned:
    kind, reason, code, recipient = _said(parts)
    return Returned(kind, reason, str(code), _tokens(parts, raw), _message_id(parts), recipient)


_Said = tuple[Kind, Reason, Code, str]
_NOTHING = Code()


def _said(parts: Parts) -> _Said:
    if complaints.is_complaint(parts):
        return "complaint", "complained", _NOTHING, complaints.recipient(parts)
    if parts.feedback is not None:
        return "other", "", _NOTHING, ""
    if parts.disposition is not None:
        return _of_disposition(parts)
    if is_broken_open(parts) and not is_daemon(parts):
        return "other", "", _NOTHING, ""
    told = list(statuses(parts.status))
    if told and (_is_report(parts) or is_system(parts)):
        return _of_report(told, parts)
    if (_is_report(parts) and parts.words.strip()) or notices.is_notice(parts):
        return _of_notice(parts)
    if is_automatic_answer(parts):
        return "auto_reply", "", _NOTHING, ""
    return "other", "", _NOTHING, ""


def _is_report(parts: Parts) -> bool:
    return str(parts.head.get_param("report-type", "")).lower() == "delivery-status"


def _of_report(told: list[Status], parts: Parts) -> _Said:
    failed = [status for status in told if status.action == "failed"]
    if not failed:
        first = next((status for status in told if status.action == "delayed"), told[0])
        return ("delayed" if first.action == "delayed" else "delivered"), "", first.code, first.recipient
    verdicts = [(*_judged(status, parts), status) for status in failed]
    kind, reason, code, status = next((one for one in verdicts if one[0] == "hard"), verdicts[0])
    if kind == "hard" and len(failed) < len(told):
        # One address of ours may stand for several: as long as one of them takes mail, so does it.
        kind, reason = "soft", "undelivered"
    return kind, reason, code, status.recipient or notices.recipient(parts)


def _judged(status: Status, parts: Parts) -> tuple[Kind, Reason, Code]:
    """By the server's words of this recipient; by those for the reader where they do not tell."""
    words = plain(status.words)
    if tells(words, status.code):
        return *judge(words, status.code), status.code
    return _by_words(parts, status.code)


def _by_words(parts: Parts, code: Code) -> tuple[Kind, Reason, Code]:
    """By what is said to the reader; by the subject where that does not tell, as it may repeat ours."""
    words = _QUOTED_SUBJECT.sub("", parts.words)
    code = code.or_else(find_code(words))
    text = plain(words)
    return *judge(text if tells(text, code) else plain(parts.subject), code), code


def _of_notice(parts: Parts) -> _Said:
    recipient = notices.recipient(parts)
    if notices.waits(parts):
        return "delayed", "", _NOTHING, recipient
    if notices.arrived(parts):
        return "delivered", "", _NOTHING, recipient
    kind, reason, code = _by_words(parts, _NOTHING)
    if kind == "hard" and not (_is_report(parts) or is_system(parts)):
        # Of people who speak of bounces, too: what no mail system says by its name is never final.
        kind, reason = "soft", "undelivered"
    return kind, reason, code, recipient


def _of_disposition(parts: Parts) -> _Said:
    """What a reader did with it; some servers say so of a mailbox that took nothing, which is never final."""
    if "rejected" not in parts.subject.lower() and "rejected" not in parts.words[:500].lower():
        return "other", "", _NOTHING, ""
    kind, reason, code, recipient = _of_notice(parts)
    return ("soft", "undelivered", code, recipient) if kind == "hard" else (kind, reason, code, recipient)


def _tokens(parts: Parts, raw: bytes) -> tuple[str, ...]:
    """What looks like a token: in the addresses that it was sent to, in the header that it returns, then anywhere."""
    places = [value for name in _SENT_TO for value in parts.head.get_all(name, [])]
    if parts.returned is not None:
        places += parts.returned.values()
    sought = (*(str(place).encode("ascii", "replace") for place in places), raw)
    found = (match.decode().lower() for place in sought for match in PATTERN.findall(place))
    return tuple(dict.fromkeys(found))[:4]


def _message_id(parts: Parts) -> str:
    """Of the message that it is about: in the header that comes back, else in the words, else in what it answers."""
    for value in _ids(parts):
        found = _MESSAGE_ID.search(value)
        if found:
            return found[0]
    return ""


def _ids(parts: Parts) -> Iterator[str]:
    inner = (parts.returned, "message-id"), (parts.disposition, "original-message-id"), (parts.feedback, "message-id")
    outer = (parts.head, "x-original-message-id"), (parts.head, "in-reply-to"), (parts.head, "references")
    yield from (str(message.get(name, "")) for message, name in inner if message is not None)
    yield from _QUOTED_ID.findall(parts.words)
    yield from (str(message.get(name, "")) for message, name in outer)
