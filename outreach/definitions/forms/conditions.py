"""The form of a condition: something that a person did, that happened to them, or that they are."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, model_validator

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import MARK, ONE_OR_MORE, Form
from outreach.definitions.model import Condition
from outreach.definitions.refusal import RefusedError

OUTCOMES = "Outcome that the person has on record, or a list of them."
EVENTS = "Kind of event that took effect, or a list of them."
SEGMENTS = "Segment that the person is in, or a list of them."


class AskingForm(Form):
    """A group of keys of which none has to be there, but one: without any it would ask for nothing."""

    @model_validator(mode="before")
    @classmethod
    def _asks(cls, value: Any) -> Any:
        if value == {}:
            names = " or ".join(f"`{field.alias or name}`" for name, field in cls.model_fields.items())
            raise RefusedError("there is nothing in it", f"Write {names}, or delete it.")
        return value


class ConditionForm(AskingForm):
    """Something that has happened: an outcome, an event, or being in a segment. One of them is enough."""

    outcome: Annotated[list[kinds.OutcomeId], ONE_OR_MORE] = Field([], min_length=1, description=OUTCOMES)
    event: Annotated[list[kinds.EventKind], ONE_OR_MORE] = Field([], min_length=1, description=EVENTS)
    segment: Annotated[list[kinds.SegmentId], ONE_OR_MORE] = Field([], min_length=1, description=SEGMENTS)

    def noun(self) -> Condition:
        """The condition as the rest of the product sees it."""
        return Condition(tuple(self.event), tuple(self.outcome), tuple(self.segment))


def _condition_kind(value: Any) -> str:
    return MARK + "condition" if isinstance(value, dict) else MARK + "outcomes"


Until = Annotated[
    Annotated[Annotated[list[kinds.OutcomeId], Field(min_length=1), ONE_OR_MORE], Tag(MARK + "outcomes")]
    | Annotated[ConditionForm, Tag(MARK + "condition")],
    Discriminator(_condition_kind),
]


def condition(written: list[str] | ConditionForm | None) -> Condition | None:
    """A condition in either way of writing it."""
    if isinstance(written, list):
        return Condition(outcomes=tuple(written))
    return written.noun() if written else None
