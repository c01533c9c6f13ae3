"""The facts a roster may hold about a person, and the ones derived from them.

One visible table, read by the grammar (is this field known, are these values allowed), by the roster import
and by segments. Organisations add their own in `outreach.yaml` under `fields`.
"""

from __future__ import annotations

import unicodedata

from outreach.definitions.model import Field

STATUSES = ("active", "retired", "survivor", "died", "left", "contact")
#: Statuses of the people that the service is there for.
ENTITLED = ("active", "retired", "survivor")
ROLES = ("manager", "hr", "communication")
CONTRACTS = ("statutory", "permanent", "fixed-term")
HOUSEHOLDS = ("single", "single-with-children", "couple", "couple-with-children")
GRADES = ("A", "B", "C", "D")

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("person_id", "text", title="the HR system's own number of the person"),
        Field("status", "choice", STATUSES, title="where the person stands"),
        Field("role", "choice", ROLES, title="a contact's part in an entity"),
        Field("first_name", "text"),
        Field("last_name", "text"),
        Field("email", "text", title="address at work"),
        Field("private_email", "text", title="address at home"),
        Field("street", "text"),
        Field("postal_code", "text"),
        Field("city", "text"),
        Field("language", "text", title="two-letter code: nl, fr, en, de"),
        Field("gender", "choice", ("f", "m", "x")),
        Field("born_on", "date"),
        Field("hired_on", "date"),
        Field("retired_on", "date"),
        Field("contract", "choice", CONTRACTS),
        Field("contract_ends_on", "date"),
        Field("household", "choice", HOUSEHOLDS),
        Field("children", "whole number", title="dependent children"),
        Field("grade", "choice", GRADES),
        Field("entity", "text", title="the agency that employs or employed the person"),
        Field("domain", "text", title="policy domain of the entity"),
        Field("workplace", "text", title="town of the workplace"),
        Field("time_zone", "text", title="zone whose hours the person lives by, such as Europe/Brussels"),
    )
}

#: Derived from a date: years (or a span) since then.
DERIVED: dict[str, str] = {"age": "born_on", "tenure": "hired_on"}


def plain_column(name: str) -> str:
    """A column's name as it is compared: `First-Name` is `first_name`."""
    return "_".join(unicodedata.normalize("NFC", name).casefold().replace("-", " ").replace("_", " ").split())


def plain_code(code: str) -> str:
    """A code of an HR system as it is compared: `M ` is `m`."""
    return code.strip().casefold()
