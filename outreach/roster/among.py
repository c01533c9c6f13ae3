"""A list of values inside a query, as one parameter.

With one parameter a value PostgreSQL prepares a plan that compares every row with every value once it has seen the
query five times: on a roster that was not analysed yet, an import took 110 seconds instead of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, String, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY


def texts(connection: Connection, values: Iterable[str]) -> Select[Any]:
    """The values as a subquery, for `column.in_(…)`."""
    return _rows(connection, list(values), String)


def numbers(connection: Connection, values: Iterable[int]) -> Select[Any]:
    """The values as a subquery, for `column.in_(…)`."""
    return _rows(connection, list(values), BigInteger)


def listed(connection: Connection, column: ColumnElement[int]) -> ColumnElement[Any]:
    """The numbers of each group in one value, which `numbers_of` reads: to fetch a row for each would take long."""
    return (func.array_agg if connection.dialect.name == "postgresql" else func.json_group_array)(column)


def numbers_of(value: Any) -> list[int]:
    """The numbers that `listed` put together."""
    found: list[int] = json.loads(value) if isinstance(value, str) else value
    return found


def separated(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Each of the values that stand in a column with commas between, in a row of its own; they hold no quotes."""
    if connection.dialect.name == "postgresql":
        return func.unnest(func.string_to_array(column, ","))
    quoted = literal('["') + func.replace(column, ",", '","') + literal('"]')
    return func.json_each(quoted).table_valued("value", joins_implicitly=True).c.value


def _rows(connection: Connection, values: list[Any], kind: type[String | BigInteger]) -> Select[Any]:
    if connection.dialect.name == "postgresql":
        return select(func.unnest(literal(values, ARRAY(kind))))
    return select(func.json_each(json.dumps(values)).table_valued("value").c.value)
