"""The forms of when messages leave and when not: closed days, windows, blackouts."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import MARK, ONE_OR_MORE, Form, Line
from outreach.definitions.model import Recurrence, Window
from outreach.definitions.public_holidays import EXAMPLES, parse_country
from outreach.definitions.recurrences import parse_undated
from outreach.definitions.refusal import RefusedError
from outreach.definitions.spans import parse_date
from outreach.definitions.windows import EXAMPLES as WINDOW_EXAMPLES
from outreach.definitions.windows import parse_window


def _day(text: str) -> date | Recurrence:
    """A single day, or one that comes back."""
    return parse_date(text) if re.match(r"\s*[0-9]{4}-", text) else parse_undated(text)


_DAY = kinds.of(_day, "a date or a recurrence", "2026-12-24", examples=["2026-12-24", "11 july", "saturday and sunday"])


class ClosedForm(Form):
    """Days on which nothing leaves."""

    holidays: Annotated[str, kinds.of(parse_country, "a country, or a part of it", *EXAMPLES)] = Field(
        "", description="Whose public holidays they are: `BE`, or with a part of the country `DE-BY`. Until 2060."
    )
    also: Annotated[list[Annotated[date | Recurrence, _DAY]], ONE_OR_MORE] = Field(
        [],
        description="The organisation's own: dates, and days that come back.",
        examples=[["2026-12-24", "11 july"]],
    )


Windows = Annotated[
    list[Annotated[Window, kinds.of(parse_window, "days and hours", *WINDOW_EXAMPLES, examples=list(WINDOW_EXAMPLES))]],
    Field(min_length=1),
    ONE_OR_MORE,
]


class ChannelWindowsForm(Form):
    """When messages may leave, by channel; at any hour by one that is not named."""

    email: Windows = Field([], description="Mail.")
    webhook: Windows = Field([], description="What is posted to the webhook.")
    handover: Windows = Field([], description="Lists for people who do it by hand.")


def _windows_kind(value: Any) -> str:
    return MARK + ("channels" if isinstance(value, dict) else "windows")


AnyWindows = Annotated[
    Annotated[Windows, Tag(MARK + "windows")] | Annotated[ChannelWindowsForm, Tag(MARK + "channels")],
    Discriminator(_windows_kind),
]


class BlackoutForm(Form):
    """Days on which nothing leaves, but for `must` campaigns that say `through_blackouts`."""

    from_: kinds.Date = Field(alias="from", description="First day.")
    until: kinds.Date = Field(description="Last day.")
    why: Line = Field(description="Why, for who asks.", examples=["elections"])

    @field_validator("until", mode="after")
    @classmethod
    def _fit(cls, until: date, info: ValidationInfo) -> date:
        if until < info.data.get("from_", until):
            raise RefusedError("it ends before it begins", "Write a later day.")
        return until
