"""Judging rows: what of a file can be taken, and what is wrong with the rest, by line and column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import String

from outreach.definitions.model import Field, Workspace
from outreach.roster import values
from outreach.roster.addresses import mailable
from outreach.roster.mapping import Column, Columns
from outreach.roster.sources.sheet import Row, Sheet
from outreach.roster.values import HOSTILE, Refused, Value
from outreach.storage.tables import person

#: Years that a roster can speak of: from here to 100 years from now.
FIRST_YEAR, YEARS_AHEAD = 1900, 100
MOST_CHILDREN = 30
#: Longest text in a field of the organisation's own, in characters.
LONGEST_TEXT = 1000
#: Distinct texts of a column whose values are kept at hand.
_REMEMBERED = 20_000
_UNSEEN: Any = object()
#: How Excel, in English, Dutch, French and German, writes a cell whose formula failed.
_SPOILT = re.compile(
    "#(N/A|N/B|NV|REF!|VERW!|BEZUG!|VALUE!|WAARDE!|VALEUR!|WERT!|NAME\\?|NAAM\\?|NOM\\?"
    "|DIV/0!|DEEL/0!|NUM!|GETAL!|NOMBRE!|ZAHL!|NULL!|LEEG!|NUL!)"
)
_SPOILT_SAID = "a formula failed here in the spreadsheet; mend it there, or leave the cell empty"
#: A long number as a spreadsheet shows it in a narrow column: `1,04733E+05`. Several people then have the same one.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row, or a cell of it, was not taken. Holds no name, address or date of anybody."""

    #: As the user sees it: the line of the text file on which the row starts, or the row of the workbook.
    line: int
    #: Counted from 1; 0 where the row as a whole is meant.
    column: int
    #: Our field; empty where the row as a whole is meant.
    field: str
    message: str


class Judged(NamedTuple):
    """One row, judged."""

    line: int
    #: Empty when it cannot be read.
    person_id: str
    #: In the order of `Judge.fields`; None where a cell is empty.
    values: tuple[Value | None, ...]
    rejections: tuple[Rejection, ...]


class Judge:
    """Judges the rows of one file; `today` is the civil day on which a birth can be in the future."""

    def __init__(self, sheet: Sheet, columns: Columns, workspace: Workspace, today: date) -> None:
        self._first = sheet.first_column
        self._key = columns.key
        self._readers = [_Reader(column, today, sheet.serials) for column in columns.used]
        # Unpacked, as this is done a million times a file: index of the cell, what was read before, how to read.
        self._plan = [(reader.index, reader.memo, reader.read) for reader in self._readers]
        #: The fields of the values, in their order.
        self.fields = tuple(column.field for column in columns.used)
        self._at = {field.name: index for index, field in enumerate(self.fields)}

    def judge(self, row: Row) -> Judged:
        """The row's values, or what is wrong with them: every cell's fault, not only the first."""
        if row.fault:
            fault = Rejection(row.line, 0, "", row.fault)
            return Judged(row.line, self._person_id(row), (), (fault,))
        cells = row.cells
        try:
            taken = tuple(
                [
                    read(cells[index]) if (value := memo.get(cells[index], _UNSEEN)) is _UNSEEN else value
                    for index, memo, read in self._plan
                ]
            )
        except Refused:
            return Judged(row.line, self._person_id(row), (), tuple(self._faults(row)))
        faults = tuple(self._contradictions(row.line, taken))
        return Judged(row.line, str(taken[self._at["person_id"]]), () if faults else taken, faults)

    def _person_id(self, row: Row) -> str:
        """Whom a rejected row is about, so that they do not seem to have left."""
        reader = self._readers[self._at["person_id"]]
        try:
            return str(reader.read(row.cells[self._key])) if len(row.cells) > self._key else ""
        except Refused:
            return ""

    def _faults(self, row: Row) -> Iterator[Rejection]:
        for reader in self._readers:
            try:
                reader.read(row.cells[reader.index])
            except Refused as refused:
                yield Rejection(row.line, self._first + reader.index, reader.field.name, str(refused))

    def _contradictions(self, line: int, taken: tuple[Value | None, ...]) -> Iterator[Rejection]:
        born, hired = self._at.get("born_on"), self._at.get("hired_on")
        if born is None or hired is None:
            return
        birth, hiring = taken[born], taken[hired]
        if isinstance(birth, date) and isinstance(hiring, date) and hiring <= birth:
            column = self._first + self._readers[hired].index
            yield Rejection(line, column, "hired_on", "hired before being born; see born_on")


