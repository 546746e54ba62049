"""The screen: DuckDB finds in one pass over a text table the rows that may be wrong; frictionless judges only those.

The law, tested as a property: the report is the one that frictionless gives on all rows. So the screen clears a row only
where every condition that could lead to a finding is known to be false of it: the schema's (``screen_fields``), those of
our checks (``TableCheck.suspects``), and that no other row has the same key. Of repeated keys all rows are suspects, since
frictionless names in each the row before it. What can not be said in this way raises NotScreenableError, and
frictionless judges every row.

Plain module: a file in, row numbers out. Memory is bounded, what exceeds it goes to the work folder.
"""

# ruff: noqa: S608 - columns are named by their position, texts of a schema stand in quotes (``literal``)

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
from frictionless import Check, Field, Schema

from ...tables.bulk import BulkTable, NotRegularError, bulk_table
from ...tables.checks.base import CellSql, TableCheck, stripped_sql
from ...tables.checks.column_checks import WholeColumnCheck
from ...tables.checks.number_form import PlainNumberCheck
from ...tables.checks.row_checks import RepeatedKeyCheck
from ...tables.reading import NumberedRow
from ...tables.source import TableSource
from ...tables.typed import literal
from ..judging.limits import CheckLimits
from .fields import NotScreenableError, field_sql, key_sql

__all__ = ["NotScreenableError", "Screened", "screen_rows"]

# What ``screen_fields`` clears as a number is written as the first of these wants it; the other one is a key.
_ELSEWHERE = (PlainNumberCheck, RepeatedKeyCheck)
_MOST_COLUMNS = 1_000
_LOOKS_PER_SECOND = 5

Look = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Screened:
    """A table of which the rows that may be wrong are known."""

    table: BulkTable
    header_row: int
    # Numbers (from 1, as in the file) of the rows to judge, in order.
    suspects: npt.NDArray[np.int64]

    @property
    def rows(self) -> int:
        """How many rows stand below the header."""
        return max(0, self.table.count - self.header_row)

    def chosen(self) -> Iterator[NumberedRow]:
        """Yield all rows down to the header, and the suspects."""
        numbers = [*range(1, min(self.header_row, self.table.count) + 1), *self.suspects.tolist()]
        for number, cells in self.table.records(numbers):
            yield NumberedRow(number, cells)


def screen_rows(
    source: TableSource,
    schema: Schema,
    checks: Sequence[Check],
    *,
    work: Path,
    limits: CheckLimits,
    look: Look,
) -> Screened:
    """Return the rows that frictionless has to judge with this schema and these checks.

    ``look`` is called several times a second with the number of rows screened so far, and of all where that is known; what
    it raises stops the work at once and passes through. Raises NotScreenableError where all rows have to be judged.
    """
    if source.native or len(source.labels) > _MOST_COLUMNS:
        raise NotScreenableError("not a text table" if source.native else "columns")
    descriptor = schema.to_descriptor()
    for check in checks:
        if isinstance(check, TableCheck):
            check.prepare(descriptor)
    suspect = _suspect_sql(schema, checks)
    keys = _key_sql(schema, [check for check in checks if isinstance(check, RepeatedKeyCheck)])
    try:
        table = bulk_table(source, work=work, look=lambda: look(0, None), limits=limits.reading)
    except NotRegularError as error:
        raise NotScreenableError(error.reason) from error
    if table.cells > limits.cells:
        raise NotScreenableError("cells")
    if keys.hashes and len(table.odd) and not _empty_is_missing(schema):
        raise NotScreenableError("ragged keys")
    try:
        with _connection(table, work, limits) as connection:
            _ask_all(connection, table, suspect, keys, look)
            found = _suspects(connection, source.header_row, len(keys.hashes))
    except duckdb.Error as error:
        raise NotScreenableError(type(error).__name__) from error
    for check in checks:
        if isinstance(check, WholeColumnCheck):
            check.show(table.records(range(source.header_row + 1, table.count + 1)))
    odd = table.odd[table.odd > source.header_row]
    return Screened(table, source.header_row, np.union1d(found, odd).astype(np.int64))


