"""A file of events, read row by row: what can be taken, and what is wrong with the rest, by line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from outreach.errors import OutreachError
from outreach.roster import values
from outreach.roster.happenings import Happening, wrong
from outreach.roster.reading import open_sheet
from outreach.roster.sources.sheet import Row, Sheet

#: Columns that a file of events must have, and the one that it may.
COLUMNS = ("person", "event", "date")
WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken, by its place; never quotes the person."""

    line: int
    column: int
    message: str


@dataclass(slots=True)
class Told:
    """What a file says."""

    happened: list[Happening] = field(default_factory=list)
    #: Did not happen after all.
    withdrawn: list[Happening] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)


def read(path: Path, today: date) -> Told:
    """The events of a CSV file or a workbook.

    Raises:
        OutreachError: it cannot be read or lacks a column.
    """
    told = Told()
    with open_sheet(path) as sheet:
        places = _places(sheet, path)
        for row in sheet.rows:
            if any(row.cells) or row.fault:
                _take(row, places, sheet, today, told)
    return told


def _places(sheet: Sheet, path: Path) -> dict[str, int]:
    """Column -> its index in a row."""
    names = [name.strip().lower() for name in sheet.header]
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise OutreachError(
            f"there is no column {' and no column '.join(missing)}",
            where=f"{path}:1:1",
            remedy=f"The first line names the columns: {','.join(COLUMNS)}, and {WITHDRAWN} where there is such a one.",
        )
    return {column: names.index(column) for column in (*COLUMNS, WITHDRAWN) if column in names}


def _take(row: Row, places: dict[str, int], sheet: Sheet, today: date, told: Told) -> None:
    if row.fault:
        told.rejected.append(Rejection(row.line, sheet.first_column, row.fault))
        return
    cells = {column: row.cells[place].strip() for column, place in places.items()}
    found = _read(cells, today, serials=sheet.serials)
    if isinstance(found, Happening):
        (told.withdrawn if _is_withdrawn(cells) else told.happened).append(found)
    else:
        column, message = found
        told.rejected.append(Rejection(row.line, places[column] + sheet.first_column, message))


def _read(cells: dict[str, str], today: date, *, serials: bool) -> Happening | tuple[str, str]:
    """The event, or the column that is wrong, and why."""
    if empty := next((column for column in COLUMNS if not cells[column]), None):
        return empty, f"the {empty} is missing"
    column = "date"
    try:
        happening = Happening(cells["person"], cells["event"].lower(), values.day(cells["date"], serials=serials))
        column = WITHDRAWN
        _is_withdrawn(cells)
    except values.Refused as refused:
        return column, str(refused)
    return wrong(happening, today) or happening


def _is_withdrawn(cells: dict[str, str]) -> bool:
    return bool(cells.get(WITHDRAWN)) and values.yes_no(cells[WITHDRAWN])
