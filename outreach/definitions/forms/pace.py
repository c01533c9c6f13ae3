"""The forms of how a campaign goes out over more than one day."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import Form, whole


class RolloutForm(Form):
    """Everybody is written to, but not at once: in waves, whose order is drawn by lot and stays."""

    waves: Annotated[int, whole(2, 52)] = Field(description="How many waves, of about as many people each.")
    every: kinds.Days = Field(description="From one wave to the next, in days or weeks.")
    by: Annotated[str, kinds.choice("lot")] = Field("lot", description="What decides who is in which wave.")