@dataclass(frozen=True)
class _Keys:
    """What tells rows apart, in SQL: a number for each key (NULL where a row has none), when a row is in doubt."""

    hashes: list[str]
    # True where a row has no primary key, which is an error.
    without: str
    # True where it is not certain that equal values have equal numbers.
    uncertain: str


# Conditions ---------------------------------------------------------------------------------------


def _suspect_sql(schema: Schema, checks: Sequence[Check]) -> str:
    if schema.foreign_keys:
        raise NotScreenableError("foreign keys")
    fields = [field_sql(field, schema, f"c{position}") for position, field in enumerate(schema.fields)]
    conditions = [field.suspect for field in fields if field.suspect != "false"]
    # A blank row is an error of its own, whatever its columns allow.
    conditions.append(f"({' AND '.join(field.missing for field in fields)})")
    row = _row(schema)
    for check in checks:
        if isinstance(check, _ELSEWHERE):
            continue
        if not isinstance(check, TableCheck):
            raise NotScreenableError(f"check {check.type}")
        condition = check.suspects(row)
        if condition is None:
            raise NotScreenableError(f"check {check.type}")
        if condition != "false":
            conditions.append(condition)
    return " OR ".join(f"({condition})" for condition in conditions)


def _row(schema: Schema) -> CellSql:
    """Return the SQL of a row as our checks want it; the names are those of ``_ask_all``."""
    names = [field.name for field in schema.fields]
    return CellSql(
        {name: f"t{position}" for position, name in enumerate(names)},
        {name: f"s{position}" for position, name in enumerate(names)},
        "whole",
    )


def _key_sql(schema: Schema, repeated: Sequence[RepeatedKeyCheck]) -> _Keys:
    column = {field.name: f"c{position}" for position, field in enumerate(schema.fields)}
    hashes: list[str] = []
    uncertain: list[str] = []
    for field in _unique(schema):
        key, doubt = key_sql(field, schema, column[field.name])
        hashes.append(f"CASE WHEN {key} IS NOT NULL THEN hash({key}) END")
        uncertain.append(doubt)
    parts = [key_sql(field, schema, column[field.name]) for field in _primary(schema)]
    without = "false"
    if parts:
        hashes.append(f"hash({', '.join(key for key, _ in parts)})")
        uncertain += [doubt for _, doubt in parts]
        without = " AND ".join(f"({key}) IS NULL" for key, _ in parts)
    for check in repeated:
        key = check.key_sql(_row(schema))
        if key is not None:
            hashes.append(f"CASE WHEN {key} IS NOT NULL THEN hash({key}) END")
    doubts = [doubt for doubt in uncertain if doubt != "false"]
    return _Keys(hashes, without, " OR ".join(doubts) or "false")


def _unique(schema: Schema) -> list[Field]:
    return [field for field in schema.fields if field.constraints.get("unique")]


def _primary(schema: Schema) -> list[Field]:
    names = {field.name: field for field in schema.fields}
    if not set(schema.primary_key) <= set(names):
        return []  # frictionless leaves it out too
    return [names[name] for name in schema.primary_key]


def _empty_is_missing(schema: Schema) -> bool:
    """Whether a cell that a row lacks and an empty one mean the same in every column of a key."""
    return all(
        "" in (field.missing_values if field.has_defined("missing_values") else schema.missing_values)
        for field in (*_primary(schema), *_unique(schema))
    )


# DuckDB -------------------------------------------------------------------------------------------


def _connection(table: BulkTable, work: Path, limits: CheckLimits) -> duckdb.DuckDBPyConnection:
    spill = work / "spill"
    connection = duckdb.connect(
        config={
            "memory_limit": f"{limits.screen_memory_mb}MB",
            "threads": limits.screen_threads,
            "temp_directory": str(spill),
        }
    )
    folders = ", ".join(literal(str(folder)) for folder in {table.path.parent, work})
    connection.execute(f"SET allowed_directories=[{folders}]")
    connection.execute("SET enable_external_access=false")
    connection.execute("SET enable_progress_bar=true")
    connection.execute("SET enable_progress_bar_print=false")
    # In a query of this size they take longer to find than to evaluate; ``_rows_sql`` names those that matter.
    connection.execute("SET disabled_optimizers='common_subexpressions'")
    connection.execute("SET lock_configuration=true")
    return connection


