"""The receiver that docs/how-to/webhook.md shows does what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach.delivery.channels.base import Deferred, Sent
from outreach.delivery.channels.webhook import Webhook, parse
from tests.contracts.journals import Journal
from tests.contracts.receivers import SECRET
from tests.contracts.servers import unused_port, wait_for
from tests.unit.delivery.mails import mail

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "webhook.md"
PORT = "8080"


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Its URL, and the file to which it prints."""
    (program,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    port = str(unused_port())
    assert program.count(PORT) == 1
    (tmp_path / "receiver.py").write_text(program.replace(PORT, port), encoding="utf-8")
    printed = tmp_path / "printed"
    with printed.open("a") as out, (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "receiver.py"], cwd=tmp_path, env=os.environ | {"WEBHOOK_SECRET": SECRET},
            stdout=out, stderr=log,
        )  # fmt: skip
        wait_for(lambda: send(f"http://127.0.0.1:{port}/", 0) != [Deferred("unreachable")])
        printed.write_text("")
        yield f"http://127.0.0.1:{port}/", printed
        process.terminate()
        process.wait()


def send(url: str, *numbers: int, secret: str = SECRET) -> list[object]:
    way = Webhook(parse(url, secret), lambda: datetime.now(UTC))
    journal = Journal([mail(f"welcome/step/once/0/{number}") for number in numbers])
    way.open()
    way.send(journal)
    way.close()
    return [result for results in journal.results.values() for result in results]


def test_it_does_its_work_once_for_each_key(receiver: tuple[str, Path]) -> None:
    url, printed = receiver
    assert send(url, *range(1, 9)) == [Sent()] * 8
    assert send(url, *range(5, 11)) == [Sent()] * 6
    assert printed.read_text().splitlines() == ["to None: Welkom"] * 10


def test_it_takes_nothing_that_is_not_ours(receiver: tuple[str, Path]) -> None:
    url, printed = receiver
    assert send(url, 1, secret=f"whsec_{'A' * 32}") == [Deferred("401")]
    assert printed.read_text() == ""
