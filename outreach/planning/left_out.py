"""Occurrences that do not come: their day is a closed one, and the campaign does not move them to another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from outreach.definitions.closed_days import landing
from outreach.definitions.model import Campaign, Workspace
from outreach.planning.calendar import start_days


def left_out(workspace: Workspace, campaign: Campaign, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last` that the campaign's start means and that it skips."""
    for day in start_days(workspace, campaign.start, first, last):
        if landing(workspace.closed, day, campaign.on_closed) is None:
            yield day
