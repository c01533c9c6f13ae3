"""Importing a roster: read, judge and compare without a lock, then apply in one short transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, exists, insert, select, text

from outreach.definitions.model import Field, Workspace
from outreach.definitions.refusal import shown
from outreach.errors import OutreachError
from outreach.roster.applying import Stamp, apply, current_version
from outreach.roster.diffing import Difference
from outreach.roster.intake import Intake, Progress, take_in
from outreach.roster.judging import Judge
from outreach.roster.mapping import match
from outreach.roster.reading import Record, open_sheet
from outreach.roster.report import LISTED, ImportReport
from outreach.roster.staging import Staging
from outreach.storage import audit
from outreach.storage.database import Database
from outreach.storage.tables import roster_import

#: Names of sources stand in commands, settings and the ledger.
_SOURCE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?")


def import_roster(
    database: Database,
    roster: Path | str | Iterable[Record],
    workspace: Workspace,
    *,
    source: str,
    now: datetime,
    today: date,
    accept_leavers: bool = False,
    dry_run: bool = False,
    encoding: str | None = None,
    progress: Progress | None = None,
    by: str = audit.OURSELVES,
) -> ImportReport:
    """Bring the roster in line with what a source says: a file, or rows as mappings of column to value.

    A file speaks for its `source`: who of it is not in the file has left. Columns that are not in the file leave
    what is stored alone; empty cells clear it. Rows that cannot be taken are reported, and count as present.
    Somebody of another source is taken over only once they have left there. The first import of a source makes
    no events. `today` is the civil day in the workspace's time zone; `by` is who
    goes on record for it.

    Raises:
        OutreachError: the file cannot be read or has no rows, or more than `workspace.leavers_limit` of the source's
            people vanished and `accept_leavers` is not set. Nothing has changed then.
    """
    _check_source(source)
    where = str(roster) if isinstance(roster, (Path, str)) else "rows"
    with open_sheet(roster, encoding) as sheet:
        columns = match(sheet, workspace, source, where)
        judge = Judge(sheet, columns, workspace, today)
        key_column = sheet.first_column + columns.key
        with closing(Staging([field.type for field in judge.fields])) as staging:
            intake = take_in(sheet.rows, judge, staging, key_column, progress)
            if not intake.rows:
                raise OutreachError("there are no rows in it", where=where, remedy="Ask for the file again.")
            limit = 1.0 if accept_leavers else workspace.leavers_limit
            job = _Import(staging, judge.fields, intake, source, now, today, key_column, limit, where, by)
            outcome = job.try_out(database) if dry_run else job.carry_out(database)
    return _report(intake, *outcome, columns.ignored)


def bring_in(
    connection: Connection,
    person: Record,
    workspace: Workspace,
    *,
    source: str,
    now: datetime,
    today: date,
    by: str,
) -> ImportReport:
    """Bring one person in line with what a source says of them alone, in the connection's transaction.

    As a row of a file does, with the same events; nobody leaves for not being in it, and no first time is silent.
    What cannot be taken is in the report, and nothing has changed then.
    """
    where = "person"
    with open_sheet([person]) as sheet:
        columns = match(sheet, workspace, source, where)
        judge = Judge(sheet, columns, workspace, today)
        key_column = sheet.first_column + columns.key
        with closing(Staging([field.type for field in judge.fields])) as staging:
            intake = take_in(sheet.rows, judge, staging, key_column)
            job = _Import(staging, judge.fields, intake, source, now, today, key_column, 1.0, where, by, is_whole=False)
            return _report(intake, *job.carry_out_in(connection), columns.ignored)


def _check_source(source: str) -> None:
    if not _SOURCE.fullmatch(source):
        raise OutreachError(
            "the name of the source is not made of letters, digits and hyphens, 50 at most",
            remedy="Name the system that the file comes from, as in --source payroll.",
        )


@dataclass(frozen=True, slots=True)
class _Import:
    """One file on its way into the database."""

    staging: Staging
    fields: tuple[Field, ...]
    intake: Intake
    source: str
    now: datetime
    today: date
    key_column: int
    #: Share of the source's people that may vanish.
    limit: float
    where: str
    by: str
    #: Whether who is not in it has left.
    is_whole: bool = True

    def try_out(self, database: Database) -> tuple[Difference, int]:
        """The difference, and the version of the roster that it is with."""
        with database.reading() as connection:
            return self._difference(connection), current_version(connection)

    def carry_out(self, database: Database) -> tuple[Difference, int]:
        """Compare without a lock; when another import came between, compare again while holding it."""
        difference, version = self.try_out(database)
        if not _differs(difference):
            return difference, version
        with database.writing() as connection:
            _take_turn(connection)
            if current_version(connection) != version:
                difference, version = self._difference(connection), current_version(connection)
            return difference, self._apply(connection, difference, version + 1)

    def carry_out_in(self, connection: Connection) -> tuple[Difference, int]:
        """The same in a transaction that writes."""
        _take_turn(connection)
        difference, version = self._difference(connection), current_version(connection)
        return difference, self._apply(connection, difference, version + 1) if _differs(difference) else version

    def _difference(self, connection: Connection) -> Difference:
        first = self.is_whole and not connection.scalar(select(exists().where(roster_import.c.source == self.source)))
        difference = Difference(
            self.fields,
            self.source,
            first=first,
            key_column=self.key_column,
            today=self.today,
            # A file without one good row says nothing about who is missing from it.
            complete=self.is_whole and self.intake.good > 0,
        )
        self.staging.forget_plan()
        difference.find(connection, self.staging)
        self._refuse_exodus(difference)
        if self.is_whole:
            self._refuse_stranger(difference)
        return difference

    def _refuse_stranger(self, difference: Difference) -> None:
        """A source that nobody has, for people who all have another one, is a slip of the pen."""
        others = difference.elsewhere
        if len(others) != 1 or difference.present or difference.added or difference.changed or difference.unchanged:
            return
        ((other, people),) = others.items()
        whose = "the one person of this file belongs" if people == 1 else f"all {people:,} people of this file belong"
        raise OutreachError(
            f"{whose} to source {shown(other)}, and nobody to {shown(self.source)}; nothing was changed",
            where=self.where,
            remedy=f"Did you mean `--source {other}`? Another source can take over only who has left there.",
        )

    def _refuse_exodus(self, difference: Difference) -> None:
        if difference.vanished > self.limit * difference.present:
            raise OutreachError(
                f"{difference.vanished} of the {difference.present} people of the source {self.source!r} are not in "
                f"it, more than {self.limit * 100:g} %; nothing was changed",
                where=self.where,
                remedy="Check that the file is complete; if they have left, import it with --accept-leavers.",
            )

    def _apply(self, connection: Connection, difference: Difference, version: int) -> int:
        stamp = Stamp(self.source, version, self.now, self.today)
        row = _row(difference, self.intake, stamp)
        connection.execute(insert(roster_import), row)
        told = {name: row[name] for name in ("version", "added", "changed", "left", "rejected")}
        audit.record(connection, audit.Entry(self.by, "imported", f"source {self.source}", after=told), self.now)
        apply(connection, self.staging, self.fields, stamp)
        return version


def _take_turn(connection: Connection) -> None:
    """One import at a time; readers pass."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE roster_import IN EXCLUSIVE MODE"))


def _differs(difference: Difference) -> bool:
    return bool(difference.added or difference.changed or difference.vanished)


def _row(difference: Difference, intake: Intake, stamp: Stamp) -> dict[str, object]:
    return {
        "version": stamp.version,
        "source": stamp.source,
        "imported_at": stamp.now,
        "digest": intake.digest,
        "added": difference.added,
        "changed": difference.changed,
        "left": difference.vanished,
        "unchanged": difference.unchanged,
        "rejected": intake.rejected_rows + difference.rejected_rows,
    }


def _report(intake: Intake, difference: Difference, version: int, ignored: tuple[str, ...]) -> ImportReport:
    rejected = sorted((*intake.rejected, *difference.rejected), key=lambda item: (item.line, item.column))
    return ImportReport(
        added=difference.added,
        changed=difference.changed,
        left=difference.vanished,
        unchanged=difference.unchanged,
        rejected=tuple(rejected[:LISTED]),
        rejected_rows=intake.rejected_rows + difference.rejected_rows,
        events=dict(sorted((+difference.events).items())),
        redated=difference.redated,
        kept_dead=difference.kept_dead,
        erased=difference.erased,
        changes=dict(sorted(difference.changes.items())),
        ignored_columns=ignored,
        version=version,
    )
