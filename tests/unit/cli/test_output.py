from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from outreach.cli.output import counts, document, table
from outreach.errors import Problem


def test_columns_are_in_line_and_numbers_to_the_right():
    assert table(("segment", "people"), [("all", 1204), ("few", "< 10"), ("none", None)]) == (
        "segment  people\nall       1,204\nfew        < 10\nnone          -"
    )


def test_a_table_without_rows_is_its_header():
    assert table(("a", "b"), []) == "a  b"


def test_counts_leave_out_what_there_is_none_of():
    assert counts({"opted_out": 1200, "died": 0}) == "opted_out 1,200"
    assert counts({}) == "-"


def test_nouns_and_times_have_a_form_in_json():
    body = {
        "problem": Problem("a", 1, 2, "p", "m", "r"),
        "at": datetime(2026, 12, 1, 8, tzinfo=UTC),
        "on": date(2026, 12, 1),
        "file": Path("x"),
        "set": {"b", "a"},
    }
    text = document(body)
    assert '"line": 1' in text
    assert '"2026-12-01T08:00:00+00:00"' in text
    assert '"on": "2026-12-01"' in text
