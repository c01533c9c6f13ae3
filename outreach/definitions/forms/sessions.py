"""The form of `campaigns/sessions/<id>.yaml`: something that people can come to."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import Form, Id, Line, whole
from outreach.definitions.forms.offers import Link
from outreach.definitions.forms.texts import Lines
from outreach.definitions.refusal import RefusedError


class SessionForm(Form):
    """An information session, a workshop, a consultation day: on one day, at one place or link."""

    kind: Id = Field(
        description="What sort of session it is, in a word of your own.", examples=["infosession", "consultation"]
    )
    title: Lines = Field(description="What it is called: a text, or a text per language.")
    on: kinds.Date = Field(description="Its day.")
    starts: kinds.Time = Field(description="When it begins, local time.")
    ends: kinds.Time = Field(description="When it ends, on the same day.")
    place: Line = Field("", description="Where it is: a building, a street, a town.")
    link: Link = Field("", description="Where one takes part from afar, or reads more.")
    language: kinds.LanguageId | None = Field(
        None, description="The language it is held in; where not said, that of whoever comes."
    )
    seats: Annotated[int, whole(1, 100_000)] | None = Field(
        None, description="How many can come; as many as like where not said."
    )
    entity: Line = Field("", description="Whose staff it is for, as the roster names it; everybody where not said.")
    cancelled: kinds.YesNo = Field(
        False, description="true: it is off. Leave the file there, so that calendars learn of it."
    )

    @field_validator("ends", mode="after")
    @classmethod
    def _fit(cls, ends: time, info: ValidationInfo) -> time:
        if "starts" in info.data and ends <= info.data["starts"]:
            raise RefusedError("it ends before it begins", "Write a later time; a session is over by midnight.")
        return ends
