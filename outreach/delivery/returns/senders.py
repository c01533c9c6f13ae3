"""Who wrote a mail: a mail system, somebody's automatic answer, or a person."""

from __future__ import annotations

import re
from email.message import Message
from email.utils import parseaddr

from outreach.delivery.returns import phrases
from outreach.delivery.returns.parts import Parts, decoded
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


def is_daemon(parts: Parts) -> bool:
    """Whether its sender is a mail system by name."""
    name, address = parseaddr(decoded(parts.head, "from"))
    return bool(_DAEMON.match(address.rpartition("@")[0] or address) or _DAEMON_NAME.search(name))


def is_system(parts: Parts) -> bool:
    """Whether a program wrote it that wants no answer: a mail system, or one that answers for somebody."""
    back = parts.head.get("return-path")
    return is_daemon(parts) or (back is not None and _is_nobody(str(back)))


def is_of_a_list(head: Message) -> bool:
    """Whether it was written to many: a newsletter, or a mailing list's."""
    return any(
        name in head for name in ("list-id", "list-unsubscribe", "list-post", "x-mailing-list", "feedback-id")
    ) or str(head.get("precedence", "")).strip().lower() in ("list", "bulk")


def is_answer(head: Message) -> bool:
    """Whether it answers a mail, or sends one on, as people do."""
    subject = plain(decoded(head, "subject")).strip()
    passed = re.match(r"(?:re|aw|antw|sv|fw|fwd|tr|wg|doorst|rv)\s?:", subject)
    return bool(passed) or "in-reply-to" in head or "references" in head


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
    local = path.strip(" \t\r\n<>").partition("@")[0]
    return not local or bool(_DAEMON.fullmatch(local))
