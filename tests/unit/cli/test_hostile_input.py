"""Rows and events that somebody made to break out come in by the ordinary way and go out by every ordinary way.

As many as OUTREACH_TRIALS asks for; `bench/hostile.py` tries as many as you like.
"""

from __future__ import annotations

import os

import pytest

from tests.hostile import rows
from tests.hostile.report import Report

ROWS = max(250, 40 * int(os.environ.get("OUTREACH_TRIALS", "0")))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Every hostile row was imported, and written to in every way; what was wrong with what left."""
    folder = tmp_path_factory.mktemp("hostile")
    if request.param == "sqlite":
        place = request.getfixturevalue("sqlite_templates").place(folder / "outreach.db")
    else:
        place = request.getfixturevalue("postgresql_server").place()
    report = rows.trial(folder, place.url.render_as_string(hide_password=False), 7, ROWS)
    assert report.found["calls"] == []
    assert report.counts["mails"] > ROWS / 20
    return report


def test_a_hostile_row_leaves_as_a_mail_like_any_other(report):
    assert report.found["dialogue"] == []
    assert report.found["mails"] == []


def test_nothing_in_a_list_by_hand_runs_in_a_spreadsheet_or_moves_a_row(report):
    assert report.found["lists"] == []


def test_no_statement_was_broken_out_of(report):
    assert report.found["database"] == []


def test_no_log_and_no_error_tells_of_anybody(report):
    assert report.found["told"] == []


def test_hostile_events_are_refused_by_line_and_column_and_start_nothing(report):
    assert report.found["events"] == []
