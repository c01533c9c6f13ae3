"""The form of a branch: which steps come next, by what a person did, is, or did not do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.conditions import Until
from outreach.definitions.forms.kinds import Form, Id, whole

if TYPE_CHECKING:
    from outreach.definitions.forms.campaigns import AnyStep


class WayForm(Form):
    """One way on, for those of whom it is known to hold."""

    if_: Until | None = Field(
        None,
        alias="if",
        description="Who goes this way: who has this outcome since the start of the journey, or meets "
        "`{event: …}`, `{segment: …}`.",
        examples=["infosession-attended"],
    )
    unless: Until | None = Field(
        None, description="Who does not; alone, all others go this way.", examples=["infosession-registered"]
    )
    then: list[AnyStep] = Field([], description="Its steps; without any, those after the branch come next.")


class BranchForm(Form):
    """A point at which people go different ways. Who has come to the end of one goes on after the branch."""

    branch: list[WayForm] = Field(
        min_length=1, description="The ways, from top to bottom: the first that is known to hold is taken."
    )
    id: Id = Field(description="Never changes once published; lower-case letters, digits, hyphens.")
    day: Annotated[int, whole(1, 3660)] = Field(
        1, description="Day on which it is decided, once, counted from the start, which is day 1."
    )
    at: kinds.Time | None = Field(None, description="Local time; the start's, or `send_at`, where not said.")
    otherwise: list[AnyStep] = Field([], description="Steps of all others; those after the branch where not said.")
    if_unknown: list[AnyStep] | None = Field(
        None,
        description="Steps of whom no way is known to hold, because facts that it asks for are missing; those of "
        "`otherwise` where not said.",
    )
