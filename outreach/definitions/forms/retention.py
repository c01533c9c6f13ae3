"""The form of `retention`: how long what is no longer needed stays."""

from __future__ import annotations

from pydantic import Field

from outreach.definitions.forms import kinds
from outreach.definitions.forms.kinds import Form
from outreach.definitions.model import Retention

_DEFAULT = Retention()


class RetentionForm(Form):
    """How long what is no longer needed stays; `run` and `serve` remove the rest, once a day."""

    content: kinds.Days = Field(
        _DEFAULT.content,
        description="Messages kept in the outbox, hand-over lists, and mails that came back and nobody understood.",
    )
    receipts: kinds.Days = Field(
        _DEFAULT.receipts, description="Answers of mail servers, and what came back; what a desk confirmed stays."
    )
    events: kinds.Days = Field(
        _DEFAULT.events,
        description="What happened to people, by the day on which it took effect. What a campaign may still act on, "
        "and that somebody died, stays.",
    )
