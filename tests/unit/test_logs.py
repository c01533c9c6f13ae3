from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from outreach.logs import counts, log_as_json, log_as_text


@dataclass
class Point:
    x: int
    y: int


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Logging is the whole process's: what a test set up goes with it."""
    loggers = [logging.getLogger(name) for name in ("", "outreach", "apscheduler")]
    levels, handlers = [one.level for one in loggers], loggers[0].handlers[:]
    hooks = sys.excepthook, threading.excepthook, logging.raiseExceptions
    yield
    sys.excepthook, threading.excepthook, logging.raiseExceptions = hooks
    loggers[0].handlers[:] = handlers
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.fixture
def log() -> io.StringIO:
    stream = io.StringIO()
    log_as_json(stream)
    return stream


@pytest.fixture
def text() -> io.StringIO:
    stream = io.StringIO()
    log_as_text(stream)
    return stream


def test_a_line_is_one_json_object_with_its_fields(log: io.StringIO) -> None:
    logging.getLogger("outreach.x").warning("the server is %s", "slow", extra={"key": "a/b/c/0/1", "count": 3})
    line = json.loads(log.getvalue())
    assert (line["level"], line["logger"], line["event"]) == ("warning", "outreach.x", "the server is slow")
    assert (line["key"], line["count"]) == ("a/b/c/0/1", 3)
    assert line["at"].endswith("+00:00")


def test_of_an_exception_only_kind_and_place_are_told(log: io.StringIO) -> None:
    try:
        raise ValueError("an@example.org\nis wrong")
    except ValueError:
        logging.getLogger("outreach.x").exception("tick failed")
    line = json.loads(log.getvalue())
    assert line["error"] == "ValueError"
    assert "test_logs.py:" in line["at_line"]
    assert "example.org" not in log.getvalue()


def test_as_text_a_line_shows_its_fields_and_an_exception_its_kind_and_place(text: io.StringIO) -> None:
    try:
        raise ValueError("an@example.org\nis wrong")
    except ValueError:
        logging.getLogger("outreach.x").debug("refused", extra={"key": "a/b/c/0/1"}, exc_info=True)
    (line,) = text.getvalue().splitlines()
    assert line.startswith("DEBUG outreach.x: refused key=a/b/c/0/1 error=ValueError at_line=")
    assert "example.org" not in line


@pytest.mark.parametrize("form", ["log", "text"])
def test_of_what_a_library_says_the_first_line_is_told(form: str, request: pytest.FixtureRequest) -> None:
    stream: io.StringIO = request.getfixturevalue(form)
    # As asyncio does it of a task that failed.
    logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <… ValueError('an@example.org')>")
    logging.getLogger("asyncio").debug("an@example.org")
    logging.getLogger("outreach.x").error("one\ntwo")
    assert "never retrieved" in stream.getvalue()
    assert "two" in stream.getvalue()
    assert "example.org" not in stream.getvalue()


def test_a_thread_that_dies_is_told_without_its_words(log: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    def die() -> None:
        raise ValueError("an@example.org")

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    line = json.loads(log.getvalue())
    assert (line["level"], line["error"]) == ("critical", "ValueError")
    assert "example.org" not in log.getvalue() + capsys.readouterr().err


def test_a_field_that_cannot_be_written_is_not_shown_by_python(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    class Unspeakable:
        def __str__(self) -> str:
            raise ValueError("an@example.org")

    logging.getLogger("outreach.x").error("lost", extra={"what": Unspeakable()})
    assert "example.org" not in log.getvalue() + capsys.readouterr().err


def test_counts_are_fields_without_their_zeros() -> None:
    assert counts(Point(3, 0)) == {"x": 3}
    assert counts(None) == counts(Point) == {}
