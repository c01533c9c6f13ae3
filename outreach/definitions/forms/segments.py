"""The form of `campaigns/segments.yaml`: segments and the comparisons they are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from outreach.definitions.forms.comparisons import Where
from outreach.definitions.forms.kinds import MARK, Form, Line, SegmentId, by_key

_ANYTHING = "Items are segment ids, or groups again: `{where: {household: single}}`, `{not: retirees}`."


class WhereForm(Form):
    """People whose facts match, all of them."""

    title: Line = Field("", description="What the segment is called in reports; the id where not said.")
    where: Where = Field(
        description="Field of the roster -> value, list of values, or comparison; all must hold.",
        examples=[{"status": "active", "hired_on": {"in_last": "90 days"}}],
    )


class AllForm(Form):
    """People who are in every one of these."""

    title: Line = Field("", description="What the segment is called in reports; the id where not said.")
    all: list[Part] = Field(
        min_length=1, description=f"In every one of these. {_ANYTHING}", examples=[["newcomers", "fixed-term"]]
    )


class AnyForm(Form):
    """People who are in at least one of these."""

    title: Line = Field("", description="What the segment is called in reports; the id where not said.")
    any: list[Part] = Field(
        min_length=1,
        description=f"In at least one of these. {_ANYTHING}",
        examples=[["newcomers", {"where": {"age": {"under": 35}}}]],
    )


class NotForm(Form):
    """People who are not in this one; who cannot be decided is in neither."""

    title: Line = Field("", description="What the segment is called in reports; the id where not said.")
    not_: Part = Field(
        alias="not", description="Not in this one: a segment id, or a group again.", examples=["newcomers"]
    )


_segment_kind = by_key("where", "all", "any", "not")


def _part_kind(value: Any) -> str | None:
    return MARK + "id" if isinstance(value, str) else _segment_kind(value)


SegmentForm = Annotated[
    Annotated[WhereForm, Tag(MARK + "where")]
    | Annotated[AllForm, Tag(MARK + "all")]
    | Annotated[AnyForm, Tag(MARK + "any")]
    | Annotated[NotForm, Tag(MARK + "not")],
    Discriminator(_segment_kind),
]
Part = Annotated[
    Annotated[SegmentId, Tag(MARK + "id")]
    | Annotated[WhereForm, Tag(MARK + "where")]
    | Annotated[AllForm, Tag(MARK + "all")]
    | Annotated[AnyForm, Tag(MARK + "any")]
    | Annotated[NotForm, Tag(MARK + "not")],
    Discriminator(_part_kind),
]
AllForm.model_rebuild()
AnyForm.model_rebuild()
NotForm.model_rebuild()
