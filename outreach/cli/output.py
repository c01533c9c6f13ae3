"""How answers are shown: aligned tables for people, one JSON document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click


def document(body: Any) -> str:
    """One JSON document: dataclasses as objects, times as ISO texts, paths as texts."""
    return json.dumps(body, default=_plain, ensure_ascii=False, indent=2)


def fields_of(noun: Any) -> dict[str, Any]:
    """The fields of a dataclass, for a document in which they stand beside others."""
    return {f.name: getattr(noun, f.name) for f in fields(noun)}


def emit(body: Any) -> None:
    """Write one JSON document to standard output."""
    click.echo(document(body))


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns in line, numbers to the right; no trailing blanks."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [bool(cells) and all(_is_number(row[i]) for row in cells) for i in range(len(headers))]
    widths = [max([len(header), *(len(row[i]) for row in cells)]) for i, header in enumerate(headers)]
    lines = [list(headers), *cells]
    return "\n".join(_line(line, widths, numeric) for line in lines)


def counts(body: dict[str, int]) -> str:
    """`opted_out 12, no_address 3`; a dash for none."""
    return ", ".join(f"{reason} {_cell(number)}" for reason, number in body.items() if number) or "-"


def next_step(text: str) -> None:
    """Tell what comes next, on standard error, so that a pipe does not carry it."""
    click.echo(f"\nNext: {text}", err=True)


def _line(cells: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    return "  ".join(
        cell.rjust(width) if right else cell.ljust(width)
        for cell, width, right in zip(cells, widths, numeric, strict=True)
    ).rstrip()


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _is_number(cell: str) -> bool:
    return cell == "-" or cell.startswith("< ") or cell.replace(",", "").isdigit()


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return fields_of(value)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
