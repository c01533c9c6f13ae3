"""The forms of what must not become too much: messages to a person, and what a simulated year may come to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import Form, whole


class CapForm(Form):
    """At most so many messages to one person in a period, over all campaigns."""

    messages: Annotated[int, whole(1, 1000)] = Field(description="How many at most.")
    per: kinds.Days = Field(description="In any period of so many days in a row, in days or weeks.")


class BudgetForm(Form):
    """What `outreach simulate` must not go over: it ends with 1 then. It stops no message."""

    per_person: CapForm | None = Field(
        None, description="Most messages to one person in a period, those outside the frequency cap included."
    )
    per_week: Annotated[int, whole(1, 999_999_999)] | None = Field(
        None, description="Most messages in a calendar week, to all people together."
    )
    expired: kinds.Share | None = Field(
        None, description="Most of the messages that may expire before they could leave.", examples=["2 %"]
    )
