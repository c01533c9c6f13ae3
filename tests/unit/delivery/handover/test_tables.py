from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.delivery.channels.handover.tables import csv_of, harmless, rows, workbook_of
from outreach.delivery.desk.results import RESULTS

#: Begin what one spreadsheet or another takes for a formula: plain, full-width, small, and the sign of subtraction.
BEGINNINGS = "=+-@\t\r\n＝＋－＠﹦﹢﹣﹫\u2212"
texts = st.text(st.sampled_from([*BEGINNINGS, *" a1'\";,\u00a0\u200b\ufeffé漢"]), max_size=8)


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_workbook(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).active


@pytest.mark.parametrize("begin", BEGINNINGS)
def test_what_a_spreadsheet_might_run_gets_an_apostrophe(begin: str) -> None:
    assert harmless(f"{begin}1+1") == f"'{begin}1+1"


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\ufeff", " \u200b", "\u200b \t"])
def test_what_cannot_be_seen_in_front_of_it_hides_nothing(blank: str) -> None:
    assert harmless(f"{blank}=1+1") == f"'{blank}=1+1"


@pytest.mark.parametrize("text", ["", "An", "1-2", "a=b", "'t Serclaes", "é", "漢"])
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def _might_run(cell: str) -> bool:
    seen = cell.lstrip(" \u00a0\u200b\ufeff\t\r\n")
    return cell.startswith(("\t", "\r", "\n")) or seen.startswith(tuple(BEGINNINGS))


@given(st.dictionaries(st.integers(1, 99).map(lambda n: f"c/s/once/0/{n}"), st.tuples(texts, texts), min_size=1))
def test_both_files_say_the_same_and_no_cell_of_them_is_a_formula(people: dict[str, tuple[str, str]]) -> None:
    lines = {key: {"first_name": first, "last_name": last} for key, (first, last) in people.items()}
    table = rows(lines)
    read = read_csv(csv_of(table))
    assert read[0] == ["key", "first_name", "last_name", "result"]
    assert read == [[harmless(cell) for cell in row] for row in table]
    assert not any(_might_run(cell) for row in read for cell in row)
    sheet = read_workbook(workbook_of(table, "c"))
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    # A line break is one and the same to a workbook, however it was written.
    shown = [[(cell.value or "").replace("_x000D_", "\r") for cell in row] for row in sheet.iter_rows()]
    plain = [[one.replace("\r\n", "\n").replace("\r", "\n") for one in row] for row in shown]
    assert plain == [[one.replace("\r\n", "\n").replace("\r", "\n") for one in row] for row in table]


def test_the_csv_has_the_mark_and_the_delimiter_of_a_belgian_spreadsheet() -> None:
    content = csv_of(rows({"c/s/once/0/1": {"first_name": "Zoë"}}))
    assert content == "\ufeffkey;first_name;result\r\nc/s/once/0/1;Zoë;\r\n".encode()


def test_the_workbook_offers_the_results_to_choose_from() -> None:
    sheet = read_workbook(workbook_of(rows({"c/s/once/0/1": {"first_name": "An"}}), "c"))
    (choices,) = sheet.data_validations.dataValidation
    assert (str(choices.sqref), choices.formula1) == ("C2", f'"{",".join(RESULTS)}"')


def test_control_characters_that_no_workbook_may_hold_are_blanks() -> None:
    table = rows({"c/s/once/0/1": {"first_name": "A\x00n\x1b"}})
    assert table[1][1] == "A n "
    assert read_workbook(workbook_of(table, "c"))["B2"].value == "A n "


def test_columns_of_lines_that_differ_are_all_there() -> None:
    table = rows({"c/s/once/0/1": {"city": "Gent"}, "c/s/once/0/2": {"street": "Kaai 1", "city": "Luik"}})
    assert table == [
        ["key", "city", "street", "result"],
        ["c/s/once/0/1", "Gent", "", ""],
        ["c/s/once/0/2", "Luik", "Kaai 1", ""],
    ]
