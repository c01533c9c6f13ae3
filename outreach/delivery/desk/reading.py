"""A list that the desk has filled in, read back line by line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from outreach.errors import OutreachError
from outreach.roster.reading import open_sheet
from outreach.roster.sources.sheet import Row, Sheet

#: The first column of a list: which delivery it is. The last one is for the desk to fill in.
KEY = "key"
RESULT = "result"
_AGAIN = "Copy the line as it stands in the list that was handed over."


@dataclass(frozen=True, slots=True)
class Said:
    """What the desk says of one delivery."""

    key: str
    #: As it was written; empty: nothing yet.
    result: str
    #: Where it stands; empty: it was said as a command.
    where: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """What was said and cannot be taken; never quotes a person."""

    where: str
    message: str
    remedy: str


@contextmanager
def opened(path: Path) -> Iterator[Iterator[Said | Refused]]:
    """The lines of a list, CSV or a workbook, in any order and with any other columns.

    Raises:
        OutreachError: it cannot be read, or lacks one of the two columns that count.
    """
    with open_sheet(path) as sheet:
        yield _lines(sheet, path, _place(sheet, path, KEY), _place(sheet, path, RESULT))


def _place(sheet: Sheet, path: Path, column: str) -> int:
    names = [name.strip().lower() for name in sheet.header]
    if column not in names:
        raise OutreachError(
            f"this is no hand-over list: there is no column {column}",
            where=f"{path}:1:1",
            remedy=f"Name a list that was handed over, with its columns {KEY} and {RESULT}.",
        )
    return names.index(column)


def _lines(sheet: Sheet, path: Path, key: int, result: int) -> Iterator[Said | Refused]:
    for row in sheet.rows:
        if row.fault:
            yield Refused(f"{path}:{row.line}:{sheet.first_column}", row.fault, _AGAIN)
        else:
            yield _line(row, f"{path}:{row.line}", sheet.first_column, key, result)


def _line(row: Row, line: str, first: int, key: int, result: int) -> Said | Refused:
    said = Said(row.cells[key].strip(), row.cells[result].strip(), f"{line}:{result + first}")
    if not said.key and said.result:
        return Refused(f"{line}:{key + first}", "there is a result and no key", _AGAIN)
    return said
