"""One process of ours, set up by OUTREACH_* as users do; started by bench/sending, with the number of those started.

With `--profile` it says where its time goes, on standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from sampling import Samples

from outreach.collecting import collect_seldom
from outreach.installation import Installation
from outreach.settings import Settings


def main(senders: int, profile: bool) -> None:
    # As outreach.cli does.
    collect_seldom()
    settings = Settings.read(os.environ)
    installation = Installation(Path(settings.workspace), settings)
    release_id, _ = installation.current()
    installation.composer(release_id)
    # A program that is started has read its code; the installation reads this when it first sends.
    importlib.import_module("outreach.delivery.sending")
    memory, samples = Memory(), Samples()
    print("ready", flush=True)
    sys.stdin.readline()
    before = cpu()
    with samples if profile else nullcontext():
        counts = installation.send(installation.database, lambda: datetime.now(UTC), memory.look, siblings=senders)
    used = cpu() - before
    told = {"messages": counts.sent, "cpu": used, "memory": memory.seen, "peak": megabytes("VmHWM")}
    print(json.dumps(told), flush=True)
    installation.close()
    if profile:
        print(samples.report(counts.sent, used), file=sys.stderr)


class Memory:
    """What this process holds, looked at every ten thousand messages."""

    def __init__(self) -> None:
        self.seen: list[float] = []
        self._done = 0

    def look(self, more: int) -> None:
        self._done += more
        if self._done // 10_000 > len(self.seen):
            self.seen.append(megabytes("VmRSS"))


def megabytes(name: str) -> float:
    """Of /proc; `ru_maxrss` would begin with the peak of whoever started this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main(int(sys.argv[1]), "--profile" in sys.argv)
