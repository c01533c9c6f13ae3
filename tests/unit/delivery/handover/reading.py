"""Lists as the desk reads them, without the code that wrote them."""

from __future__ import annotations

import csv
from pathlib import Path


def read(path: Path) -> list[dict[str, str]]:
    """The lines of a CSV, by column."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def read_all(folder: Path) -> list[dict[str, str]]:
    """The lines of every list."""
    return [line for path in sorted(folder.glob("*/*/*.csv")) for line in read(path)]
