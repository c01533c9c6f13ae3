from __future__ import annotations

from outreach.roster.requests import close, open_requests
from outreach.storage import audit
from tests.unit.web.conftest import NOW, Site
from tests.unit.web.people import add_person, everything, token


def test_it_says_who_writes_which_data_from_where_and_how_to_object(site: Site) -> None:
    who = add_person(site, language="fr")
    page = site.ask("GET", f"/a/{token(who, 'about')}").text
    for said in ("Sociale Dienst", "post@sociale-dienst.example", "service du personnel", "Autorité de protection"):
        assert said in page


def test_a_request_is_on_record_once_until_it_was_answered(site: Site) -> None:
    who = add_person(site)
    path = f"/a/{token(who, 'about')}"
    for _ in range(2):
        assert "24 november 2026" in site.ask("POST", path, data={"ask": "export"}).text
    database = site.installation.database
    with database.writing() as connection:
        assert open_requests(connection) == [("P1", "export", NOW)]
        (line,) = audit.read(connection, audit.Wanted(action="asked to export"))
        assert (line.actor, line.subject) == (audit.RECIPIENT, f"person {who}")
        assert close(connection, "P1", "export")
        assert not close(connection, "P1", "export")
        assert open_requests(connection) == []


def test_reading_it_and_asking_for_what_there_is_not_changes_nothing(site: Site) -> None:
    who = add_person(site)
    before = everything(site)
    site.ask("GET", f"/a/{token(who, 'about')}")
    for form in ({}, {"ask": "everything"}, {"ask": ""}):
        assert site.ask("POST", f"/a/{token(who, 'about')}", data=form).status_code == 200
    for other in (token(who), token(who, "choices"), "x"):
        assert site.ask("POST", f"/a/{other}", data={"ask": "erase"}).status_code == 404
    assert everything(site) == before
