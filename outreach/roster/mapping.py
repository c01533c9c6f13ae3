"""Which column of a file is which of our fields: by the workspace's mapping, else by our own names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from outreach.definitions.fields import FIELDS, plain_code, plain_column
from outreach.definitions.model import Field, Mapping, Workspace
from outreach.errors import OutreachError
from outreach.roster.sources.sheet import Sheet

#: The mapping of sources that have none of their own.
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Column:
    """One column that we read."""

    #: Its place in a row, from 0.
    index: int
    field: Field
    #: Their code in lower case -> our value.
    codes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Columns:
    """How to read the rows of one file."""

    #: In the order of the file.
    used: tuple[Column, ...]
    #: Names of the columns that we do not read.
    ignored: tuple[str, ...]
    #: Index of the column with the person's id.
    key: int


def match(sheet: Sheet, workspace: Workspace, source: str, where: str) -> Columns:
    """The columns of a sheet.

    Raises:
        OutreachError: no column holds the person's id, or two hold the same field.
    """
    mapping = workspace.mappings.get(source) or workspace.mappings.get(DEFAULT) or Mapping({}, {})
    fields = FIELDS | workspace.fields
    names = dict(_names(mapping, fields))
    found = [(index, names.get(plain_column(name))) for index, name in enumerate(sheet.header)]
    used = tuple(Column(i, fields[name], _codes(mapping, name)) for i, name in found if name)
    _refuse_twice(used, where)
    ignored = tuple(sheet.header[i] or f"column {sheet.first_column + i}" for i, name in found if not name)
    return Columns(used, ignored, _key(used, len(sheet.header), where))


def _names(mapping: Mapping, fields: dict[str, Field]) -> Iterator[tuple[str, str]]:
    """Name of a column, as compared -> our field; the mapping's own come last and so win."""
    for name in fields:
        yield plain_column(name), name
    for name, ours in mapping.columns.items():
        if ours not in fields:
            raise OutreachError(
                f"the column {name!r} is mapped to {ours!r}, which is not a field",
                where="outreach.yaml",
                remedy="Correct it under roster.mappings, or declare it under fields.",
            )
        yield plain_column(name), ours


def _codes(mapping: Mapping, name: str) -> dict[str, str]:
    return {plain_code(code): ours for code, ours in mapping.values.get(name, {}).items()}


def _refuse_twice(used: tuple[Column, ...], where: str) -> None:
    counts = Counter(column.field.name for column in used)
    if twice := [name for name, count in counts.items() if count > 1]:
        raise OutreachError(
            f"{counts[twice[0]]} columns hold {twice[0]}",
            where=where,
            remedy="Rename or remove all but one, or map only one under roster.mappings in outreach.yaml.",
        )


def _key(used: tuple[Column, ...], width: int, where: str) -> int:
    for column in used:
        if column.field.name == "person_id":
            return column.index
    # The names are not repeated: where the header is missing, they are somebody's data.
    raise OutreachError(
        f"none of the {width} columns holds person_id; the header is read from the first line",
        where=where,
        remedy="Name the column person_id, or map its name under roster.mappings in outreach.yaml.",
    )
