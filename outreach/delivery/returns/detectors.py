"""The forms that flufl.bounce knows: of a notice without fields it finds many an address that no rule of ours does."""

from __future__ import annotations

import logging
from email.message import Message

from outreach.delivery.returns.parts import Parts

#: It tries each of its forms on every line: of a longer mail it sees the words alone, and no more of them.
_LONGEST, _WORDS = 8_000, 4_000


def failed_address(parts: Parts) -> str:
    """The address that did not work, in a mail that a mail system wrote; empty where none is found."""
    from flufl.bounce import all_failures

    # It logs what it chokes on, and that may be an address.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)
    try:
        temporary, permanent = all_failures(parts.head if parts.size < _LONGEST else _short(parts))
    except Exception:  # noqa: BLE001  # of a malformed mail it finds nothing
        return ""
    found = sorted(address for address in temporary | permanent if b"@" in address)
    return found[0].decode("ascii", "replace") if found else ""


def _short(parts: Parts) -> Message:
    mail = Message()
    for name in ("from", "subject", "x-mailer"):
        mail[name] = str(parts.head.get(name, ""))
    mail.set_payload(parts.words[:_WORDS])
    return mail
