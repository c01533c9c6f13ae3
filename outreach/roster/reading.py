"""Opening a roster, whatever it comes as: a text file, a workbook, or rows from a program."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path

from outreach.errors import OutreachError
from outreach.roster.sources.delimited import open_delimited
from outreach.roster.sources.sheet import Row, Sheet
from outreach.roster.sources.workbook import is_workbook, open_workbook

#: A person as a program gives it: column name -> value. The first one's columns are those of all; a value that is not
#: there is an empty cell.
Record = Mapping[str, object]

#: Ends of names that promise a workbook; .xls is not among them, as HR systems call tables of text so.
_WORKBOOKS = (".xlsx", ".xlsm", ".ods")


def open_sheet(source: Path | str | Iterable[Record], encoding: str | None = None) -> AbstractContextManager[Sheet]:
    """The roster as a sheet; `encoding` overrules what a text file seems to be in.

    Raises:
        OutreachError: it does not exist or cannot be read; when entered, that it has no header.
    """
    if not isinstance(source, (Path, str)):
        return _open_records(source)
    path = Path(source)
    try:
        if is_workbook(path):
            return open_workbook(path)
        if path.suffix.lower() in _WORKBOOKS:
            raise OutreachError(
                f"the workbook cannot be read: it is damaged, or no {path.suffix} at all",
                where=path.name,
                remedy="Ask for the file again, or open it in a spreadsheet and save it anew; text ends in .csv.",
            )
        return open_delimited(path, encoding)
    except OSError as error:
        raise OutreachError(
            f"the roster cannot be opened: {error.strerror}", where=str(path), remedy="Check the path."
        ) from None


@contextmanager
def _open_records(records: Iterable[Record]) -> Iterator[Sheet]:
    rows = iter(records)
    first = next(rows, None)
    if first is None:
        yield Sheet(("person_id",), iter(()))
        return
    header = tuple(first)
    yield Sheet(header, _texts(header, first, rows))


def _texts(header: tuple[str, ...], first: Record, rest: Iterator[Record]) -> Iterator[Row]:
    # Numbered as they would be in a file, with the header on line 1.
    yield Row(2, [_text(first[name]) for name in header])
    for line, record in enumerate(rest, 3):
        cells = [_text(record.get(name)) for name in header]
        strange = len(record.keys() - set(header))
        yield Row(line, cells, f"the row has {strange} columns that the first has not" if strange else "")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
