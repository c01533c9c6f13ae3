"""The command line as a trial calls it, in this process, with logs as JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from outreach.cli.app import outreach
from tests.answers import Answer
from tests.hostile.values import MARK

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody at the command line of a workspace."""

    root: Path
    #: URL of the database.
    database: str
    #: URL of the mail server; empty: the outbox.
    mail: str = ""

    def call(self, *words: str) -> Answer:
        """One verb."""
        settings = {
            "OUTREACH_DATABASE_URL": self.database, "OUTREACH_WORKSPACE": str(self.root), "OUTREACH_USER": "tester",
            "OUTREACH_SMTP_URL": self.mail, "OUTREACH_LOG": "json", "OUTREACH_SECRET": "a secret of the trials",
        }  # fmt: skip
        result = CliRunner().invoke(outreach, list(words), env=settings)
        return Answer(result.exit_code, result.stdout, result.stderr)


def wrong_lines(log: str) -> Iterator[str]:
    """What is wrong with lines of a log: each is one object with a time and an event, and tells of nobody."""
    for line in log.split("\n"):
        if MARK in line:
            yield f"tells of somebody: {line!r}"
        if _CONTROL.search(line):
            yield f"holds a control character: {line!r}"
        elif line.startswith("{") and not _is_ours(line):
            yield f"not a line of ours: {line!r}"


def _is_ours(line: str) -> bool:
    try:
        return json.loads(line).keys() >= {"at", "level", "event"}
    except ValueError:
        return False


def what_was_told(answers: Iterable[Answer]) -> list[str]:
    """What is wrong with what the command line and its logs said."""
    answers = list(answers)
    wrong = [f"{answer.out!r} tells of somebody" for answer in answers if MARK in answer.out]
    return wrong + [one for answer in answers for one in wrong_lines(answer.err)]
