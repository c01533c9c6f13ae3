"""What a service tells of itself, in its log and on its pages, names deliveries and never people, whatever happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from outreach.cli.app import outreach
from tests.contracts.servers import Server, running, unused_port

#: Local part of an address -> what the server does to it (tests/contracts/smtp_server.py), as it is told.
ADDRESSES = {
    "welkom-geheim": "sent",
    "rcpt-450-geheim": "deferred",
    "rcpt-550-geheim": "rejected",
    "rcpt-garbage-geheim": "deferred",
    "rcpt-drop-geheim": "deferred",
    "data-451-geheim": "deferred",
    "data-554-geheim": "rejected",
    "data-drop-geheim": "in_doubt",
    "data-garbage-geheim": "in_doubt",
}
NAMES = [
    "Zwaantje",
    "Zwaantje%s%(key)s",
    "Zwaantje{{ 7 * 7 }}",
    "Zwaantje{0}",
    '"},{"Zwaantje":"',
    "<b>Zwaantje</b>",
    "Zwaantjé",
]
#: None of these may stand anywhere.
SECRETS = ("geheim", "Zwaantj", "staff.example", "STAMNUMMER")


@pytest.fixture
def server(tmp_path: Path):
    with running(tmp_path / "mail") as one:
        yield one


@pytest.fixture
def environment(workspace: Path, database_url: str, server: Server) -> dict[str, str]:
    """A campaign that is due today, everybody's name in its text, and nobody to be spared by a pause."""
    local = datetime.now(ZoneInfo("Europe/Brussels"))
    news = workspace / "campaigns" / "news.yaml"
    start = f'start: {{once: {local:%Y-%m-%d}, at: "{local:%H:%M}"}}'
    news.write_text(news.read_text().replace("start: {every: first tuesday of the month}", start))
    text = workspace / "templates" / "news" / "nl.md"
    text.write_text(text.read_text() + "\n{% if person.first_name %}Dag {{ person.first_name }}.{% endif %}\n")
    return {
        "OUTREACH_DATABASE_URL": database_url,
        "OUTREACH_WORKSPACE": str(workspace),
        "OUTREACH_SMTP_URL": server.url(timeout="5", answer_timeout="5"),
    }


def roster(folder: Path) -> Path:
    rows = ["person_id,status,first_name,last_name,email,language,hired_on"]
    for number, address in enumerate(ADDRESSES):
        name = NAMES[number % len(NAMES)].replace('"', '""')
        rows.append(f'STAMNUMMER{number},active,"{name}",Zwaantjes,{address}@staff.example,nl,2020-01-01')
    path = folder / "people.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def call(environment: dict[str, str], *words: str) -> str:
    done = CliRunner().invoke(outreach, words, env=environment)
    assert done.exit_code in (0, 1), done.output
    return done.output


def serve(environment: dict[str, str]) -> tuple[list[dict[str, Any]], str]:
    """A service at work until it has sent: its log, and its pages."""
    command = [sys.executable, "-m", "outreach", "-v", "serve", "--every", "1", "--listen", "127.0.0.1:0"]
    lines: list[dict[str, Any]] = []
    with subprocess.Popen(command, env=os.environ | environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        try:
            while not lines or lines[-1]["event"] not in ("sent", "sent failed", "tick failed"):
                lines.append(json.loads(process.stderr.readline()))
            address = next(line["address"] for line in lines if line["event"] == "listening")
            pages = [read(f"http://{address}/{page}") for page in ("metrics", "healthz", "readyz")]
        finally:
            process.terminate()
        lines += [json.loads(text) for text in process.stderr]
    assert process.returncode == 0
    return lines, "".join(pages)


def read(url: str) -> str:
    try:
        body: bytes = urllib.request.urlopen(url, timeout=20).read()
    except urllib.error.HTTPError as refusal:
        body = refusal.read()
    return body.decode()


def test_a_whole_send_tells_each_delivery_by_its_key_and_nobody(environment: dict[str, str], tmp_path: Path) -> None:
    told = [call(environment, "roster", "import", str(roster(tmp_path)))]
    told += [call(environment, *words) for words in (["publish"], ["approve", "news"])]
    log, pages = serve(environment)
    told += [
        json.dumps(log, ensure_ascii=False),
        pages,
        call(environment, "run"),
        call(environment, "doctor", "--resolver", f"127.0.0.1:{unused_port()}"),
    ]

    states = sorted(line["state"] for line in log if line.get("key", "").startswith("news/news/"))
    assert states == sorted(ADDRESSES.values())
    assert {line["code"] for line in log if line.get("state") == "rejected"} == {"550 5.1.1", "554 5.7.1"}
    assert 'outreach_deliveries_total{campaign="news",channel="smtp",state="in_doubt"} 2.0' in pages
    assert 'outreach_deliveries_total{campaign="news",channel="",state="planned"} 9.0' in pages
    # An answer that never came has taken no time.
    assert 'outreach_answer_seconds_count{channel="smtp"} ' in pages
    assert [secret for secret in SECRETS if secret in "".join(told)] == []
