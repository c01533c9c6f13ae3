"""A workspace with the examples of the design, and what is wrong with it once something in it is changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from outreach.definitions import load
from outreach.definitions.loaded import Loaded
from outreach.definitions.refusal import RefusedError
from tests.unit.definitions.design import FILES

#: Judges the workspace after some files were replaced (None: deleted).
Judge = Callable[[Mapping[str, str | bytes | None]], Loaded]


def write(root: Path, files: Mapping[str, str | bytes | None]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def attempt(read: Callable[..., object], *arguments: object) -> object:
    """What it reads, or what it refused."""
    try:
        return read(*arguments)
    except RefusedError as error:
        return error


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    write(tmp_path, FILES)
    return lambda files: load(write(tmp_path, files))
