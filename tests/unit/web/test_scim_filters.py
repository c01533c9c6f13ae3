"""Filters of providers: the database says the same of them as the library, and is asked, wherever it can be."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from scim2_models import InvalidFilterException, ScimFilter, SearchRequest, TooManyException
from sqlalchemy import insert

from outreach.storage.tables import person, scim_user
from outreach.web.scim import storage
from outreach.web.scim.filtering import said
from outreach.web.scim.schema import Person
from outreach.web.scim.storage import Desk, PeopleStorage, _body, _resource, _user_key
from tests.chaos.amounts import amount
from tests.unit.web.conftest import NOW

FILTERS = amount(120, 4000)
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_EMPLOYMENT = "urn:outreach:params:scim:schemas:extension:employment:1.0:User"
_ATTRIBUTES = [
    "userName", "externalId", "id", "name.givenName", "name.familyName", "preferredLanguage", "emails.value", "emails",
    "emails.type", "emails.display", "meta.resourceType", "urn:ietf:params:scim:schemas:core:2.0:User:userName",
    f"{_ENTERPRISE}:employeeNumber", f"{_ENTERPRISE}:department", f"{_EMPLOYMENT}:hiredOn", "USERNAME",
    "Name.FamilyName",
]  # fmt: skip
_WORDS = [
    "",
    "an",
    "AN",
    "An",
    "a",
    "n%",
    "%",
    "_",
    "A_",
    "\\\\",
    "'",
    "work",
    "2026-11-20",
    "k",
    "i",
    "é",
    "É",
    "nl",
    "x",
]
_TEXTS = [
    "An",
    "an",
    "ANN",
    "100%n",
    "A_n",
    "a\\b",
    "O'An",
    "Éan",
    "éAN",
    "\u0130an",
    "\u212aan",
    "work",
    "2026-11-20",
    "nl",
    "",
]


def people(draw: random.Random, number: int) -> Person:
    def some(*texts: str) -> str | None:
        return draw.choice([None, *(texts or _TEXTS)])

    emails = [
        {
            "value": draw.choice(("an@work.example", "AN@x.example", "i_n@nl.example")),
            "type": some("work", "Work", "home"),
            "display": some(),
        }
        for _ in range(draw.randrange(3))
    ]
    said = {
        "userName": f"{draw.choice(_TEXTS)}{number}", "externalId": some(), "preferredLanguage": some("nl", "fr", "NL"),
        "name": draw.choice([None, {"givenName": some(), "familyName": some()}]),
        "active": draw.choice([None, True, False]), "emails": draw.choice([None, emails]),
        _ENTERPRISE: {"employeeNumber": some(), "department": some()},
        _EMPLOYMENT: {"hiredOn": some("2026-11-20", "2027-01-01")},
    }  # fmt: skip
    return Person.model_validate({name: value for name, value in said.items() if value is not None})


def fill(database, users: list[Person]) -> None:
    rows = [
        {"id": f"{number:032x}", "person": number, "source": "entra", "user_key": _user_key(user.user_name or ""),
         "external_id": _body(user).get("externalId"), "body": _body(user), "version": 1, "created_at": NOW,
         "changed_at": NOW + timedelta(hours=number % 3)}
        for number, user in enumerate(users, 1)
    ]  # fmt: skip
    somebody = {"source": "entra", "status": "active", "attributes": {}, "lot": 0, "version": 1, "imported_at": NOW}
    with database.writing() as connection:
        connection.execute(
            insert(person), [{"id": row["person"], "person_id": f"P{row['person']}", **somebody} for row in rows]
        )
        connection.execute(insert(scim_user), rows)


def wish(draw: random.Random, depth: int = 2) -> str:
    kind = draw.choice(
        (
            "text",
            "text",
            "text",
            "present",
            "flag",
            "moment",
            "null",
            *(["and", "or", "not", "emails"] if depth else []),
        )
    )
    match kind:
        case "and" | "or":
            return f"({wish(draw, depth - 1)}) {kind} ({wish(draw, depth - 1)})"
        case "not":
            return f"not ({wish(draw, depth - 1)})"
        case "emails":
            return f"emails[{_text(draw, 'type')} {draw.choice(('and', 'or'))} {_text(draw, 'value')}]"
        case "present":
            return f"{draw.choice([*_ATTRIBUTES, 'active', 'meta.created', 'name'])} pr"
        case "flag":
            return f"active {draw.choice(('eq', 'ne'))} {draw.choice(('true', 'false'))}"
        case "moment":
            hour = (NOW + timedelta(hours=draw.randrange(3))).isoformat()
            return f'meta.lastModified {draw.choice(("gt", "ge", "lt", "le", "eq", "ne"))} "{hour}"'
        case "null":
            return f"{draw.choice(_ATTRIBUTES)} {draw.choice(('eq', 'ne'))} null"
    return _text(draw, draw.choice(_ATTRIBUTES))


def wanted_of(draw: random.Random) -> ScimFilter[Any]:
    """A filter that the library does not refuse at once."""
    while True:
        try:
            return ScimFilter[Person](wish(draw))
        except InvalidFilterException:
            continue


def _text(draw: random.Random, name: str) -> str:
    return f'{name} {draw.choice(("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"))} "{draw.choice(_WORDS)}"'


def test_the_database_finds_whom_the_library_finds(database) -> None:
    draw = random.Random(5)
    fill(database, [people(draw, number) for number in range(60)])
    exact = 0
    with database.reading() as connection:
        rows = connection.execute(scim_user.select().order_by(scim_user.c.person)).all()
        users = [_resource(row) for row in rows]
        for _ in range(FILTERS):
            wanted = wanted_of(draw)
            told = said(wanted, connection.dialect.name)
            found = set(connection.scalars(scim_user.select().with_only_columns(scim_user.c.id).where(told.condition)))
            right = {str(user.id) for user in users if wanted.match(user)}
            assert found == right if told.is_exact else found >= right, wanted
            exact += told.is_exact
    assert exact > FILTERS * 0.6


@pytest.mark.parametrize(
    "asked",
    [
        'name.familyName co "maes"', 'userName sw "é"', 'externalId ew "7"', "active eq true", "not (active eq false)",
        'emails[type eq "work" and value co "staff"]', 'emails.value eq "an@staff.example"',
        f'{_ENTERPRISE}:department ne "X"', 'meta.lastModified gt "2026-11-20T09:00:00Z"', f"{_EMPLOYMENT}:contract pr",
        'userName eq "a" or (name.givenName pr and preferredLanguage eq "nl")',
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_what_providers_ask_is_answered_by_the_database_alone(asked: str, dialect: str) -> None:
    assert said(ScimFilter[Person](asked), dialect).is_exact


def test_what_the_database_cannot_tell_is_looked_at_within_a_bound(database, monkeypatch) -> None:
    fill(database, [Person(user_name=f"Émile{number}", name={"familyName": "É"}) for number in range(30)])

    def search(text: str):
        asked = SearchRequest[Person](filter=text, start_index=3, count=2)
        desk = Desk(None, "entra", NOW, NOW.date(), str)
        with database.reading() as connection:
            return PeopleStorage(connection, desk).search([], asked)

    assert [search('name.familyName eq "é"').total, len(search('name.familyName eq "é"').resources)] == [30, 2]
    monkeypatch.setattr(storage, "_LOOKED_AT", 20)
    assert search('name.familyName eq "é" and userName sw "émile1"').total == 11
    with pytest.raises(TooManyException):
        search('name.familyName eq "é"')
