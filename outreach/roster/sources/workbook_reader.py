"""The first sheet of an Excel or OpenDocument workbook, its cells turned back into what the user sees.

A program of its own (`python -m outreach.roster.sources.workbook_reader FILE`), as the library lays out every cell up
to the last one in memory: one stray cell in the last row and column of a small file asks for 500 GB, and a process to
which they are refused ends. Prints JSON, a line each: the number of the first column, then rows as number and texts.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

Cell = int | float | str | bool | time | date | datetime | timedelta

#: Octets of memory: a million rows of thirty columns take a quarter of it.
_MOST = 4 * 2**30
#: How it ends where the file is no workbook that can be read.
UNREADABLE = 2


def main(path: str) -> int:
    """Print the sheet. Returns the status with which the process is to end."""
    _limit(resource.RLIMIT_AS, _MOST)
    _limit(resource.RLIMIT_CORE, 0)
    try:
        sheet = _first_sheet(path)
    except (CalamineError, OSError, ValueError, IndexError):
        return UNREADABLE
    print(json.dumps(sheet.start[1] + 1 if sheet.start else 1))
    for number, texts in _rows(sheet):
        print(json.dumps((number, texts)))
    return 0


def _limit(what: int, most: int) -> None:
    """No more than so much, nor than the operator allows."""
    allowed = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if allowed == resource.RLIM_INFINITY else min(most, allowed), allowed))


def _first_sheet(path: str) -> CalamineSheet:
    book = CalamineWorkbook.from_path(path)
    seen = [
        meta.name
        for meta in book.sheets_metadata
        if meta.visible is SheetVisibleEnum.Visible and meta.typ is SheetTypeEnum.WorkSheet
    ]
    return book.get_sheet_by_name((seen or book.sheet_names)[0])


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, by the numbers that the spreadsheet program shows."""
    # calamine leaves out empty columns before the first, which `first_column` makes up for, but no empty rows.
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = [shown(cell) for cell in cells]
        if any(texts):
            yield number, texts


def shown(cell: Cell) -> str:
    """A cell as text: whole numbers without `.0`, days as ISO 8601, yes and no as `true` and `false`."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
