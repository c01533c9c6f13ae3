"""Drop folders of an installation: by `outreach roster drop`, and by `run` and `serve` at every look."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from outreach.definitions.refusal import advice, shown
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.definitions.model import Workspace
    from outreach.installation import Installation
    from outreach.roster.dropping import Taken


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look into the folder of a source."""

    source: str
    taken: tuple[Taken, ...] = ()
    #: Files that may still be being written.
    waiting: int = 0
    #: Links and devices.
    strange: int = 0
    #: Whether another process was at it, so that nobody looked.
    is_busy: bool = False
    #: Why the report of it was not mailed.
    unsent: OutreachError | None = None

    @property
    def lines(self) -> list[str]:
        """To be read."""
        lines = [line for one in self.taken for line in one.lines]
        if self.is_busy:
            lines.append(f"{self.source}: another process is at it.")
        elif not (self.taken or self.waiting or self.strange):
            lines.append(f"{self.source}: nothing to take.")
        if self.waiting:
            lines.append(f"{self.source}: {self.waiting:,} may still be being written, and are taken later.")
        if self.strange:
            lines.append(f"{self.source}: {self.strange:,} are links or no files, and are never taken.")
        return lines


def named(workspace: Workspace, source: str | None) -> list[str]:
    """The sources that have a drop folder; only that one, where one is said.

    Raises:
        OutreachError: there is none of that name, or none at all.
    """
    if source is None and workspace.drops:
        return list(workspace.drops)
    if source not in workspace.drops:
        what = "no source has a drop folder" if source is None else f"there is no drop folder of {shown(source)}"
        remedy = "They stand under roster.drops. " + advice(source or "", workspace.drops, "sources")
        raise OutreachError(what, where="outreach.yaml", remedy=remedy.strip())
    return [source]


def look_into(
    installation: Installation,
    workspace: Workspace,
    source: str,
    now: datetime,
    stop: Callable[[], bool] = lambda: False,
) -> Looked:
    """Take what lies whole in the folder of a source, and mail what came of it.

    Raises:
        OutreachError: the folder, or the one for what is kept, cannot be read or written.
    """
    from outreach.privacy.expiring import DROPPED
    from outreach.roster.dropping import Dropping, take

    wanted = workspace.drops[source]
    kept = installation.root / "var" / DROPPED / source
    dropping = Dropping(source, wanted, installation.root / wanted.folder, kept, now, installation.zone)
    # Whether a file is still is a matter of the real time, whatever moment is played.
    done = take(installation.database, workspace, dropping, time.time(), stop)
    if done is None:
        return Looked(source, is_busy=True)
    look, taken = done
    unsent = _report(installation, workspace, wanted.report_to, taken, now)
    return Looked(source, tuple(taken), look.waiting, look.strange, unsent=unsent)


def take_dropped(
    installation: Installation,
    now: datetime,
    complain: Callable[[OutreachError], None],
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Look into every drop folder. What fails or is refused is complained of, and stops no other."""
    # As it was published: a run must not wait for files to be read.
    workspace = installation.in_force()
    for source in workspace.drops:
        try:
            looked = look_into(installation, workspace, source, now, stop)
        except OutreachError as error:
            complain(error)
        else:
            for complaint in _complaints(looked):
                complain(complaint)


def told(taken: Taken) -> dict[str, Any]:
    """For programs."""
    return {
        "source": taken.source,
        "digest": taken.digest,
        "kept": taken.kept,
        "report": taken.report,
        "refused": taken.refusal and {"what": taken.refusal.what, "remedy": taken.refusal.remedy},
    }


def _complaints(looked: Looked) -> list[OutreachError]:
    refused = [
        OutreachError(f"a dropped file was refused: {one.refusal.what}", where=str(one.kept), remedy=one.refusal.remedy)
        for one in looked.taken
        if one.refusal
    ]
    return [*refused, looked.unsent] if looked.unsent else refused


def _report(
    installation: Installation, workspace: Workspace, to: str, taken: Sequence[Taken], now: datetime
) -> OutreachError | None:
    """Mail what came of the files; why that was not possible. They are taken all the same."""
    if not to or not taken:
        return None
    from outreach.delivery.channels.base import Sent
    from outreach.delivery.channels.unrecorded import send_unrecorded
    from outreach.rendering.notes import note

    imported, refused = sum(one.report is not None for one in taken), sum(one.refusal is not None for one in taken)
    subject = f"Outreach: {taken[0].source}, {imported} imported, {refused} refused"
    lines = [line for one in taken for line in (*one.lines, f"Kept as {one.kept}." if one.kept else "", "")]
    try:
        (result,) = send_unrecorded(installation.channel(), [note(workspace, to, subject, lines, now)])
    except OutreachError as error:
        return error
    return None if isinstance(result, Sent) else _unsent(taken[0].source)


def _unsent(source: str) -> OutreachError:
    return OutreachError(
        f"the report of what was dropped for {source} was not taken by the mail server",
        remedy="It stands beside the files below `var/dropped`; try `outreach test-send` to see what is wrong.",
    )
