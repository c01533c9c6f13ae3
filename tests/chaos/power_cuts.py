"""The disks that power cuts would leave behind, and what the ledger on each of them says."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.power_disk import EMPTY, KEPT, LOST, Disk, Luck, torn
from tests.chaos.power_recording import Recording

_DATABASE = Path("outreach.db")
_STATES = """
    SELECT campaign || '/' || step || '/' || occurrence || '/' || repetition || '/' || person, state FROM delivery
"""


@dataclass(frozen=True, slots=True)
class Cut:
    """A disk after a power cut."""

    #: Line of the trace.
    at: int
    luck: Luck
    #: Path within the folder -> content; None: a folder.
    image: Mapping[Path, bytes | None]
    #: Key -> state, as the database on it says.
    states: Mapping[str, str]
    #: Deliveries that are sent for certain: that was recorded and synced before.
    recorded: frozenset[str]

    @property
    def name(self) -> str:
        """To find it again."""
        return f"{self.at}/{self.luck.name}"


#: What may have become of what was not synced, at each moment.
_LUCKS = (LOST, KEPT, EMPTY, torn, torn)


def cuts(recording: Recording, number: int, seed: int) -> Iterator[Cut]:
    """So many of all cuts at the worst moments: without what was not synced, with all of it, or as chance has it."""
    moments = sum(1 for _ in Disk(recording.folder).cuts(recording.calls))
    every = range(moments * len(_LUCKS))
    chosen = set(random.Random(seed).sample(every, min(number, len(every))))
    disk = Disk(recording.folder)
    for moment, at in enumerate(disk.cuts(recording.calls)):
        certain = frozenset(key for key, state in _states(disk.image(LOST)).items() if state == "sent")
        for place, luck in enumerate(_LUCKS, moment * len(_LUCKS)):
            if place in chosen:
                drawn = luck if isinstance(luck, Luck) else luck(place)
                image = disk.image(drawn)
                yield Cut(at, drawn, image, _states(image), certain)


def _states(image: Mapping[Path, bytes | None]) -> dict[str, str]:
    """Read from a copy, so that who goes on finds the disk untouched; empty before there was a ledger."""
    with tempfile.TemporaryDirectory(prefix="outreach-power-") as folder:
        for path, content in image.items():
            if content is not None and path.name.startswith(_DATABASE.name):
                (Path(folder) / path.name).write_bytes(content)
        with closing(sqlite3.connect(Path(folder) / _DATABASE)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the database is damaged"
            if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'delivery'").fetchone():
                return {}
            return dict(connection.execute(_STATES))
