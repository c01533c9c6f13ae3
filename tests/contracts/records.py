"""What a server process writes down, read while it goes on writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def records(file: Path) -> list[dict[str, Any]]:
    """The JSON objects of its lines, in order; a line that is not whole yet comes the next time."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]
