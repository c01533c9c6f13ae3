"""`outreach feeds`: what it writes, and what it leaves alone."""

from __future__ import annotations

import json
import stat

import pytest
import vobject

AT = "2026-11-27T12:00"
SESSION = """\
kind: consultation
title: Zitdag
on: 2026-12-08
starts: "09:30"
ends: "16:00"
place: Gent
"""


@pytest.fixture
def written(cli, workspace):
    """Publishes one session, and whatever else is handed in; answers with the call."""
    folder = workspace / "campaigns" / "sessions"
    folder.mkdir()

    def call(*words, **sessions):
        for name, text in {"zitdag": SESSION, **sessions}.items():
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        assert (told := cli("publish", "--at", AT)).code == 0, told.err
        return cli("feeds", *words)

    return call


def test_published_sessions_become_files_that_a_web_server_can_read(written, tmp_path):
    told = written(str(tmp_path / "a" / "feeds"), "--at", AT, "--json")
    assert told.code == 0
    assert "everyone/nl.ics" in told.json["files"]
    assert told.json["removed"] == []
    found = tmp_path / "a" / "feeds" / "everyone"
    assert vobject.readOne((found / "nl.ics").read_text()).vevent.location.value == "Gent"
    assert [one["day"] for one in json.loads((found / "nl.json").read_text())["sessions"]] == [
        "dinsdag 8 december 2026"
    ]
    assert stat.S_IMODE((found / "nl.json").stat().st_mode) == 0o644
    assert not [path for path in found.iterdir() if path.name.startswith(".")]


def place(folder):
    return json.loads((folder / "everyone" / "nl.json").read_text())["sessions"][0]["place"]


def test_an_edit_counts_when_it_is_published(cli, written, workspace, tmp_path):
    written(str(tmp_path / "f"), "--at", AT)
    file = workspace / "campaigns" / "sessions" / "zitdag.yaml"
    file.write_text(SESSION.replace("Gent", "Aalst"), encoding="utf-8")
    assert cli("feeds", str(tmp_path / "f"), "--at", AT).code == 0
    assert place(tmp_path / "f") == "Gent"
    cli("publish", "--at", AT)
    cli("feeds", str(tmp_path / "f"), "--at", AT)
    assert place(tmp_path / "f") == "Aalst"
    # A mail may have told a calendar of the room before: the later word has the higher number.
    event = vobject.readOne((tmp_path / "f" / "everyone" / "nl.ics").read_text()).vevent
    assert event.sequence.value == "1"


def test_files_of_an_entity_that_is_gone_are_taken_away_and_others_stay(cli, written, workspace, tmp_path):
    folder = tmp_path / "f"
    files = written(str(folder), "--at", AT, "--json", own=f"{SESSION}entity: Agentschap A\n").json["files"]
    (own,) = {name for name in files if name.startswith("agentschap-a") and name.endswith("nl.ics")}
    (folder / "mine.html").write_text("x", encoding="utf-8")
    (workspace / "campaigns" / "sessions" / "own.yaml").unlink()
    cli("publish", "--at", AT)
    removed = cli("feeds", str(folder), "--at", AT, "--json").json["removed"]
    assert own in removed
    assert not (folder / own).exists()
    assert (folder / "mine.html").exists()


def test_an_index_that_points_elsewhere_takes_nothing_away_there(written, tmp_path):
    folder, precious = tmp_path / "f", tmp_path / "precious"
    folder.mkdir()
    precious.write_text("x", encoding="utf-8")
    (folder / "index.json").write_text(json.dumps({"files": ["../precious", str(precious)]}), encoding="utf-8")
    assert written(str(folder), "--at", AT, "--json").json["removed"] == []
    assert precious.exists()


def test_before_the_first_release_there_is_nothing_to_write(cli, tmp_path):
    told = cli("feeds", str(tmp_path / "f"))
    assert told.code == 1
    assert "outreach publish" in told.err
    assert not (tmp_path / "f").exists()


def test_a_folder_that_cannot_be_written_to_is_named(written, tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    told = written(str(tmp_path / "taken" / "f"), "--at", AT)
    assert told.code == 1
    assert "feeds cannot be written there" in told.err
