"""The form of a wait: who comes to it goes on when a day has come, or when something has happened."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from outreach.definitions.forms import kinds
from outreach.definitions.forms.conditions import ConditionForm, condition
from outreach.definitions.forms.kinds import MARK, ONE_OR_MORE, Form, Id, whole
from outreach.definitions.model import Condition, Recurrence, Span, Wait
from outreach.definitions.recurrences import WEEKDAYS, parse_undated
from outreach.definitions.spans import parse_date

_DAYS = ("tuesday", "2026-12-01", "first tuesday of the month")


def _read_day(text: str) -> date | Recurrence:
    """A single day, or the next of those that come back."""
    return parse_date(text) if re.match("[0-9]{4}", text.strip()) else parse_undated(text)


def _kind(value: Any) -> str:
    if not isinstance(value, str):
        return MARK + ("condition" if isinstance(value, dict) else "outcomes")
    words = value.casefold().split()
    return MARK + ("day" if value[:1].isdigit() or len(words) > 1 or words[:1] in ([day] for day in _ALONE) else
                   "outcomes")  # fmt: skip


#: Days that one word says; any other word is an outcome.
_ALONE = (*WEEKDAYS, "weekday")

Awaited = Annotated[
    Annotated[date | Recurrence, kinds.of(_read_day, "a date, a weekday or a recurrence", *_DAYS), Tag(MARK + "day")]
    | Annotated[Annotated[list[kinds.OutcomeId], ONE_OR_MORE], Tag(MARK + "outcomes")]
    | Annotated[ConditionForm, Tag(MARK + "condition")],
    Discriminator(_kind),
]


class WaitForm(Form):
    """A point at which people wait. What comes after it keeps its distance in days from the day on which they go on."""

    wait_until: Awaited = Field(
        description="Until when: a date, a weekday (the day itself, or the next such one), an outcome since the "
        "start of the journey or a list of them, or `{event: …}`, `{segment: …}`.",
        examples=["tuesday", "2026-12-01", "infosession-attended"],
    )
    id: Id = Field(description="Never changes once published; lower-case letters, digits, hyphens.")
    day: Annotated[int, whole(1, 3660)] = Field(
        1, description="Day from which they wait, counted from the start, which is day 1."
    )
    at: kinds.Time | None = Field(None, description="Local time; the start's, or `send_at`, where not said.")
    at_most: kinds.Days | None = Field(
        None, description="How long, in days or weeks; required where it is no day that is waited for."
    )
    otherwise: Annotated[str, kinds.choice("go on", "end")] = Field(
        "go on", description="After `at_most` the journey goes on all the same, or ends."
    )

    def noun(self) -> Wait:
        """The wait as the rest of the product sees it."""
        if isinstance(self.wait_until, date):
            return Wait(day=self.wait_until)
        if isinstance(self.wait_until, Recurrence):
            return Wait(recurs=self.wait_until)
        return Wait(until=self.condition, at_most=self.at_most or Span(days=1), ends=self.otherwise == "end")

    @property
    def condition(self) -> Condition | None:
        """What has to happen; None where a day is waited for."""
        return None if isinstance(self.wait_until, date | Recurrence) else condition(self.wait_until)
