"""The seven ways a campaign starts: once, every, on, before, event, outcome, enters."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, ValidationInfo, WithJsonSchema, field_validator

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import MARK, Form, Kind, by_key, scalar
from outreach.definitions.model import Recurrence, Span
from outreach.definitions.names import Names
from outreach.definitions.recurrences import EXAMPLES, parse_recurrence
from outreach.definitions.refusal import RefusedError, advice, shown

_AT = "Local time at which it leaves; `send_at` of the workspace where not said."
_PRESENT = "true: also what there was before the approval; else it looks forward from there."


class OnceForm(Form):
    """On one day."""

    once: kinds.Date = Field(description="The day.", examples=["2026-10-17"])
    at: kinds.Time | None = Field(None, description=_AT)


class EveryForm(Form):
    """On days that come back."""

    #: Before `every`, whose meaning may depend on it.
    from_: kinds.Date | None = Field(None, alias="from", description="First day on which it may start.")
    every: Annotated[
        Any, WithJsonSchema({"type": "string", "$comment": "a recurrence", "examples": [EXAMPLES[6], *EXAMPLES]})
    ] = Field(description="Which days, in English words.")
    at: kinds.Time | None = Field(None, description=_AT)
    until: kinds.Date | None = Field(None, description="Last day on which it may start.")

    @field_validator("every", mode="plain")
    @classmethod
    def _read_every(cls, value: object, info: ValidationInfo) -> Recurrence:
        # A broken `from` is a mistake of its own; any day stands in for it here.
        first = info.data.get("from_", date(2026, 1, 5))
        return parse_recurrence(scalar(value, "a recurrence", "first tuesday of the month"), first)


class BundlesForm(Form):
    """With the bundles for contacts: as often as `bundles` in outreach.yaml says."""

    on: Annotated[str, kinds.choice("bundles")] = Field(description="`bundles`: each message is one.")
    at: kinds.Time | None = Field(None, description=_AT)


class ThemeDayForm(Form):
    """Before a day of the calendar in outreach.yaml."""

    theme_day: kinds.ThemeDayId = Field(description="Theme day of outreach.yaml.")
    by: kinds.AnySpan = Field(Span(), description="How long before; on the day itself where not said.")


def _date_field(value: object, names: Names) -> str:
    name = scalar(value, "the name of a date field", "contract_ends_on")
    dates = [field.name for field in names.fields.values() if field.type == "date"]
    if name in names.fields and name not in dates:
        raise RefusedError(f"`{name}` is no date: it is a {names.fields[name].type}", advice("", dates, "date fields"))
    if name not in dates and not names.is_broken(name):
        raise RefusedError(f"the roster has no date {shown(name)}", advice(name, dates, "date fields"))
    return name


class DateForm(Form):
    """Before a date of the person."""

    date: Annotated[
        str, Kind(_date_field, {"type": "string", "$comment": "a date field", "examples": ["contract_ends_on"]})
    ] = Field(description="Date field of the roster, or one of the organisation's own.")
    by: kinds.AnySpan = Field(Span(), description="How long before; on the day itself where not said.")


class BeforeForm(Form):
    """Before a theme day, or before a date of the person."""

    before: Annotated[
        Annotated[ThemeDayForm, Tag(MARK + "theme_day")] | Annotated[DateForm, Tag(MARK + "date")],
        Discriminator(by_key("theme_day", "date")),
    ] = Field(description="What it comes before.", examples=[{"date": "contract_ends_on", "by": "60 days"}])
    at: kinds.Time | None = Field(None, description=_AT)


class EventForm(Form):
    """When something happened to a person: HR announces it, or a change in the roster shows it."""

    event: kinds.EventKind = Field(description="What happened.")
    ignore_if_older_than: kinds.Length | None = Field(
        None, description="An event that took effect longer ago when it was recorded starts nothing."
    )
    include_present: kinds.YesNo = Field(False, description=_PRESENT)
    at: kinds.Time | None = Field(None, description=_AT)


class OutcomeForm(Form):
    """When a person did something that is on record as an outcome: who asked to be called is called."""

    outcome: kinds.OutcomeId = Field(description="What the person did.", examples=["call-requested"])
    ignore_if_older_than: kinds.Length | None = Field(
        None, description="An outcome of a day longer ago when it was recorded starts nothing."
    )
    include_present: kinds.YesNo = Field(False, description=_PRESENT)
    at: kinds.Time | None = Field(None, description=_AT)


class EntersForm(Form):
    """When a person comes to be in a segment."""

    enters: kinds.SegmentId = Field(description="The segment.")
    include_present: kinds.YesNo = Field(False, description=_PRESENT)
    at: kinds.Time | None = Field(None, description=_AT)


Start = Annotated[
    Annotated[OnceForm, Tag(MARK + "once")]
    | Annotated[EveryForm, Tag(MARK + "every")]
    | Annotated[BundlesForm, Tag(MARK + "on")]
    | Annotated[BeforeForm, Tag(MARK + "before")]
    | Annotated[EventForm, Tag(MARK + "event")]
    | Annotated[OutcomeForm, Tag(MARK + "outcome")]
    | Annotated[EntersForm, Tag(MARK + "enters")],
    Discriminator(by_key("once", "every", "on", "before", "event", "outcome", "enters")),
]
