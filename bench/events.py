"""From a posted event to the message at the mail server: how long, at so many a second, alone or beside a mailing.

    python bench/events.py [--rate 200] [--seconds 20] [--people 45000] [--newsletter] [--database URL]

`outreach serve` as it is installed, on the sample workspace with one campaign that starts on an event; a mail server
that notes when each message was whole. Time runs from just before the POST.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from zoneinfo import ZoneInfo

import requests

ROOT = Path(__file__).parent.parent
NOW = datetime.now(ZoneInfo("Europe/Brussels"))
_RECIPIENT = re.compile(rb"RCPT TO:<([^>]+)>", re.IGNORECASE)

HIRED = """\
title: Hired
topic: onboarding
purpose: measure how soon an event is a message
owner: communicatie@sociale-dienst.example
audience: everyone
start: {event: hired}
frequency: must
priority: high
on_closed: send
steps: [{id: hello, send: welcome}]
"""
NEWS = """\
title: News to everybody
topic: news
purpose: measure what a mailing keeps waiting
owner: communicatie@sociale-dienst.example
audience: everyone
start: {once: %s, at: "%s"}
frequency: normal
on_closed: send
steps: [{id: letter, send: welcome}]
"""


class MailServer:
    """Takes every message, and notes when the first one to each address was whole."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.letters = 0
        self._loop = asyncio.new_event_loop()
        self.port = 0
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    def _run(self, ready: threading.Event) -> None:
        async def begin() -> None:
            server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=1 << 22)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await server.serve_forever()

        self._loop.run_until_complete(begin())

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The sender is told to end in the middle of it when all has been measured.
        with suppress(asyncio.IncompleteReadError, ConnectionResetError):
            await self._take(reader, writer)
        writer.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 bench ESMTP\r\n")
        recipient = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-bench\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            elif verb == b"RCPT" and (found := _RECIPIENT.match(line)):
                recipient = found[1].decode().lower()
                writer.write(b"250 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self._note(recipient, await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 ok\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")

    def _note(self, recipient: str, body: bytes) -> None:
        if b"\nList-Id: " in body and b"news" in body.split(b"\nList-Id: ", 1)[1][:60]:
            self.letters += 1
        else:
            self.arrived.setdefault(recipient, time.monotonic())


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        server = MailServer()
        environment, workspace = _prepare(Path(folder), server.port, arguments)
        port = _free_port()
        token = json.loads(_outreach(environment, "token", "make", "bench", "--scope", "events", "--json"))["token"]
        serving = subprocess.Popen(
            [sys.executable, "-m", "outreach", "serve", "--web", f"127.0.0.1:{port}"],
            env=environment, cwd=workspace, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _await(port, server, newsletter=arguments.newsletter)
            sent = _post_all(port, token, arguments)
            _report(sent, server, arguments)
        finally:
            serving.terminate()
            serving.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--people", type=int, default=45_000)
    parser.add_argument("--newsletter", action="store_true")
    parser.add_argument("--database", default="")
    return parser.parse_args()


def _prepare(folder: Path, port: int, arguments: argparse.Namespace) -> tuple[dict[str, str], Path]:
    workspace = folder / "workspace"
    workspace.mkdir()
    for name in ("campaigns", "templates"):
        shutil.copytree(ROOT / name, workspace / name)
    # At whatever hour this is run, today's messages are due.
    text = (ROOT / "outreach.yaml").read_text()
    (workspace / "outreach.yaml").write_text(text.replace('send_at: "09:00"', 'send_at: "00:00"'))
    (workspace / "campaigns" / "bench-hired.yaml").write_text(HIRED)
    start = NOW + timedelta(minutes=1)
    (workspace / "campaigns" / "bench-news.yaml").write_text(NEWS % (f"{start:%Y-%m-%d}", f"{start:%H:%M}"))
    roster = folder / "people.csv"
    rows = [f"P{n},active,An,p{n}@staff.example,nl,2015-01-01" for n in range(arguments.people)]
    roster.write_text("person_id,status,first_name,email,language,hired_on\n" + "\n".join(rows) + "\n")
    environment = os.environ | {
        "OUTREACH_WORKSPACE": str(workspace), "OUTREACH_SMTP_URL": f"smtp://127.0.0.1:{port}#tls=off",
        "PYTHONPATH": str(ROOT), "OUTREACH_SECRET": "bench",
    }  # fmt: skip
    if arguments.database:
        environment["OUTREACH_DATABASE_URL"] = arguments.database
    _outreach(environment, "roster", "import", str(roster))
    _outreach(environment, "publish")
    _outreach(environment, "approve", "bench-hired", "--yes")
    if arguments.newsletter:
        _outreach(environment, "approve", "bench-news", "--yes")
    return environment, workspace


def _outreach(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "outreach", *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"outreach {words[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _await(port: int, server: MailServer, *, newsletter: bool) -> None:
    """Until the doors are open, and the mailing is under way if there is one."""
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/openapi.json", timeout=5)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    time.sleep(2)
    until = time.monotonic() + 180
    while newsletter and not server.letters and time.monotonic() < until:
        time.sleep(0.05)


def _post_all(port: int, token: str, arguments: argparse.Namespace) -> dict[str, float]:
    """Post one event after another, each at its time; returns when each began."""
    total, began, sent = arguments.rate * arguments.seconds, time.monotonic(), {}
    own = threading.local()

    def post(number: int) -> int:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        headers = {"Authorization": f"Bearer {token}", "webhook-id": f"e{number}"}
        said = {"person": f"P{number}", "event": "hired", "date": f"{NOW:%Y-%m-%d}"}
        time.sleep(max(0.0, began + number / arguments.rate - time.monotonic()))
        sent[f"p{number}@staff.example"] = time.monotonic()
        return own.session.post(
            f"http://127.0.0.1:{port}/api/events", json=said, headers=headers, timeout=30
        ).status_code

    with ThreadPoolExecutor(24) as threads:
        statuses = list(threads.map(post, range(total)))
    if set(statuses) != {200}:
        sys.exit(f"not all were taken: {set(statuses)}")
    return sent


def _report(sent: dict[str, float], server: MailServer, arguments: argparse.Namespace) -> None:
    until = time.monotonic() + 60
    while len(server.arrived) < len(sent) and time.monotonic() < until:
        time.sleep(0.1)
    waits = sorted(server.arrived[who] - at for who, at in sent.items() if who in server.arrived)
    cuts = quantiles(waits, n=1000)
    span = max(sent.values()) - min(sent.values())
    print(json.dumps({
        "events": len(sent), "a_second": round(len(sent) / span), "arrived": len(waits), "letters": server.letters,
        "people": arguments.people, "p50": round(cuts[499], 3), "p95": round(cuts[949], 3), "p99": round(cuts[989], 3),
        "longest": round(waits[-1], 3),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
