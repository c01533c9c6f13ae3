"""The smallest few of the numbers in a row: without a row for each number, which the database would have to sort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, case, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

#: Stands for no number: larger than all of them.
NONE = 2_147_483_647
#: So many arguments a function may have on either database.
_ARGUMENTS = 100


class _Least(FunctionElement[int]):
    """The smallest of its arguments, which are never NULL."""

    type = Integer()
    inherit_cache = True
    name = "least"


@compiles(_Least, "sqlite")
def _on_sqlite(element: _Least, compiler: Any, **how: Any) -> str:
    return f"min({compiler.process(element.clauses, **how)})"


@compiles(_Least, "postgresql")
def _on_postgresql(element: _Least, compiler: Any, **how: Any) -> str:
    return f"least({compiler.process(element.clauses, **how)})"


def smallest(rows: CTE, columns: Sequence[str], count: int) -> tuple[CTE, list[ColumnElement[int]]]:
    """The rows, and of each the smallest of its numbers in `columns`, the next one, and so on; NONE for the rest.

    No number but NONE may stand in a row twice.
    """
    names = [f"least_{number}" for number in range(count)]
    before: str | None = None
    for name in names:
        left: list[ColumnElement[int]] = [rows.c[column] for column in columns]
        if before:
            left = [case((column > rows.c[before], column), else_=NONE) for column in left]
        rows = select(rows, _least(left).label(name)).cte(f"with_{name}").prefix_with("MATERIALIZED")
        before = name
    return rows, [rows.c[name] for name in names]


def _least(numbers: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
    while len(numbers) > 1:
        parts = [numbers[start : start + _ARGUMENTS] for start in range(0, len(numbers), _ARGUMENTS)]
        numbers = [_Least(*part) if len(part) > 1 else part[0] for part in parts]
    return numbers[0]
