"""What the words of mail servers mean.

The order of the judgement matters: who is blocked is often told that there is no such user, and a full mailbox is often
called unavailable.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from outreach.delivery.returns import phrases
from outreach.delivery.returns.codes import Code, decisive, meaning
from outreach.delivery.returns.nouns import Kind, Reason

#: Characters of a text that are judged.
_LENGTH = 6000
#: Links, addresses, hosts and codes: their parts would be taken for words.
_NAMES = re.compile(
    r"(?:https?://|www\.)[^\s<>\"]{1,500}"
    r"|[^\s<>\"'(),;:\[\]]{1,100}@[^\s<>\"'(),;:\[\]]{1,200}"
    r"|\b(?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24}\b(?!\.)"
    r"|\[[0-9a-f.:]{3,45}\]"
    r"|\b[45]\d\d[- ]#?[45]\.\d{1,3}\.\d{1,3}\b|^[45]\d\d-",
    re.MULTILINE,
)
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_SPACE = re.compile(r"[\s*_|=~\-–—]+")

_Verdict = tuple[Kind, Reason]
_Table = tuple[tuple[tuple[str, ...], _Verdict], ...]
_ALWAYS: _Table = ((phrases.BLOCKED, ("blocked", "blocked")), (phrases.FULL, ("soft", "mailbox_full")))
_FINAL: _Table = (
    (phrases.NO_DOMAIN, ("hard", "no_domain")),
    (phrases.CLOSED, ("hard", "mailbox_closed")),
    (phrases.NO_MAILBOX, ("hard", "no_mailbox")),
)
_ELSE: _Table = (
    (phrases.TOO_LARGE, ("soft", "too_large")),
    (phrases.UNREACHABLE, ("soft", "unreachable")),
    (phrases.BLOCKED_SOFTLY, ("blocked", "blocked")),
)


@lru_cache(16)
def plain(text: str) -> str:
    """A text made fit for comparing: lower case, no accents, single spaces, no names."""
    text = text[:_LENGTH].lower().replace("’", "'")
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    return _SPACE.sub(" ", _NAMES.sub(" ", text))


def has(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in a text that `plain` made."""
    return any(phrase in text for phrase in wanted)


def judge(text: str, code: Code) -> _Verdict:
    """What a server's words, made `plain`, and its code say of an address to which it did not deliver."""
    final = None if code.is_temporary else _final(text, code)
    return _first(text, _ALWAYS) or final or _first(text, _ELSE) or meaning(code)


def tells(text: str, code: Code) -> bool:
    """Whether words or code say why, so that nobody has to look further."""
    return judge(text, code) != ("soft", "undelivered")


def _final(text: str, code: Code) -> _Verdict | None:
    """What is so for good."""
    if code.status.startswith("5.7."):
        return ("hard", "no_mailbox") if has(text, phrases.SURELY_NO_MAILBOX) else None
    if code.status == "5.4.1" and "access denied" in text:
        return "hard", "no_mailbox"  # So does Exchange Online refuse whom its directory does not know.
    return decisive(code) or _first(text, _FINAL)


def _first(text: str, table: _Table) -> _Verdict | None:
    return next((verdict for wanted, verdict in table if has(text, wanted)), None)
