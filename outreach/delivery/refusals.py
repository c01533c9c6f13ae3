"""Too many refusals for good: the campaign is paused before a mistake has cost a sender its good name."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from outreach.delivery.channels.base import Rejected, Sent
from outreach.storage import audit
from outreach.storage.tables import campaign_state

if TYPE_CHECKING:
    from outreach.delivery.receipts import Settled

_log = logging.getLogger(__name__)

#: As it stands in `campaign_state.steered_why`, and who did it.
REASON, WHO = "hard_rejections", audit.OURSELVES
#: Refusals that there must be before shares are looked at: three of ten say nothing.
FEWEST = 20
_TRIED = (Sent, Rejected)


def paused_for_refusals(connection: Connection) -> list[str]:
    """The campaigns that stand paused because too many of their messages were refused for good."""
    paused = (campaign_state.c.state == "paused", campaign_state.c.steered_why == REASON)
    rows = select(campaign_state.c.campaign).where(*paused).order_by(campaign_state.c.campaign)
    return list(connection.scalars(rows))


class Refusals:
    """Counts, for one sender's run, what is taken and what is refused for good."""

    def __init__(self, limit: Callable[[int], float], paused: set[str]) -> None:
        #: The share of a campaign's messages at which it is paused, by release id; 0 to 1.
        self._limit = limit
        #: Campaigns that were paused here.
        self.paused = paused
        self._tried: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()

    def count(self, settled: Sequence[Settled]) -> list[str]:
        """Count what was settled. Returns the campaigns of which too many were refused by now; each one once."""
        self._tried.update([made.row.campaign for made, result in settled if isinstance(result, _TRIED)])
        refused = [made.row for made, result in settled if isinstance(result, Rejected)]
        self._refused.update(row.campaign for row in refused)
        releases = {row.campaign: row.release_id for row in refused}
        return [campaign for campaign, release in releases.items() if self._too_many(campaign, release)]

    def _too_many(self, campaign: str, release: int) -> bool:
        refused, tried = self._refused[campaign], self._tried[campaign]
        return campaign not in self.paused and refused >= FEWEST and refused > self._limit(release) * tried

    def pause(self, connection: Connection, campaign: str, moment: datetime) -> None:
        """Pause a campaign, and say why."""
        steered = {"state": "paused", "steered_at": moment, "steered_by": WHO, "steered_why": REASON}
        running = (campaign_state.c.campaign == campaign, campaign_state.c.state == "running")
        if connection.execute(update(campaign_state).where(*running).values(steered)).rowcount:
            changed = {"state": "running"}, {"state": "paused", "why": REASON}
            audit.record(connection, audit.Entry(WHO, "paused", f"campaign {campaign}", *changed), moment)
        if campaign not in self.paused:
            self.paused.add(campaign)
            _log.error(
                "too many messages were refused for good; the campaign is paused",
                extra={"campaign": campaign, "refused": self._refused[campaign], "tried": self._tried[campaign]},
            )
