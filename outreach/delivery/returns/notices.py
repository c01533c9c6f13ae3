"""Notices in plain words: what mail systems wrote before reports had fields, and many still write."""

from __future__ import annotations

import re

from outreach.delivery.returns import phrases
from outreach.delivery.returns.codes import find_code
from outreach.delivery.returns.parts import Parts
from outreach.delivery.returns.senders import asks_somebody, is_answer, is_daemon, is_of_a_list, is_system
from outreach.delivery.returns.wording import has, plain

_SHOWN = 2500


def is_notice(parts: Parts) -> bool:
    """Whether a mail system says in words that a message did not arrive, or not yet."""
    failed = "x-failed-recipients" in parts.head
    if failed or is_daemon(parts):
        return failed or _signs(parts) > 0
    if asks_somebody(parts):
        return False
    if is_system(parts):
        return _is_told(parts) and _signs(parts) > 1
    return _is_told(parts) and _signs(parts) > 1 and not is_answer(parts.head) and not is_of_a_list(parts.head)


def _signs(parts: Parts) -> int:
    code = find_code(parts.words[:_SHOWN])
    is_reply = bool(code.reply and code.status)
    return has(plain(parts.subject), phrases.SUBJECTS) + _is_told(parts) + is_reply


def _is_told(parts: Parts) -> bool:
    words = plain(parts.words[:_SHOWN])
    return has(words, phrases.FAILED) or has(words, phrases.WAITING)


def waits(parts: Parts) -> bool:
    """Whether a notice says that delivery is tried on."""
    return has(plain(parts.subject), phrases.WAITING) or has(plain(parts.words[:_SHOWN]), phrases.WAITING)


def arrived(parts: Parts) -> bool:
    """Whether a notice says that the message was delivered."""
    words = plain(parts.words[:_SHOWN])
    return has(plain(parts.subject), phrases.ARRIVED) or (
        has(words, phrases.ARRIVED) and not has(words, phrases.FAILED)
    )


_LOCAL = r"[A-Za-z0-9._%+-]{1,64}"
_ADDRESS = re.compile(_LOCAL + r"@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
#: As most write it above the reason: alone, at the beginning of a line.
_NAMED = re.compile(r"^[ \t*-]{0,12}<?(" + _ADDRESS.pattern + r")>?(?::|[ \t]*$)", re.MULTILINE)
_NOBODY = ("postmaster@", "mailer-daemon@", "abuse@", "support@", "helpdesk@")


def recipient(parts: Parts) -> str:
    """The address that a notice is about, as well as one can tell."""
    failed = _ADDRESS.search(str(parts.head.get("x-failed-recipients", "")))
    if failed:
        return failed[0]
    words = parts.words[:_SHOWN]
    ours = {found.lower() for name in ("to", "from") for found in _ADDRESS.findall(str(parts.head.get(name, "")))}
    for found in (*_NAMED.findall(words), *_ADDRESS.findall(words)):
        if found.lower() not in ours and not found.lower().startswith(_NOBODY):
            return str(found)
    return ""
