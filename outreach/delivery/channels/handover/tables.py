"""A list as CSV and as a workbook, in which nothing that stands in a cell can run as a formula.

The CSV is as Belgian spreadsheets open one: UTF-8 with its mark, and semicolons. An apostrophe in front takes from a
cell what it would begin; the workbook needs none, as there a text is marked as one.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from outreach.delivery.desk.reading import KEY, RESULT
from outreach.delivery.desk.results import RESULTS

#: Control characters that no workbook may hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = frozenset("=+-@\u2212")
#: Width of columns in characters, at least and at most.
_WIDTHS = (10, 50)

Rows = Sequence[Sequence[str]]


def rows(lines: Mapping[str, Mapping[str, str]]) -> Rows:
    """Key -> column -> what stands there, as rows with a header; columns in the order in which they first come."""
    columns = list(dict.fromkeys(column for cells in lines.values() for column in cells))
    body = [[key, *(cells.get(column, "") for column in columns), ""] for key, cells in lines.items()]
    return [[KEY, *columns, RESULT], *([_CONTROL.sub(" ", cell) for cell in row] for row in body)]


def csv_of(table: Rows) -> bytes:
    """The table as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front where a spreadsheet might take it for a formula."""
    return f"'{cell}" if _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    if cell.startswith(("\t", "\r", "\n")):
        return True
    # What spreadsheets pass over before they look: blanks, and what cannot be seen.
    begin = next((char for char in cell if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc")), "")
    # Full-width letters and their like are, to some, the same as the plain ones.
    return unicodedata.normalize("NFKC", begin)[:1] in _FORMULA


def workbook_of(table: Rows, title: str) -> bytes:
    """The table as a workbook, with the results to choose from in its last column."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # it says nothing of its types
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    book = Workbook()
    sheet = book.active
    sheet.title = title[:31]
    for number, row in enumerate(table, 1):
        for place, text in enumerate(row, 1):
            _fill(sheet.cell(number, place), text)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    _offer_results(sheet, len(table), len(table[0]))
    _widen(sheet, table)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(cell: Any, text: str) -> None:
    cell.value = text or None
    if text:
        # A text, whatever it begins with, and still one after somebody has edited it.
        cell.data_type, cell.number_format, cell.quotePrefix = "s", "@", True


def _offer_results(sheet: Any, lines: int, place: int) -> None:
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
    from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]

    column = get_column_letter(place)
    choices = DataValidation(type="list", formula1=f'"{",".join(RESULTS)}"', allow_blank=True)
    choices.add(f"{column}2:{column}{max(lines, 2)}")
    sheet.add_data_validation(choices)


def _widen(sheet: Any, table: Rows) -> None:
    from openpyxl.utils import get_column_letter

    for place, cells in enumerate(zip(*table, strict=True), 1):
        longest = max(len(line) for cell in cells for line in cell.split("\n"))
        sheet.column_dimensions[get_column_letter(place)].width = min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1])
