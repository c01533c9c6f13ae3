"""Comparing a file with the roster, a thousand people at a time: what is new, what changed, who vanished.

It only reads; what is to be done goes into the staging, so that a dry run and a real one say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from outreach.definitions.model import Field
from outreach.roster import among
from outreach.roster.changes import Facts, arrival, events, is_redating
from outreach.roster.happenings import told_dead, withdrawn
from outreach.roster.judging import Rejection
from outreach.roster.preferences import chosen_language
from outreach.roster.report import LISTED
from outreach.roster.staging import BATCH, Staged, Staging
from outreach.roster.tombstones import erased
from outreach.roster.values import Value
from outreach.storage.tables import event, person

#: What the comparison needs of a person, besides the fields of the file.
_ALWAYS = ("id", "person_id", "source", "status", "hired_on", "retired_on", "attributes")
#: Column of the query: an event that HR handed in by itself says that the person died.
_TOLD_DEAD = "told_dead"
#: Column of the query: the language that the person chose for themselves, if they did.
_CHOSEN = "chosen_language"
#: What the files show to have happened to a person: our number (None while new), person_id, kind, day.
Shown = tuple[int | None, str, str, date]


class Difference:
    """The difference of one file with the roster, counted."""

    def __init__(
        self, fields: tuple[Field, ...], source: str, *, first: bool, complete: bool, key_column: int, today: date
    ) -> None:
        """`first`: nothing of this source was imported before, so nothing that it says is an event.

        `complete`: who is not in the file has left.
        """
        self._source, self._first, self._complete, self._today = source, first, complete, today
        self._key_column = key_column
        self._own = {field.name: index for index, field in enumerate(fields) if not field.custom}
        self._custom = {field.name: index for index, field in enumerate(fields) if field.custom}
        names = dict.fromkeys((*_ALWAYS, *self._own))
        columns = [person.c[name] for name in names]
        self._query: Select[Any] = select(
            *columns, told_dead(source).label(_TOLD_DEAD), chosen_language().label(_CHOSEN)
        )
        self.added = self.changed = self.unchanged = self.present = self.vanished = self.redated = 0
        self.events: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()
        #: People whom another source speaks for; the first `LISTED` of them.
        self.rejected: list[Rejection] = []
        self.rejected_rows = 0
        #: People whom the file has alive, and an event dead: the event counts until it is withdrawn.
        self.kept_dead = 0
        #: People who were erased, and are passed over.
        self.erased = 0
        #: Source -> how many of the file's people it speaks for.
        self.elsewhere: Counter[str] = Counter()

    def find(self, connection: Connection, staging: Staging) -> None:
        """Compare everything, and write down in the staging what is to be done."""
        for batch in staging.staged():
            self._compare(connection, staging, batch)
        for people in self._people_of_source(connection) if self._complete else ():
            self._miss(connection, staging, people)

    def _compare(self, connection: Connection, staging: Staging, batch: list[Staged]) -> None:
        known = self._known(connection, batch)
        happenings: list[Shown] = []
        redatings: list[tuple[int, date]] = []
        gone = erased(connection, [row.person_id for row in batch if row.person_id not in known])
        self.erased += len(gone)
        batch = [row for row in batch if row.person_id not in gone]
        staging.add(row.line for row in self._new(batch, known, happenings))
        staging.alter(list(self._altered(batch, known, happenings, redatings)))
        self._remember(connection, staging, happenings)
        staging.correct(list(self._redated(connection, redatings)))

    def _known(self, connection: Connection, batch: list[Staged]) -> dict[str, Row[Any]]:
        ids = among.texts(connection, (row.person_id for row in batch))
        rows = connection.execute(self._query.where(person.c.person_id.in_(ids)))
        return {row.person_id: row for row in rows}

    # --- people the roster does not know -----------------------------------------------------------------

    def _new(self, batch: list[Staged], known: dict[str, Row[Any]], happenings: list[Shown]) -> Iterator[Staged]:
        for row in batch:
            if row.person_id in known:
                continue
            self.added += 1
            if not self._first:
                facts = {"status": "active", **self._facts(row)}
                happenings += ((None, row.person_id, kind, on) for kind, on in arrival(facts, self._today))
            yield row

    def _facts(self, row: Staged) -> Facts:
        return {name: row.values[index] for name, index in self._own.items()}

    # --- people it knows ---------------------------------------------------------------------------------

    def _altered(
        self,
        batch: list[Staged],
        known: dict[str, Row[Any]],
        happenings: list[Shown],
        redatings: list[tuple[int, date]],
    ) -> Iterator[tuple[int, dict[str, object]]]:
        for row in batch:
            stored = known.get(row.person_id)
            if stored is None or self._belongs_elsewhere(row, stored):
                continue
            before = stored._asdict()
            if new := self._differences(row, before):
                self._note(before, new, happenings, redatings)
                yield stored.id, new
            else:
                self.unchanged += 1

    def _belongs_elsewhere(self, row: Staged, stored: Row[Any]) -> bool:
        """Two sources that both speak of a person would undo one another's word every night."""
        if stored.source == self._source or stored.status == "left":
            return False
        message = (
            f"the source {stored.source!r} speaks for this person; "
            "another can take over only once the person has left there"
        )
        self.rejected_rows += 1
        self.elsewhere[stored.source] += 1
        if len(self.rejected) < LISTED:
            self.rejected.append(Rejection(row.line, self._key_column, "person_id", message))
        return True

    def _differences(self, row: Staged, before: Facts) -> dict[str, object]:
        """Columns of `person` that get another value."""
        new: dict[str, object] = {
            name: row.values[index] for name, index in self._own.items() if row.values[index] != before[name]
        }
        if before[_CHOSEN]:
            new.pop("language", None)
        if before["status"] == "left" and "status" not in self._own:
            new["status"] = "active"
        if before[_TOLD_DEAD] and before["status"] == "died" and new.pop("status", None):
            self.kept_dead += 1
        if before["source"] != self._source:
            new["source"] = self._source
        if self._custom and (attributes := self._attributes(row, before["attributes"])) != before["attributes"]:
            new["attributes"] = attributes
        return new

    def _attributes(self, row: Staged, stored: dict[str, Value]) -> dict[str, Value]:
        return {name: value for name, value in (stored | attributes_of(row, self._custom)).items() if value is not None}

    def _note(
        self, before: Facts, new: dict[str, object], happenings: list[Shown], redatings: list[tuple[int, date]]
    ) -> None:
        self.changed += 1
        self.changes.update(self._named(before, new))
        after = before | new
        person_, person_id = before["id"], before["person_id"]
        if not self._first:
            happenings += ((person_, person_id, kind, on) for kind, on in events(before, after, self._today))
        if is_redating(before, after):
            redatings.append((person_, after["hired_on"]))

    def _named(self, before: Facts, new: dict[str, object]) -> Iterator[str]:
        """The fields that changed; the organisation's own each by its name."""
        yield from (name for name in new if name != "attributes")
        if isinstance(attributes := new.get("attributes"), dict):
            yield from (name for name in self._custom if before["attributes"].get(name) != attributes.get(name))

    # --- what happened -----------------------------------------------------------------------------------

    def _remember(self, connection: Connection, staging: Staging, happenings: list[Shown]) -> None:
        new = list(self._unrecorded(connection, happenings))
        self.events.update(kind for _, _, kind, _ in new)
        staging.happen(new)

    def _unrecorded(self, connection: Connection, happenings: list[Shown]) -> Iterator[Shown]:
        """Those that are not on record and were not withdrawn; nothing at all at a first import."""
        if self._first or not happenings:
            return
        known = among.numbers(connection, {person_ for person_, _, _, _ in happenings if person_})
        query = select(event.c.person, event.c.kind, event.c.effective_on).where(event.c.person.in_(known))
        recorded = {tuple(row) for row in connection.execute(query)}
        taken_back = withdrawn(connection, {item[1] for item in happenings})
        yield from (item for item in happenings if (item[0], *item[2:]) not in recorded and item[1:] not in taken_back)

    def _redated(self, connection: Connection, redatings: list[tuple[int, date]]) -> Iterator[tuple[int, date, int]]:
        """The last `hired` of each person, its day corrected, unless there is one on that day already."""
        if not redatings:
            return
        query = (
            select(event.c.id, event.c.person, event.c.effective_on)
            .where(event.c.kind == "hired", event.c.person.in_(among.numbers(connection, dict(redatings))))
            .order_by(event.c.effective_on)
        )
        hirings: dict[int, dict[date, int]] = {}
        for row in connection.execute(query):
            hirings.setdefault(row.person, {})[row.effective_on] = row.id
        for person_, on in redatings:
            days = hirings.get(person_, {})
            if days and on not in days:
                self.redated += 1
                yield days[max(days)], on, (on - max(days)).days

    # --- people of the source whom the file does not name ------------------------------------------------

    def _people_of_source(self, connection: Connection) -> Iterator[list[tuple[int, str]]]:
        """Those present, as (our number, person_id), in batches."""
        last = 0
        present = (
            select(person.c.id, person.c.person_id)
            .where(person.c.source == self._source, person.c.status.not_in(("left", "died")))
            .order_by(person.c.id)
            .limit(BATCH)
        )
        while rows := connection.execute(present.where(person.c.id > last)).all():
            yield [(row.id, row.person_id) for row in rows]
            last = rows[-1].id

    def _miss(self, connection: Connection, staging: Staging, people: list[tuple[int, str]]) -> None:
        self.present += len(people)
        vanished = staging.unseen(people)
        self.vanished += len(vanished)
        staging.depart(person_ for person_, _ in vanished)
        self._remember(connection, staging, [(person_, key, "left", self._today) for person_, key in vanished])


def attributes_of(row: Staged, custom: dict[str, int]) -> dict[str, Value | None]:
    """The organisation's own fields of a row, days as ISO text."""
    values = {name: row.values[index] for name, index in custom.items()}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
