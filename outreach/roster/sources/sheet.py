"""What every source hands on: a header and rows of texts, each with the place where the user can find it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Row(NamedTuple):
    """One row as it stands in the file."""

    #: As the user sees it, counted from 1: the line of a text file on which the row starts, the row of a workbook.
    line: int
    cells: list[str]
    #: What is wrong with the row as a whole; empty when it can be read.
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts, read row by row."""

    #: Names of the columns; empty text where a column has none.
    header: tuple[str, ...]
    #: Each with as many cells as the header, unless it has a fault.
    rows: Iterator[Row]
    #: Number of the first column as the user sees it: 1, but for a workbook that starts further right.
    first_column: int = 1
    #: Whether bare numbers may be days counted from 1899-12-30, as spreadsheets do.
    serials: bool = False


def fit(row: Row, width: int) -> Row:
    """The row cut to `width` cells when only empty ones are over; with a fault when it cannot be made to fit.

    A short row is not filled up: an empty cell clears what is stored, and a short row says nothing of it.
    """
    if len(row.cells) == width or row.fault:
        return row
    if len(row.cells) > width and not any(cell.strip() for cell in row.cells[width:]):
        return Row(row.line, row.cells[:width])
    return Row(row.line, row.cells, f"the row has {len(row.cells)} cells and the header has {width}")
