"""Lists on disk: each one a folder that appears by one rename, whole and once, whatever dies in between.

One process at a time writes to the folder (an advisory lock that the system drops with the process), so that numbers
are given once, what a crash left half written is known to be nobody's, and a delivery never stands in two lists.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from outreach.delivery.channels.handover import tables
from outreach.delivery.desk.reading import KEY
from outreach.errors import OutreachError
from outreach.roster.reading import open_sheet
from outreach.storage.keeping import make_folder, sync_folder

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})-(\d+)")
#: Begins the names of what is being written; no list's name does.
_DRAFT = ".draft-"
_LOCK = ".lock"


class Name(NamedTuple):
    """Which list it is."""

    campaign: str
    day: date
    #: 1 for the first of that day.
    number: int

    @property
    def folder(self) -> str:
        """Its folder, below the folder of all lists."""
        return f"{self.campaign}/{self.day}-{self.number}"

    def file(self, kind: str) -> str:
        """Its file of that kind (`csv`, `xlsx`), below the folder of all lists."""
        return f"{self.folder}/{self.campaign}-{self.day}-{self.number}.{kind}"


class Lists:
    """The lists in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make the folder where there is none, for this user's eyes alone."""
        make_folder(self.folder, mode=0o700)

    def exists(self) -> bool:
        """Whether there is a folder that could be asked."""
        return self.folder.is_dir()

    # --- writing -----------------------------------------------------------------------------------------

    def write(self, campaign: str, day: date, lines: Mapping[str, Mapping[str, str]]) -> bool:
        """Write a further list of that day: key -> column -> what stands there. Lines that stand in a list are left.

        Returns whether it is safe on disk: there it is in any case.

        Raises:
            OSError: it could not be written, and is not there.
        """
        with self._alone():
            listed = self._listed(campaign)
            new = {key: cells for key, cells in lines.items() if key not in listed}
            return self._put(Name(campaign, day, self._next_number(campaign, day)), new) if new else True

    def _put(self, name: Name, lines: Mapping[str, Mapping[str, str]]) -> bool:
        rows = tables.rows(lines)
        parent = self.folder / name.campaign
        make_folder(parent, mode=0o700)
        draft = Path(mkdtemp(prefix=_DRAFT, dir=self.folder))
        for kind, content in (("csv", tables.csv_of(rows)), ("xlsx", tables.workbook_of(rows, name.campaign))):
            _write(draft / Path(name.file(kind)).name, content)
        sync_folder(draft)
        draft.rename(self.folder / name.folder)
        try:
            sync_folder(parent)
        except OSError:
            return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Whoever wrote them is dead, or failed.
            for draft in self.folder.glob(f"{_DRAFT}*"):
                shutil.rmtree(draft)
            yield
        finally:
            os.close(descriptor)

    def _listed(self, campaign: str) -> set[str]:
        """What stands in a list already: its sender was slow, was taken for dead, and comes with it once more."""
        listed: set[str] = set()
        for name in self.names(campaign):
            try:
                listed |= self.keys(name)
            except OutreachError:
                # Spoilt by whoever works with it. No new list may wait for that.
                continue
        return listed

    def _next_number(self, campaign: str, day: date) -> int:
        return 1 + max((name.number for name in self.names(campaign) if name.day == day), default=0)

    # --- reading -----------------------------------------------------------------------------------------

    def names(self, campaign: str | None = None) -> list[Name]:
        """The lists there are, of one campaign or of all, the oldest first."""
        folders = self.folder.glob(f"{campaign or '*'}/*/")
        found = ((folder.parent.name, _NAME.fullmatch(folder.name)) for folder in folders)
        named = [Name(campaign, date.fromisoformat(match[1]), int(match[2])) for campaign, match in found if match]
        return sorted(named, key=lambda name: (name.day, name.campaign, name.number))

    def keys(self, name: Name) -> set[str]:
        """The deliveries of a list.

        Raises:
            OutreachError: it cannot be read as one any more.
        """
        path = self.folder / name.file("csv")
        with open_sheet(path) as sheet:
            if KEY not in sheet.header:
                raise OutreachError(
                    f"this is no hand-over list: there is no column {KEY}",
                    where=str(path),
                    remedy="Put the list back as it was written; copies may be changed at will.",
                )
            place = sheet.header.index(KEY)
            return {row.cells[place] for row in sheet.rows if len(row.cells) > place}


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
