from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from outreach import release
from outreach.errors import DefinitionsError, OutreachError
from outreach.installation import Installation
from outreach.settings import Settings

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def opened(workspace, database_url):
    installation = Installation.open(workspace, Settings(database_url=database_url))
    yield installation
    installation.close()


def publish(installation):
    checked = release.check(installation.root, installation.database)
    return release.publish(installation.database, checked, NOW, "tester").release_id


def test_a_secret_is_made_once_and_for_its_owner_alone(workspace):
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: Installation.open(workspace, Settings()).secret, range(8)))
    path = workspace / "var" / "secret"
    assert made == {path.read_bytes()}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret"]


def test_a_secret_that_was_given_is_used(workspace):
    assert Installation.open(workspace, Settings(secret="given")).secret == b"given"
    assert not (workspace / "var").exists()


def test_an_empty_secret_is_never_taken_for_one(workspace):
    (workspace / "var").mkdir()
    (workspace / "var" / "secret").touch()
    with pytest.raises(OutreachError, match="is empty"):
        _ = Installation.open(workspace, Settings()).secret


def test_a_database_refuses_another_secret_than_the_first(workspace, database_url):
    for secret in ("one", "one"):
        first = Installation.open(workspace, Settings(database_url=database_url, secret=secret))
        assert first.database
        first.close()
    with pytest.raises(OutreachError, match="another secret"):
        _ = Installation.open(workspace, Settings(database_url=database_url, secret="other")).database


def test_a_new_machine_makes_no_secret_of_its_own_for_a_database_that_has_one(workspace, tmp_path, database_url):
    first = Installation.open(workspace, Settings(database_url=database_url))
    assert first.database
    first.close()
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(OutreachError, match="has not the secret") as caught:
        _ = Installation.open(tmp_path / "elsewhere", Settings(database_url=database_url)).database
    assert "OUTREACH_SECRET" in caught.value.remedy
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///", "sqlite:///a.db?mode=ro"])
def test_a_database_that_would_keep_nothing_is_refused(workspace, url):
    with pytest.raises(OutreachError) as refusal:
        _ = Installation.open(workspace, Settings(database_url=url)).database
    assert "sqlite:///path/to/file.db" in refusal.value.remedy


def test_a_database_is_only_there_once_it_was_made(workspace):
    installation = Installation.open(workspace, Settings())
    assert not installation.has_database
    assert installation.database
    assert installation.has_database
    installation.close()


def test_before_the_first_release_the_files_are_in_force(opened):
    assert str(opened.zone) == "Europe/Brussels"
    assert "news" in opened.in_force().topics
    with pytest.raises(OutreachError, match="nothing is published"):
        opened.current()


def test_afterwards_the_release_is_though_the_files_are_broken(opened, workspace):
    release_id = publish(opened)
    (workspace / "outreach.yaml").write_text("languages: [")
    again = Installation.open(workspace, opened.settings)
    assert again.current()[0] == release_id
    assert "news" in again.in_force().topics
    assert "news" in again.workspace().topics
    assert str(again.zone) == "Europe/Brussels"
    with pytest.raises(DefinitionsError):
        again.written()
    again.close()


def test_what_is_written_now_is_what_an_import_goes_by(opened, workspace):
    publish(opened)
    path = workspace / "outreach.yaml"
    path.write_text(path.read_text() + "fields: {team: {type: text}}\n")
    assert "team" in opened.workspace().fields
    assert "team" not in opened.in_force().fields


def test_a_composer_is_made_once_for_each_release(opened):
    release_id = publish(opened)
    assert opened.composer(release_id) is opened.composer(release_id)
    assert opened.composer(release_id).facts("welcome") == {"first_name"}


def test_the_mail_server_is_the_way_out_where_one_is_set(workspace):
    assert Installation.open(workspace, Settings()).channel().name == "outbox"
    assert Installation.open(workspace, Settings(smtp_url="smtp://localhost:25")).channel().name == "smtp"


def test_the_outbox_may_stand_elsewhere(workspace, tmp_path):
    assert Installation.open(workspace, Settings()).outbox == workspace / "var" / "outbox"
    assert Installation.open(workspace, Settings(outbox=str(tmp_path))).outbox == tmp_path
