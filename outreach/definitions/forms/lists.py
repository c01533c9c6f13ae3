"""The form of what a list for people who do things by hand says of each person."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import ONE_OR_MORE, Form, Kind
from outreach.definitions.names import Names
from outreach.definitions.refusal import RefusedError, advice, shown


def _column(text: str, there: Names) -> str:
    if text in ADDRESSES:
        raise RefusedError(
            f"`{text}` may be an address that is no longer written to",
            "Write `recipient`: the address that may be written to, if there is one.",
        )
    columns = (*SAYS, *(name for name in there.fields if name not in ADDRESSES))
    if text not in columns and not there.is_broken(text):
        raise RefusedError(f"there is no field {shown(text)}", advice(text, columns, "columns"))
    return text


#: What a list says of the message.
SAYS = ("subject", "text", "recipient")
#: Fields that stand in no list.
ADDRESSES = ("email", "private_email")
COLUMN = Kind(
    lambda value, there: _column(kinds.scalar(value, "the name of a column", "last_name"), there),
    {"type": "string", "$comment": "a field of the roster, or `subject`, `text`, `recipient`"},
)


class HandoverForm(Form):
    """What a list for people who do it by hand says of each person."""

    columns: Annotated[list[Annotated[str, COLUMN]], ONE_OR_MORE] = Field(
        min_length=1,
        description="Fields of the roster, and of the message `subject`, `text` and `recipient` (its e-mail address). "
        "Only what the desk needs: an address only where something is sent there.",
        examples=[["first_name", "last_name", "street", "postal_code", "city"]],
    )
