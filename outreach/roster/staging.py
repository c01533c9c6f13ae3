"""A scratch table beside the database, so that a million rows pass through little memory.

It is a private temporary database of SQLite's: in memory while small, else in an unnamed file that is gone
when the process ends, whatever way it ends. So nothing of an import is locked until all of it has been judged.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from outreach.roster.judging import Judged, Rejection
from outreach.roster.values import Value

T = TypeVar("T")

#: Rows handled at a time; PostgreSQL takes at most 65,535 parameters a statement, SQLite 32,766.
BATCH = 1000
#: Good rows of a large file.
_MANY = 100

_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;
CREATE TABLE seen (person_id TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE staged (line INTEGER PRIMARY KEY, person_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE addition (line INTEGER PRIMARY KEY);
CREATE TABLE alteration (person INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE departure (person INTEGER PRIMARY KEY);
CREATE TABLE happening (person INTEGER, person_id TEXT, kind TEXT NOT NULL, effective_on TEXT NOT NULL);
CREATE TABLE correction (event INTEGER PRIMARY KEY, effective_on TEXT NOT NULL, days INTEGER NOT NULL);
"""


class Staged(NamedTuple):
    """One good row of the file."""

    line: int
    person_id: str
    #: In the order of the file's fields.
    values: list[Value | None]


class Staging:
    """What one import has read, and what it is going to do."""

    def __init__(self, kinds: Sequence[str]) -> None:
        """`kinds` are the types of the file's fields, in order: `date` fields are turned back into dates."""
        self._days = [index for index, kind in enumerate(kinds) if kind == "date"]
        # "" is a temporary database on disk; isolation_level=None, as there is nothing to roll back.
        self._scratch = sqlite3.connect("", isolation_level=None)
        self._scratch.executescript(_SCHEMA)

    def close(self) -> None:
        """Forget everything."""
        self._scratch.close()

    # --- the file ----------------------------------------------------------------------------------------

    def stage(self, rows: Sequence[Judged], column: int) -> list[Rejection]:
        """Keep the good rows; an id that came before is rejected. `column` is that of the id, for the user."""
        first = self._first_lines([row.person_id for row in rows if row.person_id])
        good, again, new = [], [], []
        for row in rows:
            if not row.person_id:
                continue
            line = first.setdefault(row.person_id, row.line)
            if line != row.line:
                again.append(Rejection(row.line, column, "person_id", f"the person stands on line {line} already"))
                continue
            new.append((row.person_id, row.line))
            if not row.rejections:
                good.append((row.line, row.person_id, json.dumps(row.values, default=date.isoformat)))
        self._write("INSERT INTO seen VALUES (?, ?)", new)
        self._write("INSERT INTO staged VALUES (?, ?, ?)", good)
        return again

    def _first_lines(self, person_ids: list[str]) -> dict[str, int]:
        query = "SELECT person_id, line FROM seen WHERE person_id IN (SELECT value FROM json_each(?))"
        return dict(self._scratch.execute(query, [json.dumps(person_ids)]))

    @property
    def is_large(self) -> bool:
        """Whether there are so many good rows that a database should look at its tables anew afterwards."""
        (rows,) = self._scratch.execute("SELECT count(*) FROM staged").fetchone()
        return int(rows) >= _MANY

    def staged(self) -> Iterator[list[Staged]]:
        """The good rows in the order of the file, in batches."""
        return self._batches(
            "SELECT line, person_id, body FROM staged ORDER BY line",
            lambda row: Staged(row[0], row[1], self._revived(json.loads(row[2]))),
        )

    def unseen(self, people: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
        """Those of (person, person_id) whose id no row of the file had."""
        seen = self._first_lines([person_id for _, person_id in people])
        return [found for found in people if found[1] not in seen]

    # --- what is to be done ------------------------------------------------------------------------------

    def forget_plan(self) -> None:
        """Forget what is to be done, to think of it anew."""
        for table in ("addition", "alteration", "departure", "happening", "correction"):
            self._scratch.execute(f"DELETE FROM {table}")  # noqa: S608 - the names stand in the line above

    def add(self, lines: Iterable[int]) -> None:
        """People to be added, by their line."""
        self._write("INSERT INTO addition VALUES (?)", ((line,) for line in lines))

    def alter(self, people: Iterable[tuple[int, dict[str, object]]]) -> None:
        """People to be altered, with the columns of `person` that get another value."""
        self._write(
            "INSERT INTO alteration VALUES (?, ?)",
            ((person, json.dumps(new, default=date.isoformat)) for person, new in people),
        )

    def depart(self, people: Iterable[int]) -> None:
        """People who have vanished."""
        self._write("INSERT INTO departure VALUES (?)", ((person,) for person in people))

    def happen(self, events: Iterable[tuple[int | None, str, str, date]]) -> None:
        """Events to be recorded: person (None: added now, so by the next), person_id, kind, day."""
        self._write(
            "INSERT INTO happening VALUES (?, ?, ?, ?)",
            ((person, person_id, kind, on.isoformat()) for person, person_id, kind, on in events),
        )

    def correct(self, corrections: Iterable[tuple[int, date, int]]) -> None:
        """Events to be dated anew: event, its day, and by how many days that is later."""
        self._write(
            "INSERT INTO correction VALUES (?, ?, ?)",
            ((event, on.isoformat(), days) for event, on, days in corrections),
        )

    def additions(self) -> Iterator[list[Staged]]:
        """The rows of the people to be added; days as ISO texts, as they go to the database."""
        return self._batches(
            "SELECT line, person_id, body FROM staged JOIN addition USING (line) ORDER BY line",
            lambda row: Staged(row[0], row[1], json.loads(row[2])),
        )

    def alterations(self) -> Iterator[list[tuple[int, dict[str, object]]]]:
        """As given to `alter`, dates as ISO texts."""
        return self._batches("SELECT person, body FROM alteration", lambda row: (row[0], json.loads(row[1])))

    def departures(self) -> Iterator[list[int]]:
        """As given to `depart`."""
        return self._batches("SELECT person FROM departure", lambda row: row[0])

    def happenings(self) -> Iterator[list[tuple[int | None, str, str, date]]]:
        """As given to `happen`."""
        return self._batches(
            "SELECT person, person_id, kind, effective_on FROM happening ORDER BY rowid",
            lambda row: (row[0], row[1], row[2], date.fromisoformat(row[3])),
        )

    def corrections(self) -> Iterator[list[tuple[int, date, int]]]:
        """As given to `correct`."""
        return self._batches(
            "SELECT event, effective_on, days FROM correction", lambda row: (row[0], date.fromisoformat(row[1]), row[2])
        )

    # --- the scratch database ----------------------------------------------------------------------------

    def _write(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._scratch.execute("BEGIN")
        self._scratch.executemany(statement, rows)
        self._scratch.execute("COMMIT")

    def _batches(self, query: str, read: Callable[[tuple[Any, ...]], T]) -> Iterator[list[T]]:
        found = self._scratch.execute(query)
        while batch := [read(row) for row in islice(found, BATCH)]:
            yield batch

    def _revived(self, values: list[Value | None]) -> list[Value | None]:
        for index in self._days:
            text = values[index]
            if text is not None:
                values[index] = date.fromisoformat(str(text))
        return values
