"""Codes of mail servers (RFC 5321, RFC 3463 and what is registered since) and what they say of an address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from outreach.delivery.returns.nouns import Kind, Reason

#: An enhanced status; no part of a version or of an address of a machine.
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d]|\.\d)")
#: Three digits of a reply where it begins, or where somebody says that one follows.
_REPLY = re.compile(
    r"(?:^|[;:(\[<\"'#]|<<<|\b(?:said|replied|returned|error|code|status|response|reply|with|was|got))[\s:;(\[<\"'#-]{0,4}"
    r"([45][0-5]\d)(?=[\s\-:,;.)\]<\"'#]|$)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Code:
    """A reply code and an enhanced status, as far as either is known."""

    #: `550`.
    reply: str = ""
    #: `5.1.1`.
    status: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.reply, self.status)))

    @property
    def is_temporary(self) -> bool:
        """Whether the server would take it another time; the reply's own word goes first."""
        return (self.reply or self.status).startswith("4")

    def or_else(self, other: Code) -> Code:
        """This one, with what it lacks filled in from another; a status that says nothing gives way."""
        vague = not self.status or self.status.endswith(".0.0")
        agree = not self.reply or other.status[:1] in ("", self.reply[0])
        status = other.status if vague and other.status and agree else self.status
        return Code(self.reply or (other.reply if other.reply[:1] == status[:1] or not status else ""), status)


def find_code(text: str) -> Code:
    """The first reply code and enhanced status in a server's own words."""
    reply, status = _REPLY.search(text), _ENHANCED.search(text)
    enhanced = status[0] if status and status[1] != "2" else ""
    digits = reply[1] if reply else ""
    if digits and enhanced and digits[0] != enhanced[0]:
        # The status was found elsewhere in the text.
        enhanced = next((m[0] for m in _ENHANCED.finditer(text) if m[1] == digits[0]), "")
    return Code(digits, enhanced)


#: Statuses that mean one thing, whatever words stand beside them.
_DECISIVE = frozenset(
    {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.2.2", "5.2.3", "5.3.4", "5.4.310"}
)  # fmt: skip
#: What statuses mean; one that is not here counts as its class with the dot.
_MEANINGS: dict[str, tuple[Kind, Reason]] = {
    "5.1.": ("hard", "no_mailbox"),
    "5.1.2": ("hard", "no_domain"),
    "5.1.7": ("blocked", "blocked"),
    "5.1.8": ("blocked", "blocked"),
    "5.1.9": ("soft", "undelivered"),
    "5.1.10": ("hard", "no_mailbox"),
    "5.2.1": ("hard", "mailbox_closed"),
    "5.2.2": ("soft", "mailbox_full"),
    "5.2.3": ("soft", "too_large"),
    "5.3.4": ("soft", "too_large"),
    "5.4.310": ("hard", "no_domain"),
    "5.4.": ("soft", "unreachable"),
    "5.7.": ("blocked", "blocked"),
    "4.2.2": ("soft", "mailbox_full"),
    "4.4.": ("soft", "unreachable"),
    "4.7.": ("blocked", "blocked"),
}


def meaning(code: Code) -> tuple[Kind, Reason]:
    """What a code says where no words say more; of three digits alone nothing is concluded."""
    status = code.status
    whole = _MEANINGS.get(status)
    return whole or _MEANINGS.get(status[:4], ("soft", "undelivered"))


def decisive(code: Code) -> tuple[Kind, Reason] | None:
    """What a status says that mail systems seldom misuse; None of all others."""
    return meaning(code) if code.status in _DECISIVE else None
