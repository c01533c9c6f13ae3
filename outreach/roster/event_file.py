"""A file of events, read row by row: what can be taken, and what is wrong with the rest, by line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from outreach.roster import values
from outreach.roster.columns import Columns, Rejection
from outreach.roster.happenings import Happening, wrong
from outreach.roster.reading import open_sheet

#: Columns that a file of events must have, and the one that it may.
COLUMNS = ("person", "event", "date")
WITHDRAWN = "withdrawn"


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
        columns = Columns(sheet, path, COLUMNS, WITHDRAWN)
        for found in columns.rows():
            if isinstance(found, Rejection):
                told.rejected.append(found)
                continue
            line, cells = found
            happening = _read(cells, today, serials=sheet.serials)
            if isinstance(happening, Happening):
                (told.withdrawn if _is_withdrawn(cells) else told.happened).append(happening)
            else:
                told.rejected.append(columns.rejection(line, *happening))
    return told


def _read(cells: dict[str, str], today: date, *, serials: bool) -> Happening | tuple[str, str]:
    """The event, or the column that is wrong, and why."""
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
