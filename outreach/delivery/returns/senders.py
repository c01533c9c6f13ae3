"""Who wrote a mail: a mail system, somebody's automatic answer, or a person."""

from __future__ import annotations

import re

from outreach.delivery.returns import phrases
from outreach.delivery.returns.parts import Parts, address_in
from outreach.delivery.returns.wording import has, plain

_DAEMON = re.compile(
    r"(?:mailer|mail|mda?)[-_.]?da?emon|postmaster|post[-_.]?master|mdaemon|mail[-_.]?(?:delivery|adm|system|admin)"
    r"|mailerdaemon|bounces?[-_.]?notif|ndr|undeliverable|delivery[-_.]?(?:status|failure|notification)|smtp[-_.]?gateway"
    r"|imss|e500_smtp|symantec_antivirus|majordomo-owner|microsoftexchange[0-9a-f]*",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|da?emon)|delivery (?:sub)?system|delivery service|mail system|mail router|postmaster"
    r"|system administrator|mail administrator|internet mail|microsoft outlook|systeembeheerder|administrateur syst"
    r"|systemadministrator",
    re.IGNORECASE,
)
#: Header fields that only programs write that answer for somebody.
_ANSWERING = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-autoreply-from", "x-mail-autoreply",
    "x-vacation", "x-vacation-message", "x-autoreply-domain", "x-auto-responder", "auto-response",
)  # fmt: skip
_LISTED = ("list-id", "list-unsubscribe", "list-post", "x-mailing-list", "feedback-id")
_ANSWER = re.compile(r"(?:re|aw|antw|sv)\s?:")
_SENT_ON = re.compile(r"(?:fw|fwd|tr|wg|doorst|rv)\s?:")
#: Of a header that a broken line ends early, the rest stands in the text.
_SPILT_LIST = re.compile(r"^(?:list-[a-z]+|precedence|x-mailing-list)\s?:", re.IGNORECASE | re.MULTILINE)
_SPILT_ANSWER = re.compile(r"^(?:in-reply-to|references)\s?:", re.IGNORECASE | re.MULTILINE)
_INSIDE = re.compile(r"^content-type\s?:\s?message/rfc822", re.IGNORECASE | re.MULTILINE)
_HEAD = 4000


def is_daemon(parts: Parts) -> bool:
    """Whether its sender is a mail system by name."""
    name, address = address_in(parts.head, "from")
    local = (address.rpartition("@")[0] or address).strip('"')
    return bool(_DAEMON.match(local) or _DAEMON_NAME.search(name) or _DAEMON_NAME.search(local))


def is_system(parts: Parts) -> bool:
    """Whether a program wrote it that wants no answer: a mail system, or one that answers for somebody."""
    back = parts.head.get("return-path")
    return is_daemon(parts) or (back is not None and _is_nobody(str(back)))


def is_of_a_list(parts: Parts) -> bool:
    """Whether it was written to many: a newsletter, or a mailing list's."""
    bulk = str(parts.head.get("precedence", "")).strip().lower() in ("list", "bulk")
    return bulk or any(name in parts.head for name in _LISTED) or bool(_SPILT_LIST.search(parts.words[:_HEAD]))


def is_answer(parts: Parts) -> bool:
    """Whether it answers a mail, or sends one on, as people do."""
    named = "in-reply-to" in parts.head or "references" in parts.head
    return named or bool(_ANSWER.match(plain(parts.subject).strip()) or _SPILT_ANSWER.search(parts.words[:_HEAD]))


def is_sent_on(parts: Parts) -> bool:
    """Whether somebody sends on what they got."""
    return bool(_SENT_ON.match(plain(parts.subject).strip()))


def is_broken_open(parts: Parts) -> bool:
    """Whether a mail inside it lies open, as its own structure is damaged: what that one says, this one does not."""
    preamble = parts.head.preamble if isinstance(parts.head.preamble, str) else ""
    return bool(_INSIDE.search(preamble[:_HEAD]) or _INSIDE.search(parts.words[:_HEAD]))


def is_automatic_answer(parts: Parts) -> bool:
    """Whether a program answers for somebody (RFC 3834, and what was usual before): away, received, thank you."""
    head = parts.head
    if any(name in head for name in _ANSWERING):
        return True
    if str(head.get("precedence", "")).strip().lower() in ("auto_reply", "auto-reply"):
        return True
    if str(head.get("auto-submitted", "")).strip().lower().startswith("auto-replied"):
        return True
    if has(plain(parts.subject), phrases.ANSWERED):
        return True
    # Without a word in the header: an answer to nobody, which says early that somebody is away.
    return is_system(parts) and has(plain(parts.words[:600]), phrases.ANSWERED)


def asks_somebody(parts: Parts) -> bool:
    """Whether it wants a person to confirm or to approve something."""
    return has(plain(parts.subject), phrases.ASKING) or has(plain(parts.words[:1500]), phrases.ASKING)


def _is_nobody(path: str) -> bool:
    address = path.strip(" \t\r\n<>")
    return not address or bool(_DAEMON.fullmatch(address.partition("@")[0]))
