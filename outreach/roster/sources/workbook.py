"""Workbooks, read by a process of its own (`workbook_reader`), so that no file can take this one with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from outreach.errors import OutreachError
from outreach.roster.sources.sheet import Row, Sheet, fit

#: Of zip files (xlsx, ods) and of OLE files (xls, and encrypted xlsx).
_MAGIC = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
#: With which the reader ends where it is no workbook that can be read (`workbook_reader.UNREADABLE`).
_UNREADABLE = 2


def is_workbook(path: Path) -> bool:
    """Whether the file starts as a workbook does, whatever its name says."""
    with path.open("rb") as file:
        return file.read(4) in _MAGIC


@contextmanager
def open_workbook(path: Path) -> Iterator[Sheet]:
    """The first sheet, as `workbook_reader` says it.

    Raises:
        OutreachError: it is damaged, encrypted, empty, or too large.
    """
    # -P: a file in the user's own folder must not be taken for one of our modules.
    command = [sys.executable, "-P", "-m", "outreach.roster.sources.workbook_reader", str(path.absolute())]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nowhere, stdout=subprocess.PIPE, stderr=nowhere) as reader:  # noqa: S603
        assert reader.stdout
        try:
            yield _sheet(path.name, reader, reader.stdout)
        finally:
            reader.kill()


def _sheet(name: str, reader: subprocess.Popen[bytes], lines: IO[bytes]) -> Sheet:
    first = lines.readline()
    if not first:
        _judge(name, reader)
    rows = _rows(name, reader, lines)
    header = next(rows, None)
    if header is None:
        raise OutreachError("the workbook is empty", where=name, remedy="Put the roster on its first sheet.")
    names = tuple(cell.strip() for cell in header.cells)
    return Sheet(names, (fit(row, len(names)) for row in rows), first_column=json.loads(first), serials=True)


def _rows(name: str, reader: subprocess.Popen[bytes], lines: IO[bytes]) -> Iterator[Row]:
    """To the last one: a reader that died before it must not pass for the end of the roster."""
    for line in lines:
        if line.endswith(b"\n"):
            yield Row(*json.loads(line))
    _judge(name, reader)


def _judge(name: str, reader: subprocess.Popen[bytes]) -> None:
    status = reader.wait()
    if status == _UNREADABLE:
        raise OutreachError(
            "the workbook cannot be read: it is damaged or protected by a password",
            where=name,
            remedy="Open it in a spreadsheet program and save it again as xlsx or CSV, without a password.",
        )
    if status:
        raise OutreachError(
            "the workbook takes more memory than there is for it: a cell may stand far from all others",
            where=name,
            remedy="Look where its sheet ends (Ctrl+End), remove what is behind the roster, or save it as CSV.",
        )
