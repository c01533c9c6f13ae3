"""The forms of choosing a channel: what people may choose between, and by which of it a campaign goes."""

from __future__ import annotations

from typing import Annotated, cast

from pydantic import Field

from outreach.definitions.forms.kinds import ONE_OR_MORE, YES_NO, Form, Kind, Mistake, found, refuse_all, scalar
from outreach.definitions.forms.lists import COLUMN
from outreach.definitions.forms.texts import Lines
from outreach.definitions.model import CHANNEL_KINDS, ChannelKind, Offered
from outreach.definitions.names import Names
from outreach.definitions.refusal import RefusedError, advice, shown


class OfferedForm(Form):
    """A channel by which people may choose to be reached."""

    title: Lines = Field(
        {}, description="What the page calls it, as a text or one per language; in Outreach's own words where not said."
    )


class OfferedListsForm(OfferedForm):
    """Lists for people who do it by hand, as something that people may choose."""

    columns: Annotated[list[Annotated[str, COLUMN]], ONE_OR_MORE] = Field(
        list(Offered().columns),
        min_length=1,
        description="What the lists say of who chose it, where the campaign has no `handover`. Who lacks a `street`, "
        "`postal_code` or `city` that stands there is reached as if they had not chosen.",
    )


class ChannelsForm(Form):
    """The channels that people may choose between; `{}` offers one in Outreach's own words."""

    email: OfferedForm | None = Field(None, description="Mail.")
    webhook: OfferedForm | None = Field(None, description="What is posted to the webhook; it needs a `title`.")
    handover: OfferedListsForm | None = Field(None, description="Lists for people who do it by hand: letters.")


def build_channels(form: ChannelsForm) -> dict[str, Offered]:
    """Kind -> what is offered, in the order in which the page shows them."""
    written = {kind: cast(OfferedForm | None, getattr(form, kind)) for kind in CHANNEL_KINDS}
    return {kind: _offered(one) for kind, one in written.items() if one is not None}


def _offered(form: OfferedForm) -> Offered:
    if isinstance(form, OfferedListsForm):
        return Offered(dict(form.title), tuple(form.columns))
    return Offered(dict(form.title))


def _channels(value: object, _there: Names) -> tuple[ChannelKind, ...]:
    """One channel, a list of them, or `no`."""
    if isinstance(value, str):
        return () if YES_NO.get(value.casefold()) is False else (_channel(value),)
    if not isinstance(value, list):
        raise RefusedError(f"expected channels, or `no`, found {found(value)}", "Write for instance `handover`.")
    mistakes: list[Mistake] = []
    kinds: list[ChannelKind] = []
    for index, item in enumerate(value):
        try:
            kinds.append(_channel(scalar(item, "a channel", "handover")))
        except RefusedError as error:
            mistakes.append(((index,), error))
    refuse_all("channels", mistakes)
    return tuple(kinds)


def _channel(text: str) -> ChannelKind:
    if text not in CHANNEL_KINDS:
        raise RefusedError(f"there is no channel {shown(text)}", advice(text, CHANNEL_KINDS, "channels"))
    return text


_ONE = {"type": "string", "enum": [*CHANNEL_KINDS]}
#: None: nothing is said.
Channels = Annotated[
    tuple[ChannelKind, ...] | None,
    Kind(
        _channels,
        {
            "$comment": "channels, or `no`",
            "anyOf": [{"type": "string", "enum": [*CHANNEL_KINDS, "no"]}, {"type": "array", "items": _ONE},
                      {"const": False}],
        },
    ),
]  # fmt: skip
