"""Workbooks written by another library, read back as the user sees them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime

import openpyxl
import pytest

from outreach.errors import OutreachError
from outreach.roster.reading import open_sheet
from outreach.roster.sources import workbook, workbook_reader
from outreach.roster.sources.sheet import Row


def read(path):
    with open_sheet(path) as sheet:
        return sheet, list(sheet.rows)


def book(tmp_path, rows, name="roster.xlsx", start=(1, 1)):
    made = openpyxl.Workbook()
    for i, cells in enumerate(rows):
        for j, value in enumerate(cells):
            made.active.cell(start[0] + i, start[1] + j, value)
    made.save(tmp_path / name)
    return tmp_path / name


def test_numbers_days_and_booleans_come_as_the_user_sees_them(tmp_path):
    path = book(
        tmp_path,
        [
            ["person_id", "born_on", "works_shifts", "part_time", "postal_code"],
            [1000, date(1980, 3, 1), True, 0.8, "0901"],
            [1001.0, datetime.fromisoformat("1981-03-01 08:30"), False, 1, None],
        ],
    )
    sheet, rows = read(path)
    assert sheet.serials
    assert rows == [
        Row(2, ["1000", "1980-03-01", "true", "0.8", "0901"]),
        Row(3, ["1001", "1981-03-01 08:30:00", "false", "1", ""]),
    ]


def test_rows_and_columns_are_numbered_as_the_spreadsheet_program_does(tmp_path):
    path = book(tmp_path, [["person_id", "naam"], ["1", "Jan"], [None, None], ["2", "An"]], start=(4, 3))
    sheet, rows = read(path)
    assert sheet.first_column == 3
    assert [row.line for row in rows] == [5, 7]


def test_a_workbook_is_known_by_its_content_and_not_by_its_name(tmp_path):
    path = book(tmp_path, [["person_id"], ["1"]])
    renamed = path.rename(tmp_path / "roster.csv")
    assert read(renamed)[1] == [Row(2, ["1"])]


def test_a_hidden_first_sheet_is_passed_over(tmp_path):
    made = openpyxl.Workbook()
    made.active.append(["geheim"])
    made.active.sheet_state = "hidden"
    made.create_sheet("Personeel").append(["person_id"])
    made.save(tmp_path / "roster.xlsx")
    assert read(tmp_path / "roster.xlsx")[0].header == ("person_id",)


@pytest.mark.parametrize("content", [b"PK\x03\x04 not a zip at all", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600])
def test_a_damaged_or_encrypted_workbook_is_refused_with_a_remedy(tmp_path, content):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(content)
    with pytest.raises(OutreachError, match="cannot be read") as caught:
        read(path)
    assert "password" in caught.value.remedy


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD200000"])
def test_a_stray_cell_far_from_all_others_ends_nobody(tmp_path, cell):
    made = openpyxl.Workbook()
    made.active.append(["person_id"])
    made.active.append(["1"])
    made.active[cell] = "x"
    made.save(tmp_path / "roster.xlsx")
    with pytest.raises(OutreachError, match="more memory") as caught:
        read(tmp_path / "roster.xlsx")
    assert "Ctrl+End" in caught.value.remedy


def test_a_reader_that_dies_in_the_middle_is_not_the_end_of_the_roster(tmp_path, monkeypatch):
    dies = 'import sys, os; print(\'1\\n[1, ["person_id"]]\\n[2, ["1"]]\\n[3, ["2\', end=\'\', flush=True); os.abort()'
    monkeypatch.setattr(workbook.sys, "executable", dying(tmp_path / "python", dies))
    with pytest.raises(OutreachError, match="more memory"):
        read(book(tmp_path, [["person_id"], ["1"], ["2"]]))


def dying(path, program):
    path.write_text(f"#!{sys.executable}\n{program}\n")
    path.chmod(0o700)
    return str(path)


def test_an_empty_workbook_is_refused(tmp_path):
    with pytest.raises(OutreachError, match="empty"):
        read(book(tmp_path, []))


def test_a_cell_beyond_the_header_is_a_fault(tmp_path):
    path = book(tmp_path, [["person_id", "naam"], ["1", "Jan", "wat is dit"]])
    # The spreadsheet's area is as wide as its widest row, so the header has a column without a name.
    assert read(path)[0].header == ("person_id", "naam", "")


def test_a_workbook_is_read_where_the_operator_allows_little_memory(tmp_path):
    path = book(tmp_path, [["person_id"], ["1"]])
    command = ["sh", "-c", 'ulimit -v 1000000; exec "$@"', "sh", sys.executable, "-m", workbook_reader.__name__, path]
    assert subprocess.run(command, capture_output=True, check=True).stdout.splitlines()[1:] == [
        b'[1, ["person_id"]]', b'[2, ["1"]]'
    ]  # fmt: skip