class _Reader:
    """Reads the cells of one column, and remembers what it has read: most columns repeat a few texts."""

    def __init__(self, column: Column, today: date, serials: bool) -> None:
        self.index = column.index
        self.field = column.field
        self.memo: dict[str, Value | None] = {}
        self._codes = column.codes
        self._convert = _converter(column.field, today, serials)
        self._required = column.field.name in ("person_id", "status")

    def read(self, cell: str) -> Value | None:
        if cell in self.memo:
            return self.memo[cell]
        value = self._value(cell)
        if len(self.memo) >= _REMEMBERED:
            self.memo.clear()
        self.memo[cell] = value
        return value

    def _value(self, cell: str) -> Value | None:
        if found := HOSTILE.search(cell):
            raise Refused(_named(found[0]))
        text = cell.strip()
        if self.field.name == "person_id" and not text.isascii():
            # What nobody sees, as a copy from a web page brings along, would make another person of the same one.
            text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf").strip()
        if not text:
            if self._required:
                raise Refused(f"there is no {self.field.name}")
            return None
        if _SPOILT.fullmatch(text) and text.casefold() not in self._codes:
            raise Refused(_SPOILT_SAID)
        if self.field.name == "person_id" and _SHORTENED.fullmatch(text):
            raise Refused("a spreadsheet has shortened this number; make its column one of text and export it again")
        if not text.isascii():
            # One spelling of each letter, so that a file from another system does not change every name.
            text = unicodedata.normalize("NFC", text)
        return self._convert(self._codes.get(text.casefold(), text))


def _named(character: str) -> str:
    known = {"\n": "a line break", "\r": "a carriage return", "\t": "a tab", "\0": "a NUL"}
    what = known.get(character) or f"the control character U+{ord(character):04X}"
    return f"the cell contains {what}; remove it"


def _converter(field: Field, today: date, serials: bool) -> Callable[[str], Value]:
    """How a text of this field becomes its value."""
    special = _special(field)
    if special and not field.custom:
        return special
    match field.type:
        case "date":
            return lambda text: _likely(field.name, values.day(text, serials=serials), today)
        case "choice":
            return values.choice(field)
        case "whole number":
            return values.whole_number
        case "number":
            return values.number
        case "yes/no":
            return values.yes_no
        case "text":
            limit = _limit(field)
            return lambda text: _short(text, limit)


def _special(field: Field) -> Callable[[str], Value] | None:
    match field.name:
        case "email" | "private_email":
            return mailable
        case "language":
            return values.language
        case "time_zone":
            return values.time_zone
        case "children":
            return _children
        case _:
            return None


def _likely(name: str, day: date, today: date) -> date:
    if day.year < FIRST_YEAR:
        raise Refused(f"the date lies before {FIRST_YEAR}")
    if day.year > today.year + YEARS_AHEAD:
        raise Refused(f"the date lies more than {YEARS_AHEAD} years ahead")
    if name == "born_on" and day > today:
        raise Refused("born in the future")
    return day


def _children(text: str) -> int:
    count = values.whole_number(text)
    if not 0 <= count <= MOST_CHILDREN:
        raise Refused(f"the number of children is not between 0 and {MOST_CHILDREN}")
    return count


def _limit(field: Field) -> int:
    if field.custom:
        return LONGEST_TEXT
    kind = person.c[field.name].type
    return (isinstance(kind, String) and kind.length) or LONGEST_TEXT


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Refused(f"the text is longer than {limit} characters")
    return text
