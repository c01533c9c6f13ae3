"""SCIM over HTTP on both databases: an identity provider's people are the roster's, with the events of an import."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
import requests
from scim2_tester import Status, check_server
from sqlalchemy import func, select

from outreach.privacy.erasing import erase
from outreach.roster.importing import import_roster
from outreach.storage.tables import event, person, scim_user
from outreach.web import tokens
from outreach.web.app import make_app
from tests.unit.web.doors import installation_of, served
from tests.unit.web.scim_client import RealClient

NOW = datetime.now(UTC)
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
EMPLOYMENT = "urn:outreach:params:scim:schemas:extension:employment:1.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
AN = {
    "schemas": [USER, ENTERPRISE, EMPLOYMENT],
    "externalId": "8f1c",
    "userName": "An.Peeters@staff.example",
    "displayName": "not of the roster, and left out",
    "name": {"givenName": "An", "familyName": "Peeters"},
    "preferredLanguage": "nl-BE",
    "active": True,
    "emails": [
        {"value": "an@home.example", "type": "home"},
        {"value": "an@staff.example", "type": "work", "primary": True},
    ],
    ENTERPRISE: {"employeeNumber": "104733", "department": "Agentschap Wegen"},
    EMPLOYMENT: {"hiredOn": "2026-11-20", "contract": "fixed-term", "contractEndsOn": "2027-05-31"},
}


class Provider:
    """An identity provider that looks after people here."""

    def __init__(self, address, secret):
        self.address = f"{address}/scim/v2"
        self.secret = secret

    def __call__(self, method, path, body=None, **headers):
        headers |= {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/scim+json"}
        return requests.request(method, self.address + path, json=body, headers=headers, timeout=10)

    def patch(self, number, *operations):
        """Change somebody; returns them as they are then."""
        done = self("PATCH", f"/Users/{number}", {"schemas": [PATCH], "Operations": operations})
        assert done.status_code in (200, 204), done.text
        return self("GET", f"/Users/{number}").json()


@pytest.fixture
def woken():
    return Event()


@pytest.fixture
def site(workspace, database_url, woken):
    installation = installation_of(workspace, database_url)
    with served(make_app(installation, installation.workspace().web, wake=woken.set)) as address:
        yield installation, address
    installation.close()


def provider_of(site, name, *, scopes=("scim",), number=0):
    installation, address = site
    secret = tokens.write(bytes([number] * 32))
    with installation.database.writing() as connection:
        tokens.make(connection, secret, name, scopes, NOW + timedelta(days=1), NOW, "tester")
    return Provider(address, secret)


@pytest.fixture
def entra(site):
    return provider_of(site, "entra-id")


def rows(database, *columns):
    with database.reading() as connection:
        return connection.execute(select(*columns).order_by(*columns)).all()


@pytest.mark.parametrize("place", ["sqlite", pytest.param("postgresql", marks=pytest.mark.debian)], indirect=True)
def test_scim2_tester_finds_no_error_and_skips_nothing(entra):
    results = check_server(RealClient(entra.address, entra.secret))
    assert len(results) > 60
    assert [(one.title, one.reason) for one in results if one.status is not Status.SUCCESS] == []


def test_who_is_created_is_in_the_roster_and_was_hired(entra, database, woken):
    created = entra("POST", "/Users", AN)
    assert created.status_code == 201, created.text
    assert "displayName" not in created.json()
    columns = person.c["person_id", "source", "status", "first_name", "email", "private_email", "language", "entity"]
    assert rows(database, *columns) == [
        ("104733", "entra-id", "active", "An", "an@staff.example", "an@home.example", "nl", "Agentschap Wegen")
    ]
    assert [
        (kind, str(on), source) for kind, on, source in rows(database, *event.c["kind", "effective_on", "source"])
    ] == [("hired", "2026-11-20", "entra-id")]
    assert woken.is_set()


def test_a_change_is_an_event_and_the_same_again_is_none(entra, database):
    number = entra("POST", "/Users", AN).json()["id"]
    moved = {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Agentschap Natuur"}
    first, again = entra.patch(number, moved), entra.patch(number, moved)
    assert again["meta"]["version"] == first["meta"]["version"]
    assert [kind for (kind,) in rows(database, event.c.kind)] == ["hired", "moved"]


@pytest.mark.parametrize("off", [False, "False", "false"])
def test_who_is_switched_off_has_left_and_comes_back_when_switched_on(entra, database, off):
    number = entra("POST", "/Users", AN).json()["id"]
    assert entra.patch(number, {"op": "Replace", "path": "active", "value": off})["active"] is False
    assert rows(database, person.c.status) == [("left",)]
    assert ("left",) in rows(database, event.c.kind)
    assert entra.patch(number, {"op": "Replace", "path": "active", "value": "True"})["active"] is True
    assert rows(database, person.c.status) == [("active",)]


def test_who_is_deleted_has_left_and_can_be_created_again(entra, database):
    number = entra("POST", "/Users", AN).json()["id"]
    assert entra("DELETE", f"/Users/{number}").status_code == 204
    assert (rows(database, person.c.status), rows(database, scim_user.c.id)) == ([("left",)], [])
    assert entra("GET", f"/Users/{number}").status_code == 404
    assert entra("POST", "/Users", AN).status_code == 201
    assert rows(database, person.c.status) == [("active",)]


def test_a_filtered_path_adds_the_address_that_is_not_there_yet(entra, database):
    number = entra("POST", "/Users", AN | {"emails": []}).json()["id"]
    add = {"op": "Add", "path": 'emails[type eq "work"].value', "value": "an@new.example"}
    assert entra.patch(number, add)["emails"] == [{"value": "an@new.example", "type": "work"}]
    assert rows(database, person.c.email) == [("an@new.example",)]
    entra.patch(number, add | {"op": "Replace", "value": "an@newer.example"})
    assert rows(database, person.c.email) == [("an@newer.example",)]


def test_a_provider_finds_whom_it_made_by_name_in_any_case_or_by_its_own_id(entra):
    number = entra("POST", "/Users", AN).json()["id"]

    def found(said):
        return [one["id"] for one in entra("GET", f"/Users?filter={said}").json().get("Resources", [])]

    assert found('userName eq "AN.PEETERS@staff.example"') == [number]
    assert found('externalId eq "8f1c"') == [number]
    assert found('externalId eq "8F1C"') == []
    assert found('emails[type eq "work" and value co "staff"]') == [number]
    assert found('userName eq "\' OR 1=1 --"') == []


def test_pages_are_bounded_and_hold_everybody_once(entra):
    for number in range(5):
        assert entra("POST", "/Users", _somebody(number)).status_code == 201
    pages = [entra("GET", f"/Users?startIndex={start}&count=2").json() for start in (1, 3, 5)]
    assert [page["totalResults"] for page in pages] == [5, 5, 5]
    names = [one["userName"] for page in pages for one in page["Resources"]]
    assert names == [f"user{number}" for number in range(5)]
    assert entra("GET", "/Users?count=100000").json()["itemsPerPage"] <= 200


def _somebody(number):
    return {"schemas": [USER], "userName": f"user{number}", "externalId": f"x{number}"}


def test_two_with_one_name_or_number_conflict_and_nothing_changes(entra, database):
    assert entra("POST", "/Users", AN).status_code == 201
    assert entra("POST", "/Users", AN | {"userName": "another"}).status_code == 409
    assert entra("POST", "/Users", _somebody(1) | {"userName": "an.peeters@STAFF.example"}).status_code == 409
    assert rows(database, person.c.person_id) == [("104733",)]


def test_a_stale_version_is_refused(entra):
    created = entra("POST", "/Users", AN).json()
    entra.patch(created["id"], {"op": "replace", "path": "name.givenName", "value": "Anna"})
    stale = entra("PUT", f"/Users/{created['id']}", AN, **{"If-Match": created["meta"]["version"]})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    "wrong",
    [
        {"emails": [{"value": "no address", "type": "work"}]},
        {"preferredLanguage": "Nederlands!"},
        {"name": {"givenName": "An\nBcc: x@y.example"}},
        {EMPLOYMENT: {"hiredOn": "soon"}},
        {"userName": "x" * 400},
        {"userName": "Bcc\x00"},
        {"externalId": "Bcc\x00"},
        {"emails": [{"value": "an@staff.example", "display": "Bcc\x00"}]},
    ],
)
def test_what_the_roster_cannot_take_is_refused_and_nothing_changes(entra, database, wrong, caplog):
    refused = entra("POST", "/Users", AN | wrong)
    assert refused.status_code == 400
    assert "Bcc" not in refused.text
    assert rows(database, person.c.id) == []
    assert "Peeters" not in caplog.text


def test_no_provider_sees_or_takes_over_another_ones_people(site, entra, database):
    number = entra("POST", "/Users", AN).json()["id"]
    okta = provider_of(site, "okta", number=1)
    assert okta("GET", f"/Users/{number}").status_code == 404
    assert okta("GET", "/Users").json()["totalResults"] == 0
    assert okta("POST", "/Users", AN).status_code == 409
    assert rows(database, person.c.source) == [("entra-id",)]


def test_who_came_by_a_file_of_the_same_source_is_taken_up_without_being_hired_anew(site, entra, database):
    installation, _ = site
    known = [{"person_id": "104733", "status": "active", "first_name": "An"}]
    import_roster(installation.database, known, installation.workspace(), source="entra-id", now=NOW, today=NOW.date())
    assert entra("POST", "/Users", AN).status_code == 201
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(event).where(event.c.kind == "hired")) == 0


def test_who_was_erased_is_not_taken_in_again(entra, database):
    number = entra("POST", "/Users", AN).json()["id"]
    with database.writing() as connection:
        erase(connection, "104733", b"s3cret", "tester", NOW)
    assert entra("GET", f"/Users/{number}").status_code == 404
    assert rows(database, scim_user.c.id) == []
    refused = entra("POST", "/Users", AN)
    assert (refused.status_code, "erased" in refused.text) == (409, True)


def test_only_a_token_of_this_scope_comes_in(site, entra):
    stranger = provider_of(site, "payroll", scopes=("events", "outcomes"), number=2)
    assert stranger("GET", "/Users").status_code == 401
    assert requests.get(f"{entra.address}/Users", timeout=10).status_code == 401
    assert requests.get(f"{entra.address}/ServiceProviderConfig", timeout=10).status_code == 200
