"""People of one identity provider in our tables: each change of theirs is a row of the roster, with its events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from unicodedata import normalize

from scim2_models import (
    ConflictException,
    InvalidValueException,
    Meta,
    NotFoundException,
    Path,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
    TooManyException,
    UniquenessException,
    default_comparison_key,
)
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from outreach.definitions.model import Workspace
from outreach.roster.importing import bring_in
from outreach.roster.numbers import surrogates
from outreach.roster.values import HOSTILE
from outreach.storage.tables import person, scim_user
from outreach.web.scim.filtering import said
from outreach.web.scim.mapping import number_of, row_of
from outreach.web.scim.schema import PAGE, POLICY, Person

#: People among whom we look ourselves, where the database cannot tell.
_LOOKED_AT = 5000
_USER_NAME = Path[Person]("userName").resolve()
#: Longest `userName` and `externalId`.
_LONGEST = 320


@dataclass(frozen=True, slots=True)
class Desk:
    """On whose word, where and when things are changed."""

    workspace: Workspace
    #: Name of the token.
    source: str
    now: datetime
    today: date
    #: Makes an id that nobody has.
    new_id: Callable[[], str]


class PeopleStorage(ScimStorage):
    """What the SCIM server reads and writes within one transaction of ours."""

    def __init__(self, connection: Connection, desk: Desk) -> None:
        self._connection = connection
        self._desk = desk

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        return _resource(self._row(resource_id))

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        start, count = search_request.start_index_0 or 0, search_request.count
        size = PAGE if count is None else min(count, PAGE)
        wanted, query = search_request.filter, self._mine()
        if wanted is not None:
            found = said(wanted, self._connection.dialect.name)
            query = query.where(found.condition)
            if not found.is_exact:
                return self._searched(query, wanted, start, size)
        total = self._connection.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = self._connection.execute(query.order_by(scim_user.c.person).offset(start).limit(size))
        return SearchPage(total, [_resource(row) for row in rows])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        user = _person(resource)
        number = number_of(user)
        row = self._values(user) | {
            "id": self._desk.new_id(),
            "person": self._bring_in(user, number),
            "source": self._desk.source,
            "version": 1,
            "created_at": self._desk.now,
        }
        self._write(insert(scim_user).values(row))
        return _resource(self._row(row["id"]))

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        before = self._row(resource.id or "")
        _refuse_stale(before, expected_version)
        user = _person(resource)
        values = self._values(user)
        if values["body"] != before.body:
            self._bring_in(user, self._number(before.person))
            changed = update(scim_user).where(scim_user.c.id == before.id)
            self._write(changed.values(values | {"version": before.version + 1}))
        return _resource(self._row(before.id))

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        before = self._row(resource_id)
        _refuse_stale(before, expected_version)
        gone = _resource(before)
        gone.active = False
        self._bring_in(gone, self._number(before.person))
        self._connection.execute(delete(scim_user).where(scim_user.c.id == before.id))

    # --- reading ------------------------------------------------------------------------------------------

    def _mine(self) -> Select[Any]:
        return select(scim_user).where(scim_user.c.source == self._desk.source)

    def _row(self, resource_id: str) -> Row[Any]:
        row = self._connection.execute(self._mine().where(scim_user.c.id == resource_id)).first()
        if row is None:
            raise NotFoundException(detail="There is no such user.")
        return row

    def _number(self, surrogate: int) -> str:
        return str(self._connection.scalar(select(person.c.person_id).where(person.c.id == surrogate)))

    def _searched(self, query: Select[Any], wanted: ScimFilter[Any], start: int, size: int) -> SearchPage:
        """A page of what a filter lets through of rows, among which SQL alone cannot tell."""
        rows = self._connection.execute(query.order_by(scim_user.c.person).limit(_LOOKED_AT + 1)).all()
        if len(rows) > _LOOKED_AT:
            raise TooManyException(
                detail=f"More than {_LOOKED_AT:,} people would have to be looked at; narrow it, as with userName."
            )
        found = [user for user in map(_resource, rows) if wanted.match(user)]
        return SearchPage(len(found), list(found[start : start + size]))

    # --- writing ------------------------------------------------------------------------------------------

    def _values(self, user: Person) -> dict[str, Any]:
        key, body = _user_key(user.user_name or ""), _body(user)
        external_id = body.get("externalId")
        for name, text in (("userName", key), ("externalId", external_id or "")):
            if len(text) > _LONGEST:
                raise InvalidValueException(detail=f"{name} is longer than {_LONGEST} characters.")
        return {"user_key": key, "external_id": external_id, "body": body, "changed_at": self._desk.now}

    def _bring_in(self, user: Person, number: str) -> int:
        """Bring the roster in line; our own number of the person."""
        desk = self._desk
        report = bring_in(
            self._connection, row_of(user, number), desk.workspace,
            source=desk.source, now=desk.now, today=desk.today, by=f"token {desk.source}",
        )  # fmt: skip
        if report.rejected:
            wrong = [f"{one.field}: {one.message}" for one in report.rejected]
            belongs = any(one.message.startswith("the source") for one in report.rejected)
            raise (ConflictException if belongs else InvalidValueException)(detail="; ".join(wrong))
        found = surrogates(self._connection, [number])
        if number not in found:
            raise ConflictException(detail="This person was erased, and is not taken in again.")
        return found[number]

    def _write(self, statement: Any) -> None:
        try:
            with self._connection.begin_nested():
                self._connection.execute(statement)
        except IntegrityError:
            raise UniquenessException(detail="Another user has this userName or this number.") from None


def _person(resource: Resource[Any]) -> Person:
    return cast("Person", resource)  # the door has no other kind


def _resource(row: Row[Any]) -> Person:
    user = Person.model_validate(row.body, scim_policy=POLICY)
    user.id = row.id
    user.meta = Meta(resource_type="User", created=row.created_at, last_modified=row.changed_at, version=_version(row))
    return user


def _body(user: Person) -> dict[str, Any]:
    """What was given, without what we add ourselves, each text composed as filters compare it.

    Raises:
        InvalidValueException: a text holds what the roster refuses, and no database can look for.
    """
    given = user.model_dump(mode="json")
    return {name: _composed(value) for name, value in given.items() if name not in ("id", "meta")}


def _composed(value: Any) -> Any:
    match value:
        case dict():
            return {name: _composed(one) for name, one in value.items()}
        case list():
            return [_composed(one) for one in value]
        case str() if HOSTILE.search(value):
            raise InvalidValueException(detail="A text holds a control character.")
        case str():
            return normalize("NFC", value)
    return value


def _version(row: Row[Any]) -> str:
    return f'W/"{row.version}"'


def _refuse_stale(row: Row[Any], expected: str | None) -> None:
    if expected is not None and expected != _version(row):
        raise PreconditionFailedException(detail="It was changed since.")


def _user_key(name: str) -> str:
    return default_comparison_key(_USER_NAME, name)
