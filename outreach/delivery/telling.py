"""What the log says of single deliveries, by their keys: what came of each, as its row says.

The last part of a key is a number of our own. Neither an address nor a server's words, which may repeat it, are told.
"""

from __future__ import annotations

import logging

_log = logging.getLogger(__name__)

#: State, as in the ledger or `deferred` -> how loudly it is told; what was sent is seen with `-v` alone.
_LEVELS = {"sent": logging.DEBUG, "in_doubt": logging.WARNING}


def tell(key: str, channel: str, state: str, code: str = "") -> None:
    """Something came of a delivery; `code` is a server's answer in digits, or a word of ours."""
    level = _LEVELS.get(state, logging.INFO)
    if _log.isEnabledFor(level):
        told = {"state": state, "key": key, "channel": channel, "code": code}
        _log.log(level, "delivery", extra={name: value for name, value in told.items() if value})
