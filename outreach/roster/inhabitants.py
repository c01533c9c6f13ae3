"""A made person, as a made roster holds them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date


@dataclass(slots=True)
class Inhabitant:
    """One person who does not exist; an empty text or None is a fact that is missing.

    The fields are the columns of a roster, in the order of `definitions.fields.FIELDS`, and one more.
    """

    person_id: str
    status: str = ""
    role: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    private_email: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    language: str = ""
    gender: str = ""
    born_on: date | None = None
    hired_on: date | None = None
    retired_on: date | None = None
    contract: str = ""
    contract_ends_on: date | None = None
    household: str = ""
    children: int | None = None
    grade: str = ""
    entity: str = ""
    domain: str = ""
    workplace: str = ""
    #: A field of the organisation's own: the sample workspace declares it.
    works_shifts: str = ""

    def row(self) -> dict[str, str]:
        """The person as the texts of one row, by column."""
        return {name: "" if (value := getattr(self, name)) is None else str(value) for name in COLUMNS}


#: Columns of a made roster.
COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Inhabitant))
