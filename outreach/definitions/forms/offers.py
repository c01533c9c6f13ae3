"""The form of `campaigns/offers/<id>.yaml`: something people are entitled to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import ONE_OR_MORE, Form, Kind, Line
from outreach.definitions.model import EVERYONE
from outreach.definitions.names import Names
from outreach.definitions.refusal import RefusedError, shown

#: What means something in messages, and would be shown as it is written in an offer.
_MARKUP = {
    "{{": "a variable", "{%": "a condition", "{#": "a comment", "](": "a Markdown link", "**": "bold Markdown",
}  # fmt: skip


def _plain(read: Callable[[str], str]) -> Callable[[str], str]:
    def plain(text: str) -> str:
        for sign, what in _MARKUP.items():
            if sign in text:
                remedy = "Write plain words; a web address goes under `link`."
                raise RefusedError(f"`{sign}` starts {what}, and the texts of offers are shown as they are", remedy)
        if "http://" in text:
            raise RefusedError("the text holds an address with http://", _SAFE)
        return read(text)

    return plain


def _link(value: object, _names: Names) -> str:
    text = kinds.scalar(value, "a web address", "https://sociale-dienst.example/lening").strip()
    if text.startswith("http://"):
        raise RefusedError(f"the link {shown(text)} is not one that every mail program opens safely", _SAFE)
    if not re.fullmatch(r"https://[^/?#]+\S*|mailto:[^@\s]+@\S+|tel:\S+", text) or not text.isprintable():
        raise RefusedError(f"{shown(text)} is no web address", "Write it with https:// in front, without spaces.")
    return text


_SAFE = "Write https:// instead of http://."
PlainLine = Annotated[str, kinds.of(_plain(kinds.read_line), "a text on one line", "Lening", type=["string", "number"])]
PlainText = Annotated[str, kinds.of(_plain(kinds.read_text), "a text", "Vraag het aan via het e-loket.")]
Link = Annotated[str, Kind(_link, {"type": "string", "$comment": "a web address", "format": "uri"})]


class OfferTextForm(Form):
    """An offer in one language."""

    title: PlainLine = Field(description="What it is called.")
    what: PlainText = Field(description="What it is, in plain words.")
    how: PlainText = Field(description="How one gets it.")
    who: PlainText = Field(description="Who it is for.")
    when: PlainText = Field(description="When one can get it.")
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
