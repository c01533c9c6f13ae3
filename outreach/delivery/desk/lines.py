"""What a list says of a delivery: the columns that its campaign asks for, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from outreach.rendering.mail import Line

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail

#: Columns that are the message's and no field of the roster.
SAYS = ("subject", "text", "recipient")


def line(mail: Mail, columns: Sequence[str], facts: Mapping[str, Any], day: date, public_url: str) -> Line:
    """The line of a mail in the list of that day; `mail.recipient` is an address that may be written to, or none."""
    said = {"recipient": mail.recipient}
    if {"subject", "text"} & set(columns):
        # Only whoever is handed something over waits for the parser.
        from outreach.rendering.previewing import read
        from outreach.rendering.unlinking import unlinked

        shown = read(mail.to_bytes())
        said |= {"subject": shown.subject, "text": unlinked(shown.text, public_url)}
    return Line(day, tuple((name, said[name] if name in SAYS else _text(facts[name])) for name in columns))


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
    return str(value)
