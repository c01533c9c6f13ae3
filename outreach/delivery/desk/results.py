"""What came of a line at the desk, in words that a list, a command and the ledger share.

A word and no sentence: what somebody at a desk writes freely soon holds a name or an illness, and the ledger keeps
neither.
"""

from __future__ import annotations

#: It was done.
DONE = "done"
#: It could not be done -> why, as a sentence; the word stands in `delivery.reason`.
REASONS = {
    "not_reached": "nobody was reached",
    "wrong_address": "the address or the number is wrong",
    "declined": "the person did not want it",
    "not_possible": "the desk could not do it",
}
