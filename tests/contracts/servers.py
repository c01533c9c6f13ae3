"""Starting mail servers for tests: each a process of its own, on loopback."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contracts.records import records

HERE = Path(__file__).parent
CERTIFICATE = HERE / "localhost.pem"


@dataclass
class Server:
    """A mail server that runs."""

    port: int
    folder: Path
    process: subprocess.Popen[str]

    def url(self, *, login: str = "", host: str = "localhost", scheme: str = "smtp", **options: str) -> str:
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"{scheme}://{login + '@' if login else ''}{host}:{self.port}" + (f"?{query}" if query else "")

    def arrived(self) -> list[dict[str, Any]]:
        """What the server took, in order."""
        found = records(self.folder / "arrived")
        return [{**one, "content": base64.b64decode(one["content"])} for one in found]

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate()


def start(
    folder: Path,
    *,
    tls: str = "none",
    login: str = "",
    utf8: bool = True,
    idle: float = 300,
    pipelining: bool = False,
    without: str = "",
    port: int = 0,
) -> Server:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "committed").touch()
    settings = {
        "folder": str(folder),
        "tls": tls,
        "login": login,
        "utf8": utf8,
        "idle": idle,
        "pipelining": pipelining,
        "without": without,
        "port": port,
        "certificate": str(CERTIFICATE),
    }
    command = [sys.executable, "-W", "ignore", str(HERE / "smtp_server.py"), json.dumps(settings)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    return Server(int(process.stdout.readline()), folder, process)


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Server]:
    server = start(folder, **settings)
    try:
        yield server
    finally:
        server.stop()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)
