"""One command of ours as a process of its own: what it answers, and what it costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cost:
    """A command that is over."""

    #: What it answered, of its JSON.
    report: Any
    #: Of the clock on the wall, and of processors.
    seconds: float
    processor: float
    #: Megabytes at the peak.
    memory: float


def run(*words: str) -> Cost:
    """Run `outreach --json` with these words; ends this program where that fails."""
    command = [sys.executable, "-m", "outreach", *words, "--json"]
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
    assert child.stdout is not None
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(f"`outreach {words[0]}` ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(json.loads(output), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
