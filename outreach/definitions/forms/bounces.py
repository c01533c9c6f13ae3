"""The form of `bounces:` in `outreach.yaml`: where messages come back to, and when an address is given up."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import Form, whole
from outreach.definitions.model import Span
from outreach.definitions.refusal import RefusedError, shown

#: What a return address adds in front of the @, and how much may stand there (`rendering.verp`; RFC 5321, 4.5.3.1.1).
_TOKEN, _LOCAL_PART = 37, 64


def _return_address(text: str) -> str:
    address = kinds.read_email(text).lower()
    if len(address.rpartition("@")[0]) > _LOCAL_PART - _TOKEN:
        raise RefusedError(
            f"the part of {shown(address)} before the @ has more than {_LOCAL_PART - _TOKEN} characters",
            "Take a shorter one: the return address of each message adds a code to it.",
        )
    return address


class BouncesForm(Form):
    """What is done about messages that come back."""

    address: Annotated[
        str, kinds.of(_return_address, "an e-mail address", "bounces@sociale-dienst.example", format="email")
    ] = Field(
        "",
        description="Where they come back to: each message has a return address of its own, `bounces+<code>@…`. "
        "The sender's own where not said.",
    )
    soft_limit: Annotated[int, whole(1, 100)] = Field(
        5, description="After so many soft bounces in a row (a full mailbox) an address is no longer written to."
    )
    forget_after: kinds.Days = Field(
        Span(days=90), description="A soft bounce so long after the last one is counted as the first."
    )
