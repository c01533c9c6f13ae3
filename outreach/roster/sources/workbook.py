"""The first sheet of an Excel or OpenDocument workbook, its cells turned back into what the user sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.errors import OutreachError
from outreach.roster.sources.sheet import Row, Sheet, fit

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

Cell = int | float | str | bool | time | date | datetime | timedelta

#: Of zip files (xlsx, ods) and of OLE files (xls, and encrypted xlsx).
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def is_workbook(path: Path) -> bool:
    """Whether the file starts as a workbook does, whatever its name says."""
    with path.open("rb") as file:
        return file.read(4) in _MAGIC


@contextmanager
def open_workbook(path: Path) -> Iterator[Sheet]:
    """The first sheet; the workbook is held in memory as a whole, as its format cannot be streamed.

    Raises:
        OutreachError: it is damaged, encrypted or empty.
    """
    sheet = _first_sheet(path)
    rows = _rows(sheet)
    header = next(rows, None)
    if header is None:
        raise OutreachError("the workbook is empty", where=path.name, remedy="Put the roster on its first sheet.")
    names = tuple(cell.strip() for cell in header.cells)
    first = sheet.start[1] + 1 if sheet.start else 1
    yield Sheet(names, (fit(row, len(names)) for row in rows), first_column=first, serials=True)


def _first_sheet(path: Path) -> CalamineSheet:
    # Here, so that who imports CSV does not load it.
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_path(str(path))
        seen = [
            meta.name
            for meta in book.sheets_metadata
            if meta.visible is SheetVisibleEnum.Visible and meta.typ is SheetTypeEnum.WorkSheet
        ]
        return book.get_sheet_by_name((seen or book.sheet_names)[0])
    except (CalamineError, OSError, ValueError, IndexError):
        raise OutreachError(
            "the workbook cannot be read: it is damaged or protected by a password",
            where=path.name,
            remedy="Open it in a spreadsheet program and save it again as xlsx or CSV, without a password.",
        ) from None


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    """The rows that hold something, by the numbers that the spreadsheet program shows."""
    # calamine leaves out empty columns before the first, which `first_column` makes up for, but no empty rows.
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = [shown(cell) for cell in cells]
        if any(texts):
            yield Row(number, texts)


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