def _suspects(connection: duckdb.DuckDBPyConnection, header_row: int, keys: int) -> npt.NDArray[Any]:
    """Return the numbers of the suspects. A table's rows keep their order: ``rowid`` is the record's number less one."""
    below = f"rowid >= {header_row}"
    if connection.execute(f"SELECT count(*) FROM seen WHERE {below} AND uncertain").fetchone() != (0,):
        raise NotScreenableError("keys")
    repeated = "".join(
        f" OR key{index} IN (SELECT key{index} FROM seen WHERE {below} AND key{index} IS NOT NULL "
        f"GROUP BY 1 HAVING count(*) > 1)"
        for index in range(keys)
    )
    asked = f"SELECT rowid + 1 AS number FROM seen WHERE {below} AND (suspect{repeated}) ORDER BY 1"
    return _column(connection, asked)


def _ask_all(
    connection: duckdb.DuckDBPyConnection, table: BulkTable, suspect: str, keys: _Keys, look: Look
) -> None:
    """Ask the conditions of every row, into the table ``seen``. Raises NotScreenableError."""
    answers = [
        f"CAST(strlen(whole) - {table.width - 1} AS INTEGER) AS content",
        # In a CASE no more of the conditions are evaluated than needed.
        f"CASE WHEN {suspect} OR {keys.without} THEN true ELSE false END AS suspect",
        f"coalesce({keys.uncertain}, true) AS uncertain",
        *(f"{key} AS key{index}" for index, key in enumerate(keys.hashes)),
    ]
    for parallel in (True, False):
        rows = _rows_sql(table, parallel=parallel)
        query = f"CREATE OR REPLACE TEMP TABLE seen AS SELECT {', '.join(answers)} FROM ({rows})"
        try:
            _watched(connection, query, table.count, look)
        except duckdb.Error:
            if parallel:
                continue  # a thread began in the wrong place, and DuckDB noticed
            raise
        if table.agrees(_column(connection, "SELECT content FROM seen")):
            return
    raise NotScreenableError("read otherwise")


def _rows_sql(table: BulkTable, *, parallel: bool) -> str:
    """Return the SQL of the rows, with what several conditions ask for.

    Beside each cell (``c0`` …, NULL where empty) that are its text (``t0`` …), its text without blanks at the edges
    (``s0`` …) and all texts in one (``whole``).
    """
    columns = range(table.width)
    texts = ", ".join(f"coalesce(c{column}, '') AS t{column}" for column in columns)
    stripped = ", ".join(f"{stripped_sql(f't{column}')} AS s{column}" for column in columns)
    whole = f"concat_ws(chr(10), {', '.join(f't{column}' for column in columns)}) AS whole"
    return f"SELECT *, {stripped}, {whole} FROM (SELECT *, {texts} FROM {table.sql(parallel=parallel)})"


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> npt.NDArray[Any]:
    (values,) = connection.execute(query).fetchnumpy().values()
    return np.asarray(values)


def _watched(connection: duckdb.DuckDBPyConnection, query: str, rows: int, look: Look) -> None:
    """Run a query in a thread of its own while this one looks on; what ``look`` raises breaks it off."""
    failure: list[Exception] = []

    def run() -> None:
        try:
            connection.execute(query)
        except Exception as error:  # raised again by who waits
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(1 / _LOOKS_PER_SECOND)
            look(int(rows * max(0.0, connection.query_progress()) / 100), rows)
    finally:
        while thread.is_alive():  # only after an exception: an interrupt that comes too early has no effect
            connection.interrupt()
            thread.join(1 / _LOOKS_PER_SECOND)
    if failure:
        raise failure[0]
