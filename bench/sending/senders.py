"""Programs that send, started together and timed from the moment they begin.

Each says `ready` when it has read its settings and its content, begins at a line on its standard input, and ends with a
line of JSON: `messages`, `cpu` (seconds), and whatever else it noticed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Run:
    """One sending."""

    messages: int
    seconds: float
    #: Seconds of processor of all senders, and of the sink.
    cpu: float
    sink_cpu: float = 0.0
    #: What each sender noticed.
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.messages / self.seconds


def smtp_source(port: int, messages: int, size: int) -> Run:
    """Postfix's own: 20 sessions that stay connected, the same bytes again and again."""
    command = ["smtp-source", "-s", "20", "-d", "-l", str(size), "-m", str(messages), f"127.0.0.1:{port}"]
    began = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - began
    if status:
        sys.exit(f"smtp-source ended with {os.waitstatus_to_exitcode(status)}")
    return Run(messages, seconds, usage.ru_utime + usage.ru_stime)


def together(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> Run:
    """Start programs, let them begin at once, and wait for the last one."""
    processes = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
        )
        for command in commands
    ]
    try:
        for process in processes:
            _line(process)
        began = time.perf_counter()
        for process in processes:
            _begin(process)
        told = [json.loads(_line(process)) for process in processes]
        seconds = time.perf_counter() - began
        for process in processes:
            process.wait(timeout=60)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return Run(sum(one["messages"] for one in told), seconds, sum(one["cpu"] for one in told), told=told)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        sys.exit(f"a sender ended before it was done: {process.args}")
    return line


def _begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("begin\n")
    process.stdin.flush()
