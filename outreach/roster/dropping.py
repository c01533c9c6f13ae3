"""Taking the files of a drop folder: each is imported once, and kept for a while beside what came of it.

A file is claimed, copied to below `var`, imported from there, kept, put on record by its digest, and only then removed:
who dies in between is followed by somebody who does the rest. The same file imported twice changes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from outreach.definitions.model import Drop, Workspace
from outreach.definitions.refusal import shown
from outreach.errors import OutreachError
from outreach.roster.importing import import_roster
from outreach.roster.report import ImportReport
from outreach.roster.sources import folder as folders
from outreach.storage.database import Database
from outreach.storage.locks import held
from outreach.storage.marks import read_mark, write_mark
from outreach.storage.tables import roster_import

#: Who goes on record for an import.
BY = "drop folder"
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Dropping:
    """The folder of a source, and where what is taken goes."""

    source: str
    wanted: Drop
    folder: Path
    #: For this source alone.
    kept: Path
    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one file."""

    source: str
    #: As HR called it.
    name: str
    #: Of its bytes, SHA-256 in hex.
    digest: str
    #: None: it was refused, or is the one that was taken last.
    report: ImportReport | None = None
    refusal: OutreachError | None = None
    #: Where it is kept; None where it was the same.
    kept: Path | None = None
    #: Whether it was begun before and broken off.
    resumed: bool = False

    @property
    def lines(self) -> list[str]:
        """What came of it, in counts."""
        told = [f"File {shown(self.name)} of {self.source}, SHA-256 {self.digest}."]
        if self.resumed:
            told.append("It was begun before and broken off; what was imported then stands in the audit log.")
        if self.refusal:
            return [*told, f"Refused: {self.refusal.what}.", self.refusal.remedy]
        if self.report is None:
            return [*told, "It is the same as the one before; nothing was imported."]
        report = self.report
        done = f"{report.added:,} added, {report.changed:,} changed, {report.left:,} left"
        return [*told, f"Imported: {done}, {report.unchanged:,} unchanged, {report.rejected_rows:,} rejected."]


@dataclass(frozen=True, slots=True)
class _Memory:
    """What is remembered of the file that was taken last."""

    digest: str = ""
    #: Of the definition by which it was read.
    definition: str = ""
    #: Version of the roster afterwards.
    version: int = 0


def take(
    database: Database, workspace: Workspace, dropping: Dropping, clock: float, stop: Callable[[], bool]
) -> tuple[folders.Look, list[Taken]] | None:
    """Take what is whole, the oldest first; None: another process is at it.

    Raises:
        OutreachError: the folder, or the one for what is kept, cannot be read or written.
    """
    with held(database, f"drop-{dropping.source}") as free:
        if not free:
            return None
        try:
            seen = folders.look(dropping.folder, dropping.wanted, clock)
            return seen, list(_take_all(database, workspace, dropping, seen, stop))
        except OSError as error:
            raise OutreachError(
                f"what was dropped for {dropping.source} cannot be taken: {error.strerror}", where=str(dropping.kept),
                remedy="Let the user of Outreach read what HR puts there, and write here; is there room on the disk?",
            ) from None  # fmt: skip


def _take_all(
    database: Database, workspace: Workspace, dropping: Dropping, seen: folders.Look, stop: Callable[[], bool]
) -> Iterator[Taken]:
    for found in seen.ready:
        if stop():
            return
        incoming = dropping.kept / f".incoming{_suffix(found.name)}"
        claimed = folders.claim(found)
        digest = None
        with suppress(FileNotFoundError):
            digest = claimed and folders.copy_out(claimed, found, incoming)
        # Whoever wrote to it meanwhile is waited for anew.
        if claimed and digest:
            taken = _bring_in(database, workspace, dropping, found, digest, incoming)
            folders.clear(claimed, found)
            yield taken


def _bring_in(
    database: Database, workspace: Workspace, dropping: Dropping, found: folders.Found, digest: str, copy: Path
) -> Taken:
    definition = _definition(workspace)
    taken = Taken(dropping.source, found.name, digest, resumed=found.was_claimed)
    if _is_the_last(database, dropping.source, digest, definition):
        copy.unlink()
        return taken
    try:
        report = import_roster(
            database, copy, workspace, source=dropping.source, now=dropping.now,
            today=dropping.now.astimezone(dropping.zone).date(), by=BY,
        )  # fmt: skip
    except OutreachError as error:
        return _keep(replace(taken, refusal=error, kept=_place(dropping, "refused", digest, copy.suffix)), copy)
    kept = _keep(replace(taken, report=report, kept=_place(dropping, "archive", digest, copy.suffix)), copy)
    # Last: who finds it need not look whether it was kept.
    with database.writing() as connection:
        memory = _Memory(digest, definition, report.version)
        write_mark(connection, _mark(dropping.source), json.dumps(asdict(memory)))
    return kept


def _is_the_last(database: Database, source: str, digest: str, definition: str) -> bool:
    """Whether it is what was taken last, read as it was then, and nobody has imported anything else since."""
    latest = select(func.max(roster_import.c.version)).where(roster_import.c.source == source)
    with database.reading() as connection:
        text = read_mark(connection, _mark(source))
        version = connection.scalar(latest) or 0
    memory = _Memory(**json.loads(text)) if text else _Memory()
    return (memory.digest, memory.definition) == (digest, definition) and version <= memory.version


def _place(dropping: Dropping, folder: str, digest: str, suffix: str) -> Path:
    day = dropping.now.astimezone(dropping.zone).date()
    return dropping.kept / folder / f"{day.isoformat()}-{digest[:16]}{suffix}"


def _keep(taken: Taken, copy: Path) -> Taken:
    """Put it where it stays, beside what came of it; faults by line and column, never what stands there."""
    assert taken.kept
    if taken.resumed and taken.kept.exists():
        # What is told of it there was told when it was new.
        copy.unlink()
        return taken
    taken.kept.parent.mkdir(mode=0o700, exist_ok=True)
    faults = taken.report.rejected if taken.report else ()
    told = (f"line {fault.line}, column {fault.column}: {fault.field}: {fault.message}" for fault in faults)
    beside = taken.kept.with_name(taken.kept.name + ".txt")
    beside.write_text("\n".join([*taken.lines, *told]) + "\n", encoding="utf-8")
    copy.replace(taken.kept)
    return taken


def _suffix(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def _definition(workspace: Workspace) -> str:
    return sha256(repr((workspace.mappings, workspace.fields)).encode()).hexdigest()


def _mark(source: str) -> str:
    return f"drop-{sha256(source.encode()).hexdigest()[:32]}"
