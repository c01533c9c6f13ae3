"""CSV as HR systems write it: any of four delimiters, quoted line breaks, stray quotes, blank lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

from outreach.errors import OutreachError
from outreach.roster.sources.decoding import encoding_of
from outreach.roster.sources.sheet import Row, Sheet, fit

_DELIMITERS = ";,\t|"
_SAMPLE = 1 << 16
#: The line by which Excel says its delimiter.
_EXCEL = re.compile(r"\ufeff?sep=(.)\s*\Z")


@contextmanager
def open_delimited(path: Path, encoding: str | None = None) -> Iterator[Sheet]:
    """A text file as a sheet.

    Raises:
        OutreachError: no header, an unreadable encoding, or a quote that never closes: it would hide rows, and
            whom they are about would seem to have left.
    """
    with path.open(encoding=encoding_of(path, encoding), newline="") as file:
        records = _Records(file, path.name)
        header = next((row for row in records if row.cells), None)
        if header is None or header.fault:
            raise OutreachError("there is no header", where=path.name, remedy="Name the columns on the first line.")
        # The mark stays where an encoding was named that knows of none, such as utf-16-le.
        names = tuple(cell.lstrip("\ufeff").strip() for cell in header.cells)
        yield Sheet(names, _fitted(records, len(names), path.name))


def _fitted(records: _Records, width: int, name: str) -> Iterator[Row]:
    for row in records:
        if len(row.cells) == width:
            yield row
            continue
        row = fit(row, width)
        if row.fault and records.line > row.line:
            raise _unclosed(name, row.line)
        if row.cells:
            yield row


class _Records:
    """The records of a text file, each with the line on which it starts."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._name = name
        self._last = ""
        #: The line that was read last.
        self.line = 0
        sample = file.read(_SAMPLE)
        file.seek(0)
        excel = _EXCEL.match(sample.split("\n", 1)[0])
        self._delimiter = excel[1] if excel else delimiter_of(sample)
        lines = self._remembered(file)
        if excel:
            next(lines)
        self._reader = csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _remembered(self, file: Iterable[str]) -> Iterator[str]:
        for line in file:
            self._last = line
            self.line += 1
            yield line

    def __iter__(self) -> Iterator[Row]:
        while True:
            start = self.line + 1
            try:
                yield Row(start, next(self._reader))
            except StopIteration:
                return
            except csv.Error as error:
                yield self._mended(start, error)

    def _mended(self, start: int, error: csv.Error) -> Row:
        """The row without strictness, so that whom it is about can be read; for one line only."""
        if self.line > start or "unexpected end" in str(error):
            raise _unclosed(self._name, start) from None
        try:
            cells = next(csv.reader([self._last], delimiter=self._delimiter))
        except csv.Error:
            cells = []
        return Row(start, cells, "a quote stands in the middle of a cell; inside quotes it must be doubled")


def _unclosed(name: str, line: int) -> OutreachError:
    return OutreachError(
        "a quote that opens here does not close where its cell ends, so the rows after it cannot be told apart",
        where=f"{name}:{line}",
        remedy="Close it, or double it where it belongs to the text; or ask for the file again if it was cut off.",
    )


def delimiter_of(sample: str) -> str:
    """The delimiter that splits the sample into the most columns that agree from row to row.

    Only `; , tab |` are tried; a comma when none occurs, as then there is one column.
    """
    # Without its last line, which may be cut off.
    complete = sample if len(sample) < _SAMPLE else sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1]
    scores = {delimiter: _score(complete, delimiter) for delimiter in _DELIMITERS}
    best = max(scores, key=lambda delimiter: scores[delimiter])
    return best if scores[best] else ","


def _score(sample: str, delimiter: str) -> float:
    try:
        rows = [row for row in islice(csv.reader(sample.splitlines(keepends=True), delimiter=delimiter), 50) if row]
    except csv.Error:
        return 0.0
    if not rows or len(rows[0]) == 1:
        return 0.0
    agree = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
    return agree * (len(rows[0]) - 1)
