"""Notices in plain words: what mail systems wrote before reports had fields, and many still write."""

from __future__ import annotations

import re

from outreach.delivery.returns import phrases
from outreach.delivery.returns.codes import find_code
from outreach.delivery.returns.detectors import failed_address
from outreach.delivery.returns.parts import Parts
from outreach.delivery.returns.senders import asks_somebody, is_answer, is_daemon, is_of_a_list, is_sent_on, is_system
from outreach.delivery.returns.wording import has, plain

#: Characters of a notice that are looked at for what it is.
_SHOWN = 2500
#: What somebody quotes.
_QUOTED = re.compile(r"^[ \t]{0,4}>.*$", re.MULTILINE)


def is_notice(parts: Parts) -> bool:
    """Whether a mail system says in words that a message did not arrive, or not yet.

    Of who is no mail system by name more is asked: people speak of bounces, too, and so do lists.
    """
    if "x-failed-recipients" in parts.head:
        return True
    if is_sent_on(parts):
        return False
    about = has(plain(parts.subject), phrases.SUBJECTS)
    if is_daemon(parts):
        known = about or _is_told(parts.words) or _quotes_a_server(parts.words)
        return known or bool(failed_address(parts))
    told = _is_told(_QUOTED.sub("", parts.words))
    if not told or asks_somebody(parts) or is_answer(parts):
        return False
    if is_system(parts):
        return about or _quotes_a_server(parts.words)
    return _begins(parts.subject, phrases.SUBJECTS) and not is_of_a_list(parts)


def _begins(subject: str, wanted: tuple[str, ...]) -> bool:
    return plain(subject).lstrip(" '\"([").startswith(wanted)


def _quotes_a_server(words: str) -> bool:
    code = find_code(words[:_SHOWN])
    return bool(code.reply and code.status)


def _is_told(text: str) -> bool:
    words = plain(text[:_SHOWN])
    return has(words, phrases.FAILED) or has(words, phrases.WAITING)


def waits(parts: Parts) -> bool:
    """Whether a notice says that delivery is tried on."""
    said = f"{plain(parts.subject)} {plain(parts.words[:_SHOWN])}"
    return has(said, phrases.WAITING) or _begins(parts.subject, phrases.WAITING_SUBJECTS)


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
    known = failed_address(parts) if is_daemon(parts) else ""
    if known:
        return known
    words = parts.words[:_SHOWN]
    ours = {found.lower() for name in ("to", "from") for found in _ADDRESS.findall(str(parts.head.get(name, "")))}
    for found in (*_NAMED.findall(words), *_ADDRESS.findall(words)):
        if found.lower() not in ours and not found.lower().startswith(_NOBODY):
            return str(found)
    return ""
