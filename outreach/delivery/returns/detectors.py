"""The forms that flufl.bounce knows: of a notice without fields it finds many an address that no rule of ours does."""

from __future__ import annotations

import logging
from email.message import Message

#: It tries each of its forms on every line: of a longer mail that takes too long.
_LONGEST = 50_000


def failed_address(mail: Message, size: int) -> str:
    """The address that did not work, in a mail of so many bytes that a mail system wrote; empty where none is found."""
    if size > _LONGEST:
        return ""
    from flufl.bounce import all_failures

    # It logs what it chokes on, and that may be an address.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)
    try:
        temporary, permanent = all_failures(mail)
    except Exception:  # noqa: BLE001  # of a malformed mail it finds nothing
        return ""
    found = sorted(address for address in temporary | permanent if b"@" in address)
    return found[0].decode("ascii", "replace") if found else ""
