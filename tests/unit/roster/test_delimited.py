"""CSV in all its forms: the cells come out as they were meant, or the file is refused with the line."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import OutreachError
from outreach.roster.reading import open_sheet
from outreach.roster.sources.delimited import delimiter_of
from outreach.roster.sources.sheet import Row


def read(tmp_path, text):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode())
    with open_sheet(path) as sheet:
        return sheet.header, list(sheet.rows)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_delimiter_and_line_ending_is_read(tmp_path, delimiter, ending):
    lines = [["person_id", "naam"], ["1", "Jan"], ["2", "An"]]
    header, rows = read(tmp_path, ending.join(delimiter.join(line) for line in lines))
    assert header == ("person_id", "naam")
    assert rows == [Row(2, ["1", "Jan"]), Row(3, ["2", "An"])]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_file_longer_than_the_sample_is_judged_by_its_whole_lines(tmp_path, ending):
    lines = ["person_id;naam;bedrag", *(f"{number};Jan;12,50" for number in range(8000))]
    header, rows = read(tmp_path, ending.join(lines))
    assert header == ("person_id", "naam", "bedrag")
    assert (len(rows), rows[-1]) == (8000, Row(8001, ["7999", "Jan", "12,50"]))


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("id;naam, voornaam;plaats\n1;Peeters, Jan;Gent\n2;Maes, An;Brugge\n", ";"),
        ('id,uren\n1,"7;5"\n', ","),
        ("id|adres\n1|Dorp 1; bus 2\n2|Kerk 3; bus 1\n", "|"),
        ("id\tnaam\n1\tJan, Piet\n2\tJoris; Korneel\n", "\t"),
        ("id;bedrag\n1;12,50\n2;13,75\n", ";"),
        ("person_id\n1\n2\n", ","),
        ("", ","),
        ('id;naam\n1;"Jan; de ""grote"""\n', ";"),
    ],
)
def test_the_delimiter_is_the_one_by_which_the_rows_agree(sample, delimiter):
    assert delimiter_of(sample) == delimiter


def test_excels_own_line_about_the_delimiter_is_believed_and_skipped(tmp_path):
    header, rows = read(tmp_path, "sep=|\nperson_id|naam;voornaam\n1|x\n")
    assert header == ("person_id", "naam;voornaam")
    assert rows == [Row(3, ["1", "x"])]


def test_a_quoted_line_break_is_part_of_the_cell_and_lines_are_still_counted_as_the_user_sees_them(tmp_path):
    _, rows = read(tmp_path, 'person_id,naam\n1,"Jan\nPiet"\n2,An\n')
    assert rows == [Row(2, ["1", "Jan\nPiet"]), Row(4, ["2", "An"])]


def test_blank_lines_are_passed_over_and_counted(tmp_path):
    header, rows = read(tmp_path, "\n\nperson_id,naam\n\n1,Jan\n\n\n2,An\n\n")
    assert header == ("person_id", "naam")
    assert [row.line for row in rows] == [5, 8]


def test_a_row_with_too_few_or_too_many_cells_says_so(tmp_path):
    _, rows = read(tmp_path, "person_id,naam,plaats\n1,Jan\n2,An,Gent,extra\n3,Els,Aalst,,\n")
    assert [row.fault for row in rows] == [
        "the row has 2 cells and the header has 3",
        "the row has 4 cells and the header has 3",
        "",
    ]
    assert rows[2].cells == ["3", "Els", "Aalst"]


def test_a_quote_that_never_closes_refuses_the_file_at_the_line_where_it_opens(tmp_path):
    with pytest.raises(OutreachError, match="does not close") as caught:
        read(tmp_path, 'person_id,naam\n1,Jan\n2,"An\n3,Els\n')
    assert caught.value.where == "roster.csv:3"


def test_a_quote_that_swallows_rows_until_the_next_one_refuses_the_file(tmp_path):
    for text in ('person_id,naam\n1,"Jan\n2,An\n3,"Els"\n', 'person_id,naam\n1,"Jan\n2,An\n3,Els"\n4,"x",y,z\n5,"\n'):
        with pytest.raises(OutreachError, match="does not close") as caught:
            read(tmp_path, text)
        assert caught.value.where in ("roster.csv:2", "roster.csv:6")


def test_a_stray_quote_in_one_line_rejects_that_row_and_its_id_can_still_be_read(tmp_path):
    _, rows = read(tmp_path, 'person_id,naam\n1,"Jan" Peeters\n2,Jan "Jef" Maes\n3,An\n')
    assert "doubled" in rows[0].fault
    assert rows[0].cells[0] == "1"
    assert rows[1:] == [Row(3, ["2", 'Jan "Jef" Maes']), Row(4, ["3", "An"])]


def test_a_cell_as_long_as_a_book_refuses_the_file(tmp_path):
    with pytest.raises(OutreachError, match="quote"):
        read(tmp_path, 'person_id,naam\n1,"' + "x\n" * 100_000 + '"\n')


def test_a_file_without_a_header_is_refused(tmp_path):
    for text in ("", "\n\n\n", "\ufeff"):
        with pytest.raises(OutreachError, match="no header"):
            read(tmp_path, text)


def test_a_header_alone_is_a_sheet_without_rows(tmp_path):
    assert read(tmp_path, "person_id,naam") == (("person_id", "naam"), [])


def test_a_missing_file_or_a_folder_is_an_error_with_a_remedy(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(OutreachError, match="cannot be opened"):
            open_sheet(path)


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.data(), st.sampled_from(",;\t|"), st.integers(2, 6))
def test_what_the_standard_library_writes_comes_back_whatever_the_delimiter(tmp_path_factory, data, delimiter, width):
    header = [f"kolom {number}" for number in range(width)]
    rows = data.draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8))
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    path = tmp_path_factory.mktemp("csv") / "roster.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    with open_sheet(path) as sheet:
        assert list(sheet.header) == header
        assert [row.cells for row in sheet.rows] == rows


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_never_break_anything(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("csv") / "roster.csv"
    path.write_bytes(content)
    with suppress(OutreachError), open_sheet(path) as sheet:
        assert all(len(row.cells) == len(sheet.header) or row.fault for row in sheet.rows)
