"""Questions to a table that was written as Parquet: some of its rows, how many there are, sums by column.

Whatever a caller names is looked up in the table's own list of columns; values are bound, never written into SQL.
"""

# ruff: noqa: S608 - columns are named by their position, values are bound: no text of a user becomes SQL

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .description import Column, TableDescription
from .engine import Engine
from .filters import Filter, where_sql

Function = Literal["count", "sum", "avg", "min", "max"]
FUNCTIONS: tuple[Function, ...] = ("count", "sum", "avg", "min", "max")

_FROM = "read_parquet(?, file_row_number=true)"
_EXPORT_BATCH = 1_000


@dataclass(frozen=True)
class Selection:
    """Which rows: those that every filter lets pass and, with ``words``, that hold them in a text column."""

    filters: tuple[Filter, ...] = ()
    words: str = ""

    @property
    def all(self) -> bool:
        """Whether nothing is left out."""
        return not self.filters and not self.words


@dataclass(frozen=True)
class Sort:
    """By which column; rows of equal value stay in the file's order, empty cells stand last."""

    column: Column
    descending: bool = False


@dataclass(frozen=True)
class Table:
    """A table to ask: its file, what is known of it, and the engine that reads it within ``seconds``."""

    engine: Engine
    path: Path
    description: TableDescription
    seconds: float


@dataclass(frozen=True)
class Page:
    """Some rows, with typed values in the order of the asked columns, and how many rows there are in all."""

    rows: list[tuple[Any, ...]]
    total: int


@dataclass(frozen=True)
class Group:
    """The rows that share a value (``key``; None: the cell is empty): what was asked of them, and how many they are."""

    key: Any
    value: Any
    rows: int


@dataclass(frozen=True)
class Groups:
    """The groups that were asked for, what the function gives over all rows, and how many groups there are."""

    groups: list[Group]
    value: Any
    rows: int
    count: int


def read_page(
    table: Table,
    columns: Sequence[Column],
    selection: Selection,
    sort: Sort | None,
    *,
    offset: int,
    limit: int,
) -> Page:
    """Return ``limit`` rows from ``offset`` on. Raises QueryLimitError."""
    names = ", ".join(column.sql for column in columns)
    with table.engine.cursor(table.seconds) as cursor:
        if selection.all and sort is None:
            # by number: only the row groups that hold the page are read
            query = f"SELECT {names} FROM {_FROM} WHERE file_row_number >= ? AND file_row_number < ?"
            values: list[Any] = [str(table.path), offset, offset + limit]
            rows = cursor.execute(f"{query} ORDER BY file_row_number", values).fetchall()
            return Page(rows, table.description.rows)
        where, bound = where_sql(selection.filters, selection.words, table.description.columns)
        found = f"SELECT file_row_number FROM {_FROM} WHERE {where} {_order(sort)} LIMIT ? OFFSET ?"
        numbers = [
            number for (number,) in cursor.execute(found, [str(table.path), *bound, limit, offset]).fetchall()
        ]
        rows = _rows_by_number(cursor, table.path, names, numbers)
        total = table.description.rows
        if not selection.all:
            counted = cursor.execute(f"SELECT count(*) FROM {_FROM} WHERE {where}", [str(table.path), *bound])
            total = (counted.fetchone() or (0,))[0]
        return Page(rows, total)


def _rows_by_number(cursor: Any, path: Path, names: str, numbers: list[int]) -> list[tuple[Any, ...]]:
    """Return the rows of these numbers, in their order: wide rows are read only once it is known which."""
    if not numbers:
        return []
    query = (
        f"SELECT file_row_number, {names} FROM {_FROM} "
        "WHERE file_row_number >= ? AND file_row_number <= ? AND list_contains(?::BIGINT[], file_row_number)"
    )
    found = cursor.execute(query, [str(path), min(numbers), max(numbers), numbers]).fetchall()
    by_number = {row[0]: row[1:] for row in found}
    return [by_number[number] for number in numbers]


def read_all(
    table: Table, columns: Sequence[Column], selection: Selection, sort: Sort | None, limit: int
) -> Iterator[tuple[Any, ...]]:
    """Yield up to ``limit`` rows, in bounded memory. Raises QueryLimitError, also halfway."""
    names = ", ".join(column.sql for column in columns)
    where, bound = where_sql(selection.filters, selection.words, table.description.columns)
    # without a sort DuckDB keeps the file's order by itself, and streams: sorting would hold every row in memory
    order = _order(sort) if sort else ""
    query = f"SELECT {names} FROM {_FROM} WHERE {where} {order} LIMIT ?"
    with table.engine.cursor(table.seconds) as cursor:
        cursor.execute(query, [str(table.path), *bound, limit])
        while batch := cursor.fetchmany(_EXPORT_BATCH):
            yield from batch


def _order(sort: Sort | None) -> str:
    if sort is None:
        return "ORDER BY file_row_number"
    return f"ORDER BY {sort.column.sql} {'DESC' if sort.descending else 'ASC'} NULLS LAST, file_row_number"


def aggregate(
    table: Table,
    by: Column,
    value: Column | None,
    function: Function,
    selection: Selection,
    *,
    limit: int,
    by_key: bool = False,
) -> Groups:
    """Return what ``function`` gives for the rows of each value of ``by`` (of each year, where it holds dates).

    The largest first, or in the order of the keys. ``value`` is not used by ``count``. Raises QueryLimitError.
    """
    key = f"year({by.sql})" if by.type == "date" else by.sql
    measure = "count(*)" if value is None or function == "count" else f"{function}({value.sql})"
    where, bound = where_sql(selection.filters, selection.words, table.description.columns)
    order = "1 NULLS LAST" if by_key else "2 DESC NULLS LAST, 1 NULLS LAST"
    values = [str(table.path), *bound]
    with table.engine.cursor(table.seconds) as cursor:
        query = f"SELECT {key}, {measure}, count(*) FROM {_FROM} WHERE {where} GROUP BY 1 ORDER BY {order} LIMIT ?"
        groups = [Group(*row) for row in cursor.execute(query, [*values, limit]).fetchall()]
        whole = f"SELECT {measure}, count(*), count(DISTINCT {key}), count({key}) FROM {_FROM} WHERE {where}"
        overall, rows, distinct, filled = cursor.execute(whole, values).fetchone() or (None, 0, 0, 0)
        return Groups(groups, overall, rows, distinct + (1 if filled < rows else 0))


def aggregate_places(
    table: Table,
    code: str,
    selection: Selection,
    *,
    several: bool = False,
    distinct: Sequence[Column] = (),
    total: Column | None = None,
) -> dict[str | None, Any]:
    """Return for each ISTAT code how many rows it has, how many different values of ``distinct``, or the ``total``.

    ``code``: an expression of ``places.Places.levels``; a list of codes where ``several``: a row then counts once for
    each of its places. Rows without a place stand under None. Raises QueryLimitError.
    """
    if total is not None:
        measure = f"sum({total.sql})"
    elif distinct:
        parts = ", ".join(f"coalesce({column.sql}, '')" for column in distinct)
        measure = f"count(DISTINCT concat_ws(chr(31), {parts}))"
    else:
        measure = "count(*)"
    each = f"unnest(list_distinct({code}))" if several else code
    where, bound = where_sql(selection.filters, selection.words, table.description.columns)
    query = f"SELECT place, {measure} FROM (SELECT *, {each} AS place FROM {_FROM} WHERE {where}) GROUP BY 1"
    with table.engine.cursor(table.seconds) as cursor:
        return dict(cursor.execute(query, [str(table.path), *bound]).fetchall())
