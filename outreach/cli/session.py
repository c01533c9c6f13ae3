"""What one call of the command line works on: which workspace, whose settings, what time it is."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from outreach.errors import OutreachError
from outreach.settings import Settings

if TYPE_CHECKING:
    from outreach.installation import Installation

#: The file that makes a folder a workspace.
MARK = "outreach.yaml"


class Session:
    """One call; used as a context manager, it closes what was opened."""

    def __init__(self, settings: Settings, workspace: str | None, *, verbose: bool) -> None:
        self.settings = settings
        self.workspace = workspace or settings.workspace
        self._log, self._verbose = settings.log, verbose
        self.tell("text" if verbose else "")
        self._installation: Installation | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._installation is not None:
            self._installation.close()

    def speak_up(self) -> None:
        """Tell on standard error what the rooms log, small things too."""
        self._verbose = True
        self.tell("text")

    def tell(self, form: str) -> None:
        """Tell on standard error what the rooms log, as `json`, `text`, or (empty) no more than warnings.

        OUTREACH_LOG goes before it. Never a name or an address, as nobody hands these to a logger.
        """
        from outreach import logs

        # In the settings, too, by which processes that are started from here go.
        self.settings = replace(self.settings, log=self._log or form)
        logs.begin(self.settings.log, verbose=self._verbose)

    @property
    def root(self) -> Path:
        """The workspace's folder.

        Raises:
            OutreachError: there is none here, or not where one was named.
        """
        if self.workspace:
            return _named(Path(self.workspace))
        found = _above(Path.cwd())
        if found is None:
            raise OutreachError(f"there is no {MARK} in {Path.cwd()} or above it", remedy=_REMEDY)
        return found

    @property
    def installation(self) -> Installation:
        """The database and all that works on it, opened at the first use."""
        return self._open(self.root)

    @property
    def anywhere(self) -> Installation:
        """The same for who needs no definitions of their own: where there is no workspace, in the current folder."""
        return self._open(self.root if self.workspace or _above(Path.cwd()) else Path.cwd())

    def _open(self, root: Path) -> Installation:
        if self._installation is None:
            from outreach.installation import Installation

            self._installation = Installation.open(root, self.settings)
        return self._installation

    def moment(self, at: datetime | None) -> datetime:
        """`--at` as a moment in UTC; now where it was not given. A time without an offset is the workspace's."""
        if at is None:
            return datetime.now(UTC)
        if at.tzinfo is not None:
            return at.astimezone(UTC)
        # Not `fold`: a local time that the clocks skip moves forward, of one that comes twice the first counts.
        return at.replace(tzinfo=self.installation.zone).astimezone(UTC)

    def asks(self, *, yes: bool, as_json: bool) -> bool:
        """Whether to ask before doing it: on a terminal, unless told not to."""
        return not yes and not as_json and sys.stdin.isatty() and sys.stdout.isatty()


_REMEDY = "Go to your workspace, name it with --workspace DIR, or make one: outreach init my-campaigns"


def _above(here: Path) -> Path | None:
    """The nearest workspace, from this folder upwards."""
    return next((folder for folder in (here, *here.parents) if (folder / MARK).is_file()), None)


def _named(folder: Path) -> Path:
    if not (folder / MARK).is_file():
        raise OutreachError(f"there is no {MARK} in {folder}", remedy=_REMEDY)
    return folder.resolve()
