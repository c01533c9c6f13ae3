from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from outreach.service.logs import log_as_json


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    log_as_json(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


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
