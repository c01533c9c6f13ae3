"""The name of a delivery: the same whenever it is planned, so that nothing is planned or sent twice."""

from __future__ import annotations

from typing import NamedTuple

from outreach.errors import OutreachError


class DeliveryKey(NamedTuple):
    """What a delivery's name is made of; these columns are unique together in the ledger."""

    campaign: str
    step: str
    #: `once`, a civil date, or `entry-1`.
    occurrence: str
    #: 0 for the message itself, then the number of the reminder.
    repetition: int
    #: The surrogate id, which says nothing about the person.
    person: int

    def __str__(self) -> str:
        return format_key(*self)


def format_key(campaign: str, step: str, occurrence: str, repetition: int, person: int) -> str:
    """`campaign/step/occurrence/repetition/person`."""
    return f"{campaign}/{step}/{occurrence}/{repetition}/{person}"


def parse_key(text: str) -> DeliveryKey:
    """The key that `format_key` wrote.

    Raises:
        OutreachError: it is not one.
    """
    parts = text.strip().split("/")
    if len(parts) != 5 or not all(parts) or not (_is_number(parts[3]) and _is_number(parts[4])):
        raise OutreachError(
            "this is not the key of a delivery",
            remedy="Copy it from a list or `outreach deliveries --json`: campaign/step/occurrence/reminder/number; "
            "the last is a number of our own, not the HR system's.",
        )
    return DeliveryKey(parts[0], parts[1], parts[2], int(parts[3]), int(parts[4]))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
