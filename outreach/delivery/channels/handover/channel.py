"""The hand-over lists as a channel."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.delivery.channels.base import (
    SENT,
    Deferred,
    InDoubt,
    Journal,
    NothingLeftError,
    Result,
    send_in_groups,
)
from outreach.delivery.channels.handover.lists import Lists
from outreach.delivery.keys import parse_key
from outreach.errors import OutreachError

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail

_REMEDY = "Let this user write there, make room on the disk, or set OUTREACH_HANDOVER to another folder."


class Handover:
    """Writes what a run hands over into one list for each campaign and day."""

    name = server = "handover"
    #: No matter how many are under way: a list is there whole or not at all, and says after a crash which it was.
    connections = 1_000
    rate = 0.0
    #: Lines of a list; a longer one goes on in a further list.
    group = 1_000

    def __init__(self, folder: Path) -> None:
        #: True when a list could not be written after others of the same group were.
        self.down = False
        self._lists = Lists(folder)
        self._folder = folder

    def open(self) -> None:
        """Make the folder where there is none.

        Raises:
            OutreachError: it cannot be made.
        """
        self.down = False
        try:
            self._lists.make()
        except OSError as error:
            raise OutreachError(
                f"the folder of the hand-over lists cannot be made: {error.strerror}",
                where=str(self._folder),
                remedy=_REMEDY,
            ) from None

    def send(self, journal: Journal) -> None:
        """Write lists of what the journal gives, each of them safe on disk or not there at all.

        Raises:
            NothingLeftError: none of a group's lists could be written.
            OutreachError: the journal's own.
        """
        send_in_groups(journal, lambda: self.group, self._hand_over, lambda: self.down)

    def known(self, keys: Collection[str]) -> frozenset[str] | None:
        """Which of these deliveries stand in a list: the others have not left.

        None: there is no folder, or somebody has spoilt a list in which they might stand.
        """
        if not self._lists.exists():
            return None
        try:
            campaigns = sorted({parse_key(key).campaign for key in keys})
            listed = [self._lists.keys(name) for campaign in campaigns for name in self._lists.names(campaign)]
        except OutreachError:
            return None
        return frozenset(keys) & frozenset[str]().union(*listed)

    def close(self) -> None:
        """Nothing is kept open between two lists."""

    def _hand_over(self, mails: Sequence[Mail]) -> Sequence[Result]:
        results: dict[str, Result] = {}
        for (campaign, day), lines in _by_list(mails).items():
            try:
                is_safe = self._lists.write(campaign, day, lines)
            except OSError as error:
                if not results:
                    raise NothingLeftError(
                        f"a hand-over list cannot be written: {error.strerror}", where=str(self._folder), remedy=_REMEDY
                    ) from None
                self.down = True
                break
            results |= dict.fromkeys(lines, SENT if is_safe else InDoubt("disk"))
        return [results.get(mail.key, Deferred("unwritable")) for mail in mails]


def _by_list(mails: Sequence[Mail]) -> Mapping[tuple[str, date], dict[str, Mapping[str, str]]]:
    """Campaign and day -> key -> cells."""
    lists: dict[tuple[str, date], dict[str, Mapping[str, str]]] = {}
    for mail in mails:
        assert mail.line, "what is handed over has a line"
        lists.setdefault((parse_key(mail.key).campaign, mail.line.day), {})[mail.key] = dict(mail.line.cells)
    return lists
