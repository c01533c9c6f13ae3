"""A machine that loses power while it sends, at every moment at which that would be worst.

The program runs once, traced. From the trace come the disks as a power cut would leave them, and what had left by then:
a message counts as left from the moment at which its first bytes were given to the network. On each disk the program is
started again, and goes on from the verb that was interrupted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from outreach.delivery.channels.outbox import Outbox
from tests.chaos import power_recording
from tests.chaos.office import Office
from tests.chaos.power_cuts import Cut, cuts
from tests.chaos.power_recording import Recording
from tests.contracts.servers import unused_port

#: So many messages may be under way at once.
CONNECTIONS = 4
#: When the program is started again.
_AFTERWARDS = "2026-11-03T09:05"


class Sink:
    """A mail server that takes everything and keeps the Message-IDs."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.taken.append(BytesHeaderParser().parsebytes(envelope.content)["Message-ID"])
        return "250 2.0.0 OK"


@dataclass
class Report:
    """What came of a trial."""

    cuts: int = 0
    #: Deliveries of which nobody could know whether they had left, over all cuts.
    doubts: int = 0
    #: Every way in which the promise was broken, with the name of the cut.
    violations: list[str] = field(default_factory=list)


def try_smtp(folder: Path, people: int, number: int, seed: int = 0, senders: int = 1) -> Report:
    """Lose power so many times in sending through a mail server."""
    with power_recording.sinking() as url:
        recording = power_recording.record(folder, people, f"{url}?connections={CONNECTIONS}", senders)
    return try_recorded(recording, number, seed)


def try_outbox(folder: Path, people: int, number: int, seed: int = 0) -> Report:
    """Lose power so many times in writing to the outbox."""
    return try_recorded(power_recording.record(folder, people), number, seed)


def try_recorded(recording: Recording, number: int, seed: int = 0) -> Report:
    """Go on from so many cuts, and judge what came of it."""
    with _sinking() if recording.left else nullcontext((None, "")) as (sink, url):
        trial = _Trial(recording, sink, url)
        for cut in cuts(recording, number, seed):
            trial.go_on(cut)
    return trial.report


@contextmanager
def _sinking() -> Iterator[tuple[Sink, str]]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=unused_port())
    controller.start()
    try:
        yield sink, f"smtp://127.0.0.1:{controller.port}?connections={CONNECTIONS}"
    finally:
        controller.stop()


@dataclass
class _Trial:
    """Cuts of one recording, each gone on from and judged."""

    recording: Recording
    #: What takes the messages of who goes on; None where they are kept in the outbox.
    sink: Sink | None
    #: Of the sink.
    url: str
    report: Report = field(default_factory=Report)

    def go_on(self, cut: Cut) -> None:
        """Start the program again on what is left, and hold what comes of it against the promise."""
        self.report.cuts += 1
        with tempfile.TemporaryDirectory(prefix="outreach-power-") as folder:
            office = self._restored(cut, Path(folder))
            said = self._repeat(cut, office)
            found = [said] if said else [*self._forgotten(cut), *self._broken(cut, office)]
            self.report.violations += [f"{cut.name}: {text}" for text in found]

    def _restored(self, cut: Cut, folder: Path) -> Office:
        """An installation with the same definitions, and of everything else what is left."""
        before = self.recording.office
        office = replace(before, workspace=folder / "workspace")
        if self.url:
            office = replace(office, settings={**before.settings, "OUTREACH_SMTP_URL": self.url})
        shutil.copytree(before.workspace, office.workspace, ignore=shutil.ignore_patterns("var"), copy_function=os.link)
        for path, content in cut.image.items():
            file = office.workspace / "var" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                file.mkdir(exist_ok=True)
            else:
                file.write_bytes(content)
        return office

    def _repeat(self, cut: Cut, office: Office) -> str:
        """The verbs that had not ended, once more; why one of them cannot go on."""
        if self.sink:
            self.sink.taken.clear()
        verbs = [*office.opening, (office.sending[0], "--at", _AFTERWARDS)]
        for verb, (_, end) in zip(verbs, self.recording.verbs, strict=True):
            if end >= cut.at:
                code, said = office.call_here(*verb)
                if code:
                    return f"`{verb[0]}` cannot go on: {said}"
        return ""

    def _forgotten(self, cut: Cut) -> Iterator[str]:
        """What was found before anything was done about it."""
        for key, moment in self.recording.left.items():
            if moment < cut.at and cut.states.get(key) not in ("attempting", "sent"):
                yield f"{key} had left and is {cut.states.get(key)}"
        for key in cut.recorded:
            if cut.states.get(key) != "sent":
                yield f"{key} was sent and is {cut.states.get(key)}"
        attempting = list(cut.states.values()).count("attempting")
        if self.sink and attempting > CONNECTIONS:
            yield f"{attempting} may have left, over {CONNECTIONS} connections"

    def _broken(self, cut: Cut, office: Office) -> Iterator[str]:
        """What came of it in the end."""
        rows = office.call_here("deliveries")[1]
        if {row["key"] for row in rows} != self.recording.keys or len(rows) != len(self.recording.keys):
            yield f"{len(rows)} deliveries are planned, of {len(self.recording.keys)}"
        taken = self._taken(cut, office, rows)
        if strangers := taken.keys() - self.recording.keys:
            yield f"{len(strangers)} messages left that the ledger does not know"
        for row in rows:
            key, state, times = row["key"], row["state"], taken[row["key"]]
            doubtful = self.sink and state == "in_doubt" and cut.states.get(key) == "attempting" and times <= 1
            self.report.doubts += state == "in_doubt"
            if not (doubtful or (state == "sent" and times == 1)):
                yield f"{key} is {state} and left {times} times"

    def _taken(self, cut: Cut, office: Office, rows: Sequence[Mapping[str, Any]]) -> Counter[str]:
        """How often each left, before and after."""
        if not self.sink:
            return Counter(stored.key for stored in Outbox(office.workspace / "var" / "outbox").stored())
        keys = {row["message_id"]: row["key"] for row in rows}
        before = [key for key, moment in self.recording.left.items() if moment < cut.at]
        return Counter([*before, *(keys.get(name, name) for name in self.sink.taken)])
