"""Starting receivers of webhooks for tests: each a process of its own, on loopback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.contracts.records import records
from tests.contracts.servers import CERTIFICATE, HERE

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Receiver:
    """A receiver that runs."""

    port: int
    folder: Path
    scheme: str
    process: subprocess.Popen[str]

    def url(self, *, host: str = "localhost", path: str = "/hook", **settings: object) -> str:
        said = "&".join(f"{name}={value}" for name, value in settings.items())
        return f"{self.scheme}://{host}:{self.port}{path}" + (f"#{said}" if said else "")

    @property
    def committed(self) -> Path:
        """Where journals write down what may leave."""
        return self.folder / "committed"

    def arrived(self) -> list[dict[str, Any]]:
        """What the receiver was handed, in order."""
        return records(self.folder / "arrived")

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate()


@contextmanager
def receiving(folder: Path, *, tls: bool = False, secret: str = SECRET, port: int = 0) -> Iterator[Receiver]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "committed").touch()
    certificate = str(CERTIFICATE) if tls else ""
    settings = {"folder": str(folder), "secret": secret, "port": port, "certificate": certificate}
    command = [sys.executable, str(HERE / "webhook_server.py"), json.dumps(settings)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    receiver = Receiver(int(process.stdout.readline()), folder, "https" if tls else "http", process)
    try:
        yield receiver
    finally:
        receiver.stop()
