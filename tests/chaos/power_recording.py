"""A program's run, traced: what it wrote, what it synced, and what left when."""

from __future__ import annotations

import re
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import power_trace
from tests.chaos.office import Office
from tests.chaos.power_trace import Call
from tests.contracts.servers import unused_port, wait_for

_MESSAGE_ID = re.compile(rb"^Message-ID:\s+(<[^>\s]+>)", re.MULTILINE | re.IGNORECASE)
#: Longest header that is found where it is cut in two between calls, in bytes.
_OVERLAP = 200


@dataclass(frozen=True)
class Recording:
    """What a traced program did."""

    office: Office
    calls: Sequence[Call]
    #: Each verb, and the line of the trace at which it had ended.
    verbs: Sequence[tuple[Sequence[str], int]]
    #: Delivery's key -> line of the trace at which the first bytes of its message left; nothing for the outbox.
    left: Mapping[str, int]
    #: Everybody's delivery.
    keys: frozenset[str]

    @property
    def folder(self) -> Path:
        """What the disk holds."""
        return self.office.workspace / "var"


@contextmanager
def sinking() -> Iterator[str]:
    """A mail server that takes everything, and pipelines: its URL."""
    port = unused_port()
    process = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "100"])
    try:
        wait_for(lambda: _answers(port))
        yield f"smtp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def record(folder: Path, people: int, url: str = "", senders: int = 1) -> Recording:
    """An installation's first day, traced: made ready, and everybody written to by so many programs at once.

    `url` is of the mail server; without one, messages go to the outbox.
    """
    office = Office(folder / "workspace", {"OUTREACH_SMTP_URL": url} if url else {})
    office.found(f"p{number}@office.example" for number in range(people))
    calls: list[Call] = []
    verbs, position = [], 0
    for number, verb in enumerate([*office.opening, office.sending]):
        trace = folder / f"{number}.trace"
        at_once = senders if verb == office.sending else 1
        office.call(*verb, under=[*power_trace.under_strace(trace), *_side_by_side(at_once)])
        made, position = power_trace.read(trace, position)
        trace.unlink()
        calls += made
        verbs.append((verb, position))
    rows = office.call("deliveries")
    assert [row["state"] for row in rows] == ["sent"] * people, Counter(row["state"] for row in rows)
    moments = _left(calls)
    left = {row["key"]: moments[row["message_id"]] for row in rows} if url else {}
    return Recording(office, calls, verbs, left, frozenset(row["key"] for row in rows))


def _side_by_side(number: int) -> Sequence[str]:
    """The command that runs a program so many times at once; one of them is listened to."""
    return ("sh", "-c", '"$@" > /dev/null & ' * (number - 1) + '"$@"; wait', "sh")


def _left(calls: Sequence[Call]) -> dict[str, int]:
    """Message-ID -> when its header began to leave."""
    found: dict[str, int] = {}
    before: dict[str, bytes] = {}
    for call in calls:
        if call.name.startswith(("send", "write")) and call.handles[0].startswith("socket:"):
            data = before.get(call.handles[0], b"") + b"".join(call.texts)
            for name in _MESSAGE_ID.findall(data):
                found.setdefault(name.decode(), call.begun)
            before[call.handles[0]] = data[-_OVERLAP:]
    return found
