"""The outbox as a channel, and reading messages back from it."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.delivery.channels.base import SENT, Journal, NothingLeftError, Progress, Result, send_in_groups
from outreach.delivery.channels.outbox import frames, segments
from outreach.delivery.channels.outbox.frames import Stored
from outreach.delivery.channels.outbox.index import Index
from outreach.delivery.channels.outbox.segments import Segment
from outreach.delivery.channels.outbox.skeletons import Skeletons
from outreach.delivery.keys import parse_key
from outreach.errors import OutreachError
from outreach.rendering.mail import NOTE, joined
from outreach.storage.keeping import make_folder

if TYPE_CHECKING:
    from outreach.rendering.mail import Mail


class Outbox:
    """Messages on disk, in a folder that several processes may write to and read from at once."""

    name = server = "outbox"
    #: No matter how many are under way: a frame is there whole or not at all, and says after a crash which it was.
    connections = 1_000
    rate = 0.0
    down = False
    #: Messages in a frame: a whole batch.
    group = 500

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._segments = folder / "segments"
        self._skeletons = Skeletons(folder / "skeletons")
        self._index = Index(folder / "index.db", self._segments)
        self._segment: Segment | None = None
        self._lock = threading.Lock()

    # --- sending -----------------------------------------------------------------------------------------

    def open(self) -> None:
        """Make the folder where there is none.

        Raises:
            OutreachError: it cannot be made.
        """
        try:
            for folder in (self._folder, self._segments, self._folder / "skeletons"):
                make_folder(folder, mode=0o700)
        except OSError as error:
            raise OutreachError(
                f"the outbox cannot be made: {error.strerror}",
                where=str(self._folder),
                remedy="Let this user write there, or set OUTREACH_OUTBOX to another folder.",
            ) from None

    def send(self, journal: Journal) -> None:
        """Store what the journal gives, group by group: each is there whole, and safe on disk, or not at all.

        Raises:
            NothingLeftError: a group could not be written, and none of it is there.
            OutreachError: the journal's own.
        """
        send_in_groups(journal, lambda: self.group, self.store)

    def store(self, mails: Sequence[Mail]) -> Sequence[Result]:
        """Store messages, all of them or none; they are safe on disk when this returns.

        Raises:
            NothingLeftError: they could not be written, and none of them is there.
        """
        if not mails:
            return ()
        with self._lock:
            for mail in mails:
                self._skeletons.store(mail.skeleton)
            payload = frames.pack(mails)
            self._append(payload)
        return (SENT,) * len(mails)

    def _append(self, payload: bytes) -> None:
        if self._segment and self._segment.is_full:
            self._let_go()
        if not self._segment:
            self._segment = self._claimed()
        try:
            self._segment.append(payload)
        except NothingLeftError:
            self._let_go()
            raise

    def _claimed(self) -> Segment:
        try:
            return segments.claim(self._segments)
        except OSError as error:
            raise NothingLeftError(
                f"the outbox cannot be written to: {error.strerror}",
                where=str(self._segments),
                remedy="Let this user write there, make room on the disk, and run again.",
            ) from None

    def known(self, keys: Collection[str]) -> frozenset[str] | None:
        """Which of these deliveries have a message here: what is not here has not left. None: there is no outbox."""
        return self._index.known(keys) if self._segments.exists() else None

    def close(self) -> None:
        """Let other processes append where this one did."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._segment:
            self._segment.close()
            self._segment = None

    # --- reading -----------------------------------------------------------------------------------------

    def read(self, key: str) -> bytes:
        """The message of a delivery, to the byte, CRLF at the ends of lines; the latest where there are two.

        Raises:
            OutreachError: there is none, or it is damaged.
        """
        place = self._index.find(key) if self._segments.exists() else None
        if place is None:
            raise OutreachError(
                "the outbox has no message of this delivery",
                where=key,
                remedy="See with `outreach deliveries --json` the keys of what was sent, and by which channel.",
            )
        frame = segments.frame_at(self._segments / place[0], place[1])
        stored = [entry for entry in frames.unpack(frame.payload) if entry.key == key]
        return self._rebuilt(stored[-1])

    def notes(self, person: int) -> list[str]:
        """The keys of the notes to a person (by surrogate id) that are here: these stand in no ledger."""
        found = self._index.starting(NOTE) if self._segments.exists() else []
        return [key for key in found if parse_key(key).person == person]

    def messages(self) -> Iterator[tuple[str, str, bytes]]:
        """Key, recipient and message of everything here, in the order of writing within each segment."""
        for stored in self.stored():
            yield stored.key, stored.recipient, self._rebuilt(stored)

    def stored(self) -> Iterator[Stored]:
        """Everything here, not yet put together."""
        for name in segments.names(self._segments):
            for frame in segments.read(self._segments / name):
                yield from frames.unpack(frame.payload)

    def export_eml(self, folder: Path, progress: Progress = lambda _: None) -> int:
        """Write each message as a file that a mail program opens, named by its key; returns how many.

        Raises:
            OutreachError: the folder cannot be written to.
        """
        seen: dict[str, int] = {}
        written = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for key, _, message in self.messages():
                seen[key] = seen.get(key, 0) + 1
                (folder / _file_name(key, seen[key])).write_bytes(message)
                written += 1
                progress(1)
        except OSError as error:
            raise OutreachError(
                f"the messages cannot be written: {error.strerror}",
                where=str(folder),
                remedy="Name a folder that this user may write to, on a disk with room.",
            ) from None
        return written

    def _rebuilt(self, stored: Stored) -> bytes:
        return joined(self._skeletons.load(stored.digest), stored.fields)


def _file_name(key: str, time: int) -> str:
    """`welcome.invitation.entry-1.0.17.eml`; a delivery's second message gets a number."""
    return key.replace("/", ".") + (f".{time}" if time > 1 else "") + ".eml"
