from __future__ import annotations

from outreach.roster.requests import ask
from outreach.storage.database import connect
from tests.unit.web.conftest import NOW


def test_requests_are_listed_until_they_were_answered(cli, people, database_url):
    for verb in (["publish"], ["roster", "import", people(2)]):
        assert cli(*verb).code == 0
    assert cli("requests").out == "Nobody waits for an answer.\n"
    database = connect(database_url)
    with database.writing() as connection:
        assert ask(connection, 2, "erase", NOW)
        assert not ask(connection, 2, "erase", NOW)
    database.close()
    (waiting,) = cli("requests", "--json").json["requests"]
    assert (waiting["person"], waiting["kind"]) == ("P2", "erase")
    assert cli("requests", "--done", "P1", "erase").code == 1
    assert cli("requests", "--done", "P2", "erase").out == "Nobody waits for an answer.\n"
    assert "answered" in cli("audit").out


def test_who_is_erased_waits_for_nothing_any_more(cli, people, database_url):
    for verb in (["publish"], ["roster", "import", people(2)]):
        assert cli(*verb).code == 0
    database = connect(database_url)
    with database.writing() as connection:
        assert all(ask(connection, who, kind, NOW) for who in (1, 2) for kind in ("export", "erase"))
    database.close()
    assert cli("person", "erase", "P2", "--yes").code == 0
    waiting = cli("requests", "--json").json["requests"]
    assert {(one["person"], one["kind"]) for one in waiting} == {("P1", "export"), ("P1", "erase")}
