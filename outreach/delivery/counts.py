"""What came of one call to send."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from outreach.delivery.channels.base import Deferred, InDoubt, Rejected, Result, Sent


@dataclass(slots=True)
class SendCounts:
    """What came of a call of `send_dispatched`."""

    sent: int = 0
    rejected: int = 0
    in_doubt: int = 0
    #: Not taken now; they are planned again for later.
    deferred: int = 0
    #: Channels that found nobody to hand messages to; all that is left for them waits.
    down: set[str] = field(default_factory=set)
    #: Not sent after all, by reason: what changed between dispatch and sending.
    skipped: Counter[str] = field(default_factory=Counter)
    #: Campaigns that were paused because too many of their messages were refused for good.
    paused: set[str] = field(default_factory=set)

    def add(self, results: Iterable[Result], stopped: Iterable[tuple[str, str]]) -> None:
        """Count results, and deliveries that were not handed over (state, reason)."""
        kinds = Counter(map(type, results))
        self.sent += kinds[Sent]
        self.rejected += kinds[Rejected]
        self.in_doubt += kinds[InDoubt]
        self.deferred += kinds[Deferred]
        for state, reason in stopped:
            if state == "rejected":
                self.rejected += 1
            elif state == "planned":
                self.deferred += 1
            else:
                self.skipped[reason] += 1

    def merge(self, other: SendCounts) -> None:
        """Add what another sender counted."""
        self.sent += other.sent
        self.rejected += other.rejected
        self.in_doubt += other.in_doubt
        self.deferred += other.deferred
        self.down |= other.down
        self.skipped.update(other.skipped)
        self.paused |= other.paused
