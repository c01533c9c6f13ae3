"""The forms of when nothing leaves: closed days."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import ONE_OR_MORE, Form
from outreach.definitions.model import Recurrence
from outreach.definitions.public_holidays import EXAMPLES, parse_country
from outreach.definitions.recurrences import parse_undated
from outreach.definitions.spans import parse_date


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
