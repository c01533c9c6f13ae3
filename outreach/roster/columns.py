"""Small files that name people by their number: where the columns stand, and what is wrong with a row, by its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from outreach.errors import OutreachError
from outreach.roster.sources.sheet import Row, Sheet


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken, by its place; never quotes the person."""

    line: int
    column: int
    message: str


class Columns:
    """The columns of one sheet: those that it must have, and those that it may."""

    def __init__(self, sheet: Sheet, path: Path, required: tuple[str, ...], optional: str) -> None:
        """Find them.

        Raises:
            OutreachError: one that must be there is not.
        """
        self._sheet = sheet
        self._required = required
        names = [name.strip().lower() for name in sheet.header]
        if missing := [column for column in required if column not in names]:
            raise OutreachError(
                f"there is no column {' and no column '.join(missing)}",
                where=f"{path}:1:1",
                remedy=f"The first line names the columns: {','.join(required)}, and {optional} if you like.",
            )
        self._places = {column: names.index(column) for column in (*required, optional) if column in names}

    def rows(self) -> Iterator[tuple[int, dict[str, str]] | Rejection]:
        """Each row that is not blank: its line and its cells by column; or what is wrong with it."""
        for row in self._sheet.rows:
            if any(row.cells) or row.fault:
                yield self._read(row)

    def rejection(self, line: int, column: str, message: str) -> Rejection:
        """A row that is not taken because of one of its cells."""
        return Rejection(line, self._places[column] + self._sheet.first_column, message)

    def _read(self, row: Row) -> tuple[int, dict[str, str]] | Rejection:
        if row.fault:
            return Rejection(row.line, self._sheet.first_column, row.fault)
        cells = {column: row.cells[place].strip() for column, place in self._places.items()}
        if empty := next((column for column in self._required if not cells[column]), None):
            return self.rejection(row.line, empty, f"the {empty} is missing")
        return row.line, cells
