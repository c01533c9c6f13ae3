"""The forms of entity bundles: how often contacts get one, and what a campaign gives them to pass on."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, WithJsonSchema, field_validator

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import MARK, Form
from outreach.definitions.forms.texts import Lines, Texts
from outreach.definitions.model import Announcement, Bundles, Recurrence
from outreach.definitions.recurrences import parse_undated
from outreach.definitions.refusal import RefusedError, shown


def _address(text: str) -> str:
    if not text.startswith("https://") or not text.isprintable() or " " in text or len(text) < len("https://a.b"):
        raise RefusedError(f"{shown(text)} is no web address", "Write it with https:// in front, without spaces.")
    return text


def _address_like(example: str) -> Any:
    return kinds.of(_address, "a web address", example, format="uri")


class BundlesForm(Form):
    """How often contacts are given a bundle, and how long before what stands in it."""

    every: Annotated[
        Any, WithJsonSchema({"type": "string", "$comment": "a recurrence", "examples": ["first monday of the month"]})
    ] = Field(description="On which days, in English words.")
    ahead: kinds.Days = Field(
        description="How long before the first message they have it, at least. Each bundle tells what leaves from so "
        "long after its own day until so long after the day of the next one."
    )
    feeds: Annotated[str, _address_like("https://www.example.org/sessions")] = Field(
        "", description="Where the folder that `outreach feeds` writes is shown: bundles name the entity's own feed."
    )

    @field_validator("every", mode="plain")
    @classmethod
    def _read_every(cls, value: object) -> Recurrence:
        return parse_undated(kinds.scalar(value, "a recurrence", "first monday of the month"))


class PictureForm(Form):
    """A picture that contacts may show."""

    link: Annotated[str, _address_like("https://www.example.org/senior-day.png")] = Field(description="Its address.")
    shows: Lines = Field(description="What it shows, for who does not see it.")


class AnnounceForm(Form):
    """What contacts are given to pass on about a campaign."""

    title: Lines = Field(description="What it is called, as the people of an entity read it.")
    text: Texts = Field({}, description="What it is about, ready to be passed on.")
    who: Lines = Field({}, description="Who it is for, in words.")
    picture: PictureForm | None = Field(None, description="A picture to go with it.")


def _nothing(text: str) -> bool:
    if text.strip().lower() not in ("no", "false"):
        raise RefusedError(f"{shown(text)} is not what a campaign can announce", "Write `no`, or `{title: …}`.")
    return False


def _announced(value: Any) -> str:
    return MARK + ("words" if isinstance(value, dict) else "no")


#: False: the campaign stands in no bundle; None: it does, in words of its own messages.
AnyAnnouncement = Annotated[
    Annotated[bool | None, kinds.of(_nothing, "`no`, or what is announced", "no"), Tag(MARK + "no")]
    | Annotated[AnnounceForm, Tag(MARK + "words")],
    Discriminator(_announced),
]


def build_bundles(form: BundlesForm | None) -> Bundles | None:
    """What `bundles` in outreach.yaml says."""
    return Bundles(form.every, form.ahead, form.feeds.rstrip("/")) if form else None


def build_announcement(form: AnnounceForm | bool | None) -> Announcement | None:
    """What a campaign announces; None where it stands in no bundle."""
    if not isinstance(form, AnnounceForm):
        return Announcement() if form is None else None
    picture = form.picture
    return Announcement(
        form.title, form.text, form.who, picture.link if picture else "", picture.shows if picture else {}
    )
