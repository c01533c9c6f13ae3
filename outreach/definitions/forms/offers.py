"""The form of `campaigns/offers/<id>.yaml`: something people are entitled to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import ONE_OR_MORE, Form, Kind, Line, Text
from outreach.definitions.model import EVERYONE
from outreach.definitions.names import Names
from outreach.definitions.refusal import RefusedError, shown


def _link(value: object, _names: Names) -> str:
    text = kinds.scalar(value, "a web address", "https://sociale-dienst.example/lening").strip()
    if not text.startswith(("https://", "http://", "mailto:", "tel:")) or any(
        char.isspace() or not char.isprintable() for char in text
    ):
        raise RefusedError(f"{shown(text)} is no web address", "Write it with https:// in front, without spaces.")
    return text


Link = Annotated[str, Kind(_link, {"type": "string", "$comment": "a web address", "format": "uri"})]


class OfferTextForm(Form):
    """An offer in one language."""

    title: Line = Field(description="What it is called.")
    what: Text = Field(description="What it is, in plain words.")
    how: Text = Field(description="How one gets it.")
    who: Text = Field(description="Who it is for.")
    when: Text = Field(description="When one can get it.")
    link: Link = Field("", description="Where to read more or apply.")


class AvailableForm(Form):
    """Between which days it may be picked; both included."""

    from_: kinds.Date | None = Field(None, alias="from", description="First day.")
    until: kinds.Date | None = Field(None, description="Last day.")


class OfferForm(Form):
    """Something people are entitled to."""

    texts: dict[kinds.LanguageId, OfferTextForm] = Field(description="Per language; the default language is required.")
    audience: kinds.SegmentId = Field(EVERYONE, description="Segment of people it is for.")
    related: Annotated[list[kinds.OfferId], ONE_OR_MORE] = Field([], description="Offers that go with it.")
    priority: Annotated[str, kinds.choice("high", "normal", "low")] = Field(
        "normal", description="Which one is picked first."
    )
    sensitive: kinds.YesNo = Field(False, description="true: nothing outside the message may show what it is about.")
    never_say: list[Line] = Field(
        [],
        description="Words that subject, preheader, link, topic and sender never say; required when sensitive.",
        examples=[["schuld", "budget"]],
    )
    outcome: kinds.OutcomeId | None = Field(
        None, description="Outcome that says that a person used it; never when sensitive."
    )
    available: AvailableForm | None = Field(None, description="Between which days it may be picked.")
