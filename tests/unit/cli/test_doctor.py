"""`outreach doctor`: a whole installation, with a mail server, a site and a DNS of its own."""

from __future__ import annotations

import contextlib
import json

import pytest
from click.testing import CliRunner
from sqlalchemy import update

from outreach.cli.app import outreach
from outreach.storage.database import connect
from outreach.storage.tables import campaign_state
from tests.contracts.servers import CERTIFICATE, running, unused_port
from tests.unit.doctor.name_server import name_server
from tests.unit.doctor.test_domains import SOUND
from tests.unit.doctor.test_links import site

AT = "2026-11-02T10:00"
ZONE = {
    name.replace("dienst.example", "sociale-dienst.example"): {
        kind: [record.replace("dienst.example", "sociale-dienst.example") for record in records]
        for kind, records in known.items()
    }
    for name, known in SOUND.items()
}


@pytest.fixture
def approved(cli, people):
    for words in (["roster", "import", people(12)], ["publish"], ["approve", "--all", "--yes"]):
        assert cli(*words, "--at", AT).code == 0
    return cli


@pytest.fixture
def sound(approved, workspace, tmp_path, monkeypatch):
    """An installation with nothing to mend, and its resolver."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with contextlib.ExitStack() as running_now:
        mail = running_now.enter_context(running(tmp_path / "mail", tls="starttls", login="robot:hush"))
        url = running_now.enter_context(site(tls=True))
        resolver = running_now.enter_context(name_server(ZONE))
        settings = workspace / "outreach.yaml"
        settings.write_text(settings.read_text().replace("https://sociale-dienst.example", url))
        assert approved("publish", "--at", AT).code == 0
        assert approved("approve", "--all", "--yes", "--at", AT).code == 0
        monkeypatch.setenv("OUTREACH_SMTP_URL", mail.url(login="robot:hush", starttls="required"))
        monkeypatch.setenv("OUTREACH_DKIM_SELECTORS", "2026")
        yield lambda *words: approved("doctor", "--resolver", resolver.address, *words)


def test_a_sound_installation_has_nothing_to_mend(sound, database_url):
    answer = sound("--json", "--thorough")
    found = {one["check"]: one for one in answer.json["checks"]}
    mend = [one["check"] for one in found.values() if one["level"] == "fail"]
    # The test's PostgreSQL gives up safety for speed, and the site's clock stands still.
    assert set(mend) <= {"database: settings", "clock"}
    assert answer.json["ok"] + answer.json["warn"] + answer.json["not_checked"] + answer.json["fail"] == len(found)
    for check in ("release", "approvals", "definitions", "mail server: TLS", "mail server: login", "ledger: doubts",
                  "SPF of sociale-dienst.example", "DKIM of sociale-dienst.example", "settings"):  # fmt: skip
        assert found[check]["level"] == "ok", found[check]
    assert found["mail server: size"]["saw"].startswith("it takes 33,554,432 bytes, our largest message has ")
    assert ("database: pages" in found) == database_url.startswith("sqlite")
    assert not [word for word in ("robot", "hush", "staff.example") if word in answer.out]


def test_what_must_be_mended_makes_it_end_with_1(approved, monkeypatch):
    monkeypatch.setenv("OUTREACH_SMTP_URL", f"smtp://robot:hush@localhost:{unused_port()}")
    monkeypatch.setenv("OUTREACH_LGO", "x")
    with name_server({}) as resolver:
        answer = approved("doctor", "--resolver", resolver.address)
    assert answer.code == 1
    assert "FAIL  mail server: localhost:" in answer.out
    assert "      → Is it up, are host and port in OUTREACH_SMTP_URL right" in answer.out
    assert "WARN  settings: OUTREACH_LGO is set, but there is no such setting; did you mean OUTREACH_LOG?" in answer.out
    assert "to mend, " in answer.out.splitlines()[-1]


def test_where_no_resolver_answers_it_says_so(workspace):
    with name_server({}, silent=True) as resolver:
        words = ["doctor", "-C", str(workspace), "--resolver", resolver.address, "--json"]
        answer = json.loads(CliRunner().invoke(outreach, words).stdout)
    levels = {one["check"]: one["level"] for one in answer["checks"]}
    assert levels["SPF of sociale-dienst.example"] == levels["links to sociale-dienst.example"] == "not_checked"


def test_before_anything_was_done_it_makes_nothing(workspace, monkeypatch):
    with name_server({}) as resolver:
        answer = CliRunner().invoke(outreach, ["doctor", "-C", str(workspace), "--resolver", resolver.address])
    assert "WARN  database: there is none yet" in answer.stdout
    assert not (workspace / "var").exists()


def test_an_error_that_keeps_several_checks_from_being_made_is_told_once(approved, monkeypatch):
    monkeypatch.setenv("OUTREACH_SMTP_URL", "smtp://")
    with name_server({}) as resolver:
        answer = approved("doctor", "--resolver", resolver.address, "--json")
    about = [one for one in answer.json["checks"] if "the URL of the mail server" in one["saw"]]
    assert [one["level"] for one in about].count("fail") == 1
    assert len(about) > 1


def test_another_secret_is_told_and_the_rest_is_looked_at(approved, monkeypatch):
    monkeypatch.setenv("OUTREACH_SECRET", "another")
    with name_server({}) as resolver:
        answer = approved("doctor", "--resolver", resolver.address, "--json")
    found = {one["check"]: one for one in answer.json["checks"]}
    assert found["database"]["saw"] == "this database was written with another secret"
    assert found["time zone"]["level"] == "ok"


def test_a_database_that_is_away_is_told(workspace, monkeypatch):
    monkeypatch.setenv("OUTREACH_DATABASE_URL", f"postgresql://an@127.0.0.1:{unused_port()}/outreach")
    with name_server({}) as resolver:
        answer = CliRunner().invoke(outreach, ["doctor", "-C", str(workspace), "--resolver", resolver.address])
    assert answer.exit_code == 1
    assert "FAIL  database: postgresql" in answer.stdout
    assert "the database cannot be opened (OperationalError)" in answer.stdout
    assert "Brussels" in answer.stdout


def test_tables_of_another_version_are_left_as_they_are(approved, database_url):
    database = connect(database_url)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with name_server({}) as resolver:
        answer = approved("doctor", "--resolver", resolver.address, "--json")
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0001"
    database.close()
    assert {"database: tables": "warn"}.items() <= {one["check"]: one["level"] for one in answer.json["checks"]}.items()


def test_a_campaign_that_was_paused_for_refusals_is_told_until_it_is_resumed(sound, approved, database_url):
    database = connect(database_url)
    with database.writing() as connection:
        news = update(campaign_state).where(campaign_state.c.campaign == "news")
        connection.execute(news.values(state="paused", steered_by="outreach", steered_why="hard_rejections"))
    database.close()
    said = "WARN  ledger: refusals: paused, as too many of their messages were refused for good: news"
    assert said in sound().out
    approved("resume", "news")
    assert said not in sound().out
