"""What a mail that came back says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: hard: the address takes no mail and never will; soft: it took none this time; blocked: the mail was not let in, for
#: what it is or whom it comes from, which says nothing of the address. `other` is none of these: a person wrote, or
#: something that nobody here has to settle. `unreadable` is no mail at all.
Kind = Literal[
    "hard", "soft", "blocked", "delayed", "delivered", "complaint", "auto_reply", "other", "unreadable"
]  # fmt: skip

#: Why a message was not taken, as it stands in `delivery.reason`; `planning.explain` says it in a sentence.
Reason = Literal[
    "no_mailbox", "no_domain", "mailbox_closed",
    "mailbox_full", "too_large", "unreachable", "undelivered",
    "blocked", "complained", "",
]  # fmt: skip

#: Kinds of mails that say that a message was not taken.
FAILED = frozenset[Kind]({"hard", "soft", "blocked"})


@dataclass(frozen=True, slots=True)
class Returned:
    """A mail that came back. The recipient is personal data: it is compared, and never shown or stored."""

    kind: Kind
    reason: Reason = ""
    #: Three digits and the enhanced status, as far as they are known: `550 5.1.1`.
    code: str = ""
    #: What may be a token of ours (`rendering.verp`), the most trustworthy first.
    tokens: tuple[str, ...] = ()
    #: Of the message that it is about, with angle brackets.
    message_id: str = ""
    #: The address that the report names.
    recipient: str = field(default="", repr=False)
