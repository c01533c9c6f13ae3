"""Whether somebody may be in a campaign again, as an officer writes it."""

from __future__ import annotations

from outreach.definitions.model import Reentry
from outreach.definitions.refusal import RefusedError, nearest, shown
from outreach.definitions.spans import parse_length

EXAMPLES = ("after 180 days", "each event", "never")


def parse_reentry(text: str) -> Reentry:
    """`never`, `each event`, or `after 180 days`.

    Raises:
        RefusedError: it is none of them.
    """
    words = " ".join(text.casefold().split())
    if words == "never":
        return Reentry()
    if words == "each event":
        return Reentry("each event")
    if words.startswith("after "):
        return Reentry("after", parse_length(words.removeprefix("after ")))
    near = nearest(words, EXAMPLES)
    remedy = f"Did you mean `{near}`?" if near else "Write `never`, `each event`, or for instance `after 180 days`."
    raise RefusedError(f"{shown(text)} does not say when somebody may enter again", remedy)
