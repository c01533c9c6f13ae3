from __future__ import annotations

from datetime import UTC, datetime

import pytest

from outreach.cli.session import Session
from outreach.errors import OutreachError
from outreach.settings import Settings


def session(workspace=None):
    return Session(Settings(), workspace and str(workspace), verbose=False)


def test_the_nearest_folder_above_is_the_workspace(workspace, monkeypatch):
    monkeypatch.chdir(workspace / "templates" / "welcome")
    assert session().root == workspace


def test_a_folder_without_definitions_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutreachError, match=r"there is no outreach\.yaml"):
        _ = session().root
    with pytest.raises(OutreachError, match=r"there is no outreach\.yaml"):
        _ = session(tmp_path).root


def test_who_needs_no_definitions_works_in_any_folder(workspace, tmp_path, monkeypatch):
    monkeypatch.chdir(workspace / "templates")
    assert session().anywhere.root == workspace
    monkeypatch.chdir(tmp_path)
    assert session().anywhere.root == tmp_path
    assert session(workspace).anywhere.root == workspace
    with pytest.raises(OutreachError, match=r"there is no outreach\.yaml"):
        _ = session(tmp_path).anywhere


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-12-01T09:00", "2026-12-01T08:00"),
        ("2026-12-01T09:00+05:00", "2026-12-01T04:00"),
        ("2026-12-01", "2026-11-30T23:00"),
        # The clocks go from 02:00 to 03:00: what they skip moves forward.
        ("2026-03-29T02:30", "2026-03-29T01:30"),
        # 02:30 comes twice: the first one counts.
        ("2026-10-25T02:30", "2026-10-25T00:30"),
    ],
)
def test_a_time_without_an_offset_is_the_workspaces(workspace, written, moment):
    with session(workspace) as one:
        assert one.moment(datetime.fromisoformat(written)) == datetime.fromisoformat(moment).replace(tzinfo=UTC)
