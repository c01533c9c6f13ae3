"""Who takes the messages: Debian's smtp-sink, a cheap sink of our own, and that one at a distance."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
#: Connections that wait to be taken.
_BACKLOG = "1000"
_TICKS = os.sysconf("SC_CLK_TCK")
#: How far away the distant server is, there and back.
LATENCY_MS = 50


class Missing(Exception):  # noqa: N818  # the row is left out
    """A program that a row needs is not there."""


def need(program: str, package: str) -> None:
    """Raise `Missing` where a program is not there, with the package of Debian that has it."""
    if shutil.which(program) is None:
        raise Missing(f"{program} is missing; on Debian: apt install {package}")


@dataclass(frozen=True)
class Sink:
    """A mail server that runs."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of processor that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def postfix(_folder: Path) -> Iterator[Sink]:
    """smtp-sink, which reads byte by byte."""
    need("smtp-sink", "postfix")
    user = ["-u", "postfix"] if os.geteuid() == 0 else []
    with running(lambda port: ["smtp-sink", *user, f"127.0.0.1:{port}", _BACKLOG]) as sink:
        yield sink


@contextmanager
def cheap(folder: Path) -> Iterator[Sink]:
    """Our own, which looks for the end of messages and nothing else."""
    program = compiled(folder)
    with running(lambda port: [str(program), str(port)]) as sink:
        yield sink


@contextmanager
def distant(folder: Path) -> Iterator[Sink]:
    """The cheap one, far away."""
    script = [sys.executable, str(HERE / "delay.py")]
    with cheap(folder) as sink, running(lambda port: [*script, str(port), str(sink.port), str(LATENCY_MS)]) as way:
        yield Sink(way.port, sink.pid)


@cache
def compiled(folder: Path) -> Path:
    need("gcc", "gcc")
    program = folder / "sink"
    subprocess.run(["gcc", "-O2", "-o", program, HERE / "sink.c"], check=True)
    return program


@contextmanager
def running(command: Callable[[int], Sequence[str]]) -> Iterator[Sink]:
    """A server, from when it listens; `command` makes its command line of a port."""
    port = free_port()
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield Sink(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    sys.exit(f"nothing listens on port {port}")
