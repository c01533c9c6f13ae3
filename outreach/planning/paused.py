"""Campaigns that are paused: nothing of theirs leaves until they are resumed."""

from __future__ import annotations

from sqlalchemy import select

from outreach.storage.tables import campaign_state

#: Their names.
PAUSED = select(campaign_state.c.campaign).where(campaign_state.c.state == "paused")
