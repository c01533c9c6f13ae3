"""What came of a line at the desk, in words that a list, a command and the ledger share.

A word and no sentence: what somebody at a desk writes freely soon holds a name or an illness, and the ledger keeps
neither.
"""

from __future__ import annotations

#: It was done.
DONE = "done"
#: Why it could not be done, as it stands in `delivery.reason`; `planning.explain` says it in a sentence.
REASONS = ("not_reached", "wrong_address", "declined", "not_possible")
RESULTS = (DONE, *REASONS)
