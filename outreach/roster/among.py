"""A list of values inside a query, as one parameter.

With one parameter a value PostgreSQL prepares a plan that compares every row with every value once it has seen the
query five times: on a roster that was not analysed yet, an import took 110 seconds instead of one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, String, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY


def texts(connection: Connection, values: Iterable[str]) -> Select[Any]:
    """The values as a subquery, for `column.in_(…)`."""
    return _rows(connection, list(values), String)


def numbers(connection: Connection, values: Iterable[int]) -> Select[Any]:
    """The values as a subquery, for `column.in_(…)`."""
    return _rows(connection, list(values), BigInteger)


def listed(dialect: str, column: ColumnElement[int]) -> ColumnElement[Any]:
    """The numbers of each group in one value, for `numbers_listed`: to fetch a row for each would take long."""
    return (func.array_agg if dialect == "postgresql" else func.json_group_array)(column)


def numbers_listed(connection: Connection, value: Any) -> Select[Any]:
    """The numbers that `listed` put together as a subquery, for `column.in_(…)`."""
    return _rows(connection, value or [], BigInteger)


def numbers_given(dialect: str, name: str) -> Select[Any]:
    """The same, of a value that is given with the statement under that name."""
    if dialect == "postgresql":
        return select(func.unnest(bindparam(name, type_=ARRAY(BigInteger))))
    return select(func.json_each(bindparam(name, type_=String)).table_valued("value").c.value)


def separated(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Each of the values that stand in a column with commas between, in a row of its own; they hold no quotes."""
    if connection.dialect.name == "postgresql":
        return func.unnest(func.string_to_array(column, ","))
    quoted = literal('["') + func.replace(column, ",", '","') + literal('"]')
    return func.json_each(quoted).table_valued("value", joins_implicitly=True).c.value


def _rows(connection: Connection, values: list[Any] | str, kind: type[String | BigInteger]) -> Select[Any]:
    if connection.dialect.name == "postgresql":
        return select(func.unnest(literal(values, ARRAY(kind))))
    listing = values if isinstance(values, str) else json.dumps(values)
    return select(func.json_each(listing).table_valued("value").c.value)
