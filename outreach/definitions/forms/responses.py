"""The form of a response model: how people respond in a simulation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import Form, whole


class OfferResponseForm(Form):
    """How those respond to whom a message shows this offer; what is not said is as the campaign says."""

    uses: kinds.Share | None = Field(None, description="Share of them who use it.", examples=["3 %"])
    within: kinds.Days | None = Field(
        None, description="On one of so many days after it, each as likely as the other.", examples=["2 weeks"]
    )


class ResponseForm(OfferResponseForm):
    """How those respond whom a message of this campaign reaches; what is not said is as in `default`."""

    registers: kinds.Share | None = Field(
        None,
        description="Share of them who do what it asks for: what its reminders wait for, or the campaign's goal.",
        examples=["8 %"],
    )


class ResponsesForm(Form):
    """A response model."""

    seed: Annotated[int, whole(0, 999_999_999)] = Field(1, description="The same seed draws the same people.")
    default: ResponseForm = Field(
        default_factory=lambda: ResponseForm.model_validate({}),
        description="What holds where nothing else is said; without it 8 % register and 3 % use, within 14 days.",
    )
    campaigns: dict[kinds.CampaignId, ResponseForm] = Field({}, description="By campaign.")
    offers: dict[kinds.OfferId, OfferResponseForm] = Field(
        {}, description="By offer; goes before what the campaign says of its use."
    )
