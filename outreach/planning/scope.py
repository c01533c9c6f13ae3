"""What a rule may look at when it decides: one campaign of one release, on one civil day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from outreach.definitions.model import Campaign, Definitions, Step, Workspace
from outreach.planning.calendar import after, civil_day, leaves, zone
from outreach.roster.segments import Segments


@dataclass(frozen=True)
class Scope:
    """A campaign of a release, and the moment at which it is looked at."""

    definitions: Definitions
    release_id: int
    campaign: Campaign
    now: datetime

    @property
    def workspace(self) -> Workspace:
        """What `outreach.yaml` said in that release."""
        return self.definitions.workspace

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where its civil days are counted."""
        return zone(self.workspace.time_zone)

    @cached_property
    def today(self) -> date:
        """The civil day of `now`."""
        return civil_day(self.now, self.zone)

    @cached_property
    def segments(self) -> Segments:
        """The segments of that release, as they are decided today."""
        return Segments(self.definitions.segments, self.workspace.fields, self.today)

    def leaves(self, step: Step, day: date, where: ZoneInfo | None = None) -> datetime:
        """The moment at which a step whose day that is leaves, by the clock of `where`."""
        return leaves(self.workspace, self.campaign, step, day, where)

    def latest(self, step: Step, start: datetime, where: ZoneInfo | None = None) -> datetime:
        """The latest time of a message of that step that could leave from `start` on."""
        return after(start, step.expires_after or self.workspace.expires_after, where or self.zone)

    def step(self, name: str) -> Step:
        """The step of that id.

        Raises:
            KeyError: the release has no such step.
        """
        return self.campaign.step(name)
