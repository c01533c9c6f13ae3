"""Taking lines out of the hand-over lists for good, by whose they are, and whole lists by their age."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from outreach.delivery.channels.handover import tables
from outreach.delivery.channels.handover.lists import Lists
from outreach.delivery.desk.reading import KEY
from outreach.delivery.keys import parse_key
from outreach.errors import OutreachError
from outreach.roster.reading import open_sheet
from outreach.storage.keeping import put


def remove(folder: Path, person: int) -> int:
    """Remove the lines of a person (by surrogate id) from every list. Returns how many they were.

    Raises:
        OutreachError: a list cannot be read any more, so that nobody can tell who stands in it.
    """
    lists = Lists(folder)
    removed = 0
    for name in lists.names():
        for kind in ("csv", "xlsx"):
            path = folder / name.file(kind)
            if path.exists():
                lines = _remove(path, kind, name.campaign, person)
                removed += lines if kind == "csv" else 0
    return removed


def remove_before(folder: Path, day: date) -> int:
    """Remove the lists of before that day; returns how many they were."""
    lists = Lists(folder)
    old = [name for name in lists.names() if name.day < day]
    for name in old:
        shutil.rmtree(lists.folder / name.folder)
    return len(old)


def _remove(path: Path, kind: str, title: str, person: int) -> int:
    with open_sheet(path) as sheet:
        header, rows = list(sheet.header), [list(row.cells) for row in sheet.rows]
    if KEY not in header:
        raise OutreachError(
            f"this is no hand-over list: there is no column {KEY}", where=str(path), remedy="Remove it, or mend it."
        )
    place = header.index(KEY)
    kept = [cells for cells in rows if len(cells) <= place or not _is_of(cells[place], person)]
    if len(kept) < len(rows):
        table = [header, *kept]
        put(path, tables.csv_of(table) if kind == "csv" else tables.workbook_of(table, title))
    return len(rows) - len(kept)


def _is_of(key: str, person: int) -> bool:
    try:
        return parse_key(key).person == person
    except OutreachError:  # a line that the desk wrote itself
        return False
