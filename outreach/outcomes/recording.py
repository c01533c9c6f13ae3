"""Putting on record what people did, one by one or from a file; saying it twice changes nothing.

A sensitive offer has no outcome (`check` refuses one), so nothing here can say who asked for that help.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, select

from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError
from outreach.roster.reading import open_sheet
from outreach.roster.sources.sheet import Row, Sheet
from outreach.storage.inserting import insert_into
from outreach.storage.tables import outcome, person

#: Columns of a file of outcomes.
COLUMNS = ("person", "outcome", "date")
#: Rows looked up and written at a time; SQLite takes at most 32,766 parameters in a statement.
_CHUNK = 5000
#: Column -> what to do when it is wrong.
_REMEDIES = {
    "outcome": "Outcomes are named in outreach.yaml under `outcomes:`.",
    "date": "Say the day on which it happened, today or before: --on 2026-11-20.",
}
_NOBODY = "nobody in the roster has that number"


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody did something on a day."""

    #: The HR system's number.
    person: str
    outcome: str
    on: date


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that was not taken, by its place; never quotes the person."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a file of outcomes."""

    #: New on record.
    recorded: int
    #: On record already.
    known: int
    rejected: tuple[Rejection, ...]


def record(
    connection: Connection,
    sighting: Sighting,
    outcomes: Collection[str],
    now: datetime,
    today: date,
    source: str = "manual",
) -> bool:
    """Put one on record; False when it was already.

    Raises:
        OutreachError: there is no such person or outcome, or the day is still to come.
    """
    if wrong := _wrong(sighting, outcomes, today):
        raise OutreachError(wrong[1], remedy=_REMEDIES[wrong[0]])
    ids = _ids(connection, [sighting.person])
    if not ids:
        raise OutreachError(_NOBODY, remedy="Give the HR system's number of the person.")
    return _write(connection, [sighting], ids, now, source) == 1


def import_file(
    connection: Connection, path: Path, outcomes: Collection[str], now: datetime, today: date, source: str = "file"
) -> Recorded:
    """Put a file on record: CSV or a workbook with the columns person, outcome and date.

    Bad rows are named, the others taken.

    Raises:
        OutreachError: the file cannot be read or lacks a column.
    """
    rejected: list[Rejection] = []
    recorded = known = 0
    with open_sheet(path) as sheet:
        reader = _Reader(sheet, path, outcomes, today, rejected)
        while chunk := list(islice(reader, _CHUNK)):
            ids = _ids(connection, {sighting.person for _, sighting in chunk})
            rejected += [
                reader.rejection(line, "person", _NOBODY) for line, sighting in chunk if sighting.person not in ids
            ]
            taken = [sighting for _, sighting in chunk if sighting.person in ids]
            new = _write(connection, taken, ids, now, source)
            recorded, known = recorded + new, known + len(taken) - new
    return Recorded(recorded, known, tuple(sorted(rejected, key=lambda r: (r.line, r.column))))


class _Reader:
    """The rows of a file that can be read, each with its line; the others go to `rejected`."""

    def __init__(
        self, sheet: Sheet, path: Path, outcomes: Collection[str], today: date, rejected: list[Rejection]
    ) -> None:
        self._sheet = sheet
        self._places = _places(sheet, path)
        self._outcomes = outcomes
        self._today = today
        self._rejected = rejected
        self._rows = iter(self._sightings())

    def __iter__(self) -> Iterator[tuple[int, Sighting]]:
        return self._rows

    def rejection(self, line: int, column: str, message: str) -> Rejection:
        """A row that is not taken because of one of its cells."""
        return Rejection(line, self._places[column] + self._sheet.first_column, message)

    def _sightings(self) -> Iterator[tuple[int, Sighting]]:
        for row in self._sheet.rows:
            found = self._read(row)
            if isinstance(found, Rejection):
                self._rejected.append(found)
            else:
                yield row.line, found

    def _read(self, row: Row) -> Sighting | Rejection:
        if row.fault:
            return Rejection(row.line, self._sheet.first_column, row.fault)
        cells = {
            column: row.cells[place].strip() if place < len(row.cells) else "" for column, place in self._places.items()
        }
        empty = next((column for column in COLUMNS if not cells[column]), None)
        if empty:
            return self.rejection(row.line, empty, f"the {empty} is missing")
        try:
            sighting = Sighting(cells["person"], cells["outcome"], date.fromisoformat(cells["date"][:10]))
        except ValueError:
            return self.rejection(row.line, "date", "this is not a day; write it as 2026-11-20")
        wrong = _wrong(sighting, self._outcomes, self._today)
        return self.rejection(row.line, *wrong) if wrong else sighting


def _places(sheet: Sheet, path: Path) -> dict[str, int]:
    """Column -> its index in a row."""
    names = [name.strip().lower() for name in sheet.header]
    missing = [column for column in COLUMNS if column not in names]
    if missing:
        raise OutreachError(
            f"there is no column {' and no column '.join(missing)}",
            where=f"{path}:1:1",
            remedy=f"The first line names the columns: {','.join(COLUMNS)}.",
        )
    return {column: names.index(column) for column in COLUMNS}


def _wrong(sighting: Sighting, outcomes: Collection[str], today: date) -> tuple[str, str] | None:
    """The column that is wrong, and why."""
    if sighting.outcome not in outcomes:
        hint = advice(sighting.outcome, outcomes, "outcomes")
        return "outcome", f"there is no outcome {shown(sighting.outcome)}. {hint}"
    if sighting.on > today:
        return "date", "that day is still to come"
    return None


def _ids(connection: Connection, numbers: Collection[str]) -> dict[str, int]:
    """HR number -> surrogate id, of those there are."""
    rows = connection.execute(select(person.c.person_id, person.c.id).where(person.c.person_id.in_(numbers)))
    return {row.person_id: row.id for row in rows}


def _write(
    connection: Connection, sightings: Iterable[Sighting], ids: dict[str, int], now: datetime, source: str
) -> int:
    """Write those that are not on record; how many that were."""
    keys = {(ids[s.person], s.outcome, s.on) for s in sightings}
    if not keys:
        return 0
    columns = (outcome.c.person, outcome.c.outcome, outcome.c.occurred_on)
    mine = outcome.c.person.in_({key[0] for key in keys})
    new = keys - {tuple(row) for row in connection.execute(select(*columns).where(mine))}
    if new:
        connection.execute(
            insert_into(connection, outcome).on_conflict_do_nothing(),
            [
                {"person": who, "outcome": what, "occurred_on": on, "recorded_at": now, "source": source}
                for who, what, on in sorted(new)
            ],
        )
    return len(new)
