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
from outreach.roster.columns import Columns, Rejection
from outreach.roster.numbers import surrogates
from outreach.roster.reading import open_sheet
from outreach.roster.sources.sheet import Sheet
from outreach.storage.inserting import insert_into
from outreach.storage.tables import outcome, seat

#: Columns of a file of outcomes.
COLUMNS = ("person", "outcome", "date")
#: A column that may be missing, and whose cells may be empty.
SESSION = "session"
#: Rows looked up and written at a time; SQLite takes at most 32,766 parameters in a statement.
_CHUNK = 5000
#: Column -> what to do when it is wrong.
_REMEDIES = {
    "outcome": "Outcomes are named in outreach.yaml under `outcomes:`.",
    SESSION: "Sessions are files in campaigns/sessions/; they count once they are published.",
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
    #: The session that it was about; empty: about none, or nobody said which.
    session: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to name."""

    #: Ids of outcomes.
    outcomes: Collection[str]
    #: Ids of sessions.
    sessions: Collection[str] = ()


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
    known: Known,
    now: datetime,
    today: date,
    source: str = "manual",
) -> bool:
    """Put one on record; False when it was already.

    Raises:
        OutreachError: there is no such person, outcome or session, or the day is still to come.
    """
    if wrong := wrong_with(sighting, known, today):
        raise OutreachError(wrong[1], remedy=_REMEDIES[wrong[0]])
    ids = surrogates(connection, [sighting.person])
    if not ids:
        raise OutreachError(_NOBODY, remedy="Give the HR system's number of the person.")
    return _write(connection, [sighting], ids, now, source) == 1


def happened(connection: Connection, who: int, what: str, on: date, now: datetime, source: str) -> bool:
    """Put on record what somebody did who is there for certain, by surrogate id; False when it was already."""
    return _write(connection, [Sighting("", what, on)], {"": who}, now, source) == 1


def is_told(connection: Connection, who: int, what: str, source: str) -> bool:
    """Whether it is on record of them from this source, on whatever day."""
    told = select(outcome.c.id).where(
        outcome.c.person == who, outcome.c.outcome == what, outcome.c.source == source
    )  # fmt: skip
    return connection.execute(told).first() is not None


def record_all(connection: Connection, sightings: Collection[Sighting], now: datetime, source: str) -> int:
    """Put on record those that nothing is wrong with; how many were not. Who is not in the roster is passed over."""
    new, rest = 0, iter(sightings)
    while chunk := list(islice(rest, _CHUNK)):
        ids = surrogates(connection, {sighting.person for sighting in chunk})
        new += _write(connection, [sighting for sighting in chunk if sighting.person in ids], ids, now, source)
    return new


def import_file(
    connection: Connection, path: Path, known: Known, now: datetime, today: date, source: str = "file"
) -> Recorded:
    """Put a file on record: CSV or a workbook with the columns person, outcome and date, and maybe session.

    Bad rows are named, the others taken.

    Raises:
        OutreachError: the file cannot be read or lacks a column.
    """
    rejected: list[Rejection] = []
    recorded = there = 0
    with open_sheet(path) as sheet:
        reader = _Reader(sheet, path, known, today, rejected)
        while chunk := list(islice(reader, _CHUNK)):
            ids = surrogates(connection, {sighting.person for _, sighting in chunk})
            rejected += [
                reader.rejection(line, "person", _NOBODY) for line, sighting in chunk if sighting.person not in ids
            ]
            taken = [sighting for _, sighting in chunk if sighting.person in ids]
            new = _write(connection, taken, ids, now, source)
            recorded, there = recorded + new, there + len(taken) - new
    return Recorded(recorded, there, tuple(sorted(rejected, key=lambda r: (r.line, r.column))))


class _Reader:
    """The rows of a file that can be read, each with its line; the others go to `rejected`."""

    def __init__(self, sheet: Sheet, path: Path, known: Known, today: date, rejected: list[Rejection]) -> None:
        self._columns = Columns(sheet, path, COLUMNS, SESSION)
        self._known = known
        self._today = today
        self._rejected = rejected
        self._rows = iter(self._sightings())
        self.rejection = self._columns.rejection

    def __iter__(self) -> Iterator[tuple[int, Sighting]]:
        return self._rows

    def _sightings(self) -> Iterator[tuple[int, Sighting]]:
        for found in self._columns.rows():
            read = found if isinstance(found, Rejection) else self._read(*found)
            if isinstance(read, Rejection):
                self._rejected.append(read)
            else:
                yield read

    def _read(self, line: int, cells: dict[str, str]) -> tuple[int, Sighting] | Rejection:
        try:
            on = date.fromisoformat(cells["date"][:10])
        except ValueError:
            return self.rejection(line, "date", "this is not a day; write it as 2026-11-20")
        sighting = Sighting(cells["person"], cells["outcome"], on, cells.get(SESSION, ""))
        wrong = wrong_with(sighting, self._known, self._today)
        return self.rejection(line, *wrong) if wrong else (line, sighting)


def wrong_with(sighting: Sighting, known: Known, today: date) -> tuple[str, str] | None:
    """The column that is wrong, and why; None where nothing is."""
    if sighting.outcome not in known.outcomes:
        hint = advice(sighting.outcome, known.outcomes, "outcomes")
        return "outcome", f"there is no outcome {shown(sighting.outcome)}. {hint}"
    if sighting.session and sighting.session not in known.sessions:
        hint = advice(sighting.session, known.sessions, "sessions")
        return SESSION, f"there is no session {shown(sighting.session)}. {hint}"
    if sighting.on > today:
        return "date", "that day is still to come"
    return None


#: Person, outcome, day and session (or none) of what is on record.
_Key = tuple[int, str, date, str]


def _write(
    connection: Connection, sightings: Iterable[Sighting], ids: dict[str, int], now: datetime, source: str
) -> int:
    """Write those that are not on record; how many that were."""
    keys: set[_Key] = {(ids[s.person], s.outcome, s.on, s.session) for s in sightings}
    new = sorted(keys - _on_record(connection, keys))
    if new:
        connection.execute(
            insert_into(connection, outcome).on_conflict_do_nothing(),
            [
                {"person": who, "outcome": what, "occurred_on": on, "recorded_at": now, "source": source}
                for who, what, on, _ in new
            ],
        )
        _take_seats(connection, [key for key in new if key[3]])
    return len(new)


def _on_record(connection: Connection, keys: Iterable[_Key]) -> set[_Key]:
    """What is known of these people, each outcome without a session and with every one that it was about."""
    whole = (outcome.c.person, outcome.c.outcome, outcome.c.occurred_on)
    rows = connection.execute(
        select(*whole, seat.c.session)
        .select_from(outcome.outerjoin(seat, seat.c.outcome == outcome.c.id))
        .where(outcome.c.person.in_({key[0] for key in keys}))
    ).all()
    return {(*row[:3], session) for row in rows for session in ("", row.session or "")}


def _take_seats(connection: Connection, keys: Iterable[_Key]) -> None:
    """Say of outcomes on record which session they were about."""
    about = {key[:3]: set[str]() for key in keys}
    for key in keys:
        about[key[:3]].add(key[3])
    if not about:
        return
    columns = (outcome.c.id, outcome.c.person, outcome.c.outcome, outcome.c.occurred_on)
    rows = connection.execute(select(*columns).where(outcome.c.person.in_({who for who, _, _ in about}))).all()
    connection.execute(
        insert_into(connection, seat).on_conflict_do_nothing(),
        [{"outcome": row.id, "session": session} for row in rows for session in sorted(about.get(tuple(row[1:]), ()))],
    )
