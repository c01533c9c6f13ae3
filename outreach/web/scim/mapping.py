"""From a SCIM user to a row of the roster: which attribute is which column."""

from __future__ import annotations

from collections.abc import Iterable

from scim2_models.resources.user import Email

from outreach.web.scim.schema import Employment, Enterprise, Person

#: Column of the roster -> where it comes from; the documentation says the same.
COLUMNS = {
    "person_id": "employeeNumber; externalId where there is none, else userName; as it was at first",
    "status": "`left` where active is false, else status of our own extension, else `active`",
    "first_name": "name.givenName",
    "last_name": "name.familyName",
    "email": 'emails[type eq "work"], else the primary one, else the first that is not `home`',
    "private_email": 'emails[type eq "home"]',
    "language": "preferredLanguage",
    "entity": "department",
    "domain": "organization",
    "hired_on": "hiredOn of our own extension",
    "retired_on": "retiredOn of our own extension",
    "contract": "contract of our own extension",
    "contract_ends_on": "contractEndsOn of our own extension",
}


def number_of(user: Person) -> str:
    """The HR system's number of somebody who is new."""
    works = user[Enterprise]
    return (works and works.employee_number) or user.external_id or user.user_name or ""


def row_of(user: Person, person_id: str) -> dict[str, object]:
    """The row of the roster; what is not said is empty, so that it is forgotten."""
    name, works, employment = user.name, user[Enterprise], user[Employment]
    return {
        "person_id": person_id,
        "status": "left" if user.active is False else (employment and employment.status) or "active",
        "first_name": name and name.given_name,
        "last_name": name and name.family_name,
        "email": _at_work(user.emails or ()),
        "private_email": next((email.value for email in user.emails or () if email.type == "home"), None),
        "language": user.preferred_language,
        "entity": works and works.department,
        "domain": works and works.organization,
        "hired_on": employment and employment.hired_on,
        "retired_on": employment and employment.retired_on,
        "contract": employment and employment.contract,
        "contract_ends_on": employment and employment.contract_ends_on,
    }


def _at_work(emails: Iterable[Email]) -> str | None:
    not_home = [email for email in emails if email.type != "home" and email.value]
    not_home.sort(key=lambda email: (email.type != "work", not email.primary))
    return not_home[0].value if not_home else None
