"""Apache Parquet as a table, read by DuckDB in a sandbox: this one file and nothing else, with bounded memory."""

# ruff: noqa: S608 - columns are named by their position, values are bound: no text of a file becomes SQL

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ..errors import UnreadableTableError
from ..limits import MIB, Limits
from ..profiles import TableProfile
from ..source import Note, TableSource
from ..typed import literal

_MEMORY = "512MB"
_THREADS = 1
_ROWS_AT_ONCE = 1_000
_MAGIC = b"PAR1"
# Types whose values are cells as they are; everything else (lists, times, blobs …) is told as the text DuckDB gives it.
_NATIVE = ("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
           "UBIGINT", "UHUGEINT", "DOUBLE", "DATE", "VARCHAR", "DECIMAL")  # fmt: skip


def probe_parquet(
    path: Path, _profile: TableProfile | None, _sheet: str | None, limits: Limits
) -> TableSource:
    """Return the columns of the file. Amounts in 32-bit numbers are noted: above 131,072 they lose their cents."""
    with _opened(path, limits) as connection:
        columns = _columns(connection, path)
    single = [name for name, kind in columns if kind == "FLOAT"]
    notes = [Note("single-precision", "warning", params={"fields": single})] if single else []
    return TableSource(
        path=path,
        format="PARQUET",
        size_bytes=path.stat().st_size,
        labels=tuple(name for name, _ in columns),
        records="objects",
        notes=tuple(notes),
    )


def read_parquet(source: TableSource, limits: Limits) -> Iterator[list[Any]]:
    """Yield every row as native cells, the names of the columns first."""
    yield list(source.labels)
    with _opened(source.path, limits) as connection:
        kinds = [kind for _, kind in _columns(connection, source.path)]
        names = ", ".join(f"c{position}" for position in range(len(kinds)))
        cells = ", ".join(_cell_sql(f"c{position}", kind) for position, kind in enumerate(kinds))
        found = connection.execute(
            f"SELECT {cells} FROM read_parquet({literal(str(source.path))}, binary_as_string=true) AS rows({names})"
        )
        while rows := found.fetchmany(_ROWS_AT_ONCE):
            for row in rows:
                yield [_plain(cell) for cell in row]


@contextmanager
def _opened(path: Path, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    _check_footer(path, limits)
    try:
        with duckdb.connect(config={"memory_limit": _MEMORY, "threads": _THREADS}) as connection:
            connection.execute(f"SET allowed_paths=[{literal(str(path))}]")
            connection.execute("SET enable_external_access=false")
            connection.execute("SET lock_configuration=true")
            # Of a large footer only the number of columns is asked first.
            query = "SELECT count(*) FROM parquet_schema(?)"
            found = connection.execute(query, [str(path)]).fetchone()
            if found is None or found[0] > 2 * limits.columns:
                raise UnreadableTableError("too-many-columns", limit=limits.columns)
            yield connection
    except duckdb.OutOfMemoryException as error:
        raise UnreadableTableError("archive-bomb", limit_mb=512) from error
    except duckdb.Error as error:
        raise UnreadableTableError(
            "does-not-open", declared="PARQUET", detail=type(error).__name__
        ) from error


def _check_footer(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 8))
        tail = file.read()
    length = struct.unpack("<I", tail[:4])[0] if len(tail) == 8 else 0
    if size < 12 or not tail.endswith(_MAGIC) or length > size - 12:
        raise UnreadableTableError("does-not-open", declared="PARQUET", detail="footer")
    if length > limits.parquet_footer_bytes:
        limit = limits.parquet_footer_bytes // MIB
        raise UnreadableTableError("part-too-large", part="footer", limit_mb=limit)


def _columns(connection: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[str, str]]:
    query = f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))}, binary_as_string=true)"
    return [(row[0], row[1]) for row in connection.execute(query).fetchall()]


def _cell_sql(name: str, kind: str) -> str:
    if kind == "FLOAT":  # the shortest number that is this one, as who wrote it meant it
        return f"CAST(CAST({name} AS VARCHAR) AS DOUBLE)"
    if kind.startswith("TIMESTAMP"):
        return f"CAST({name} AS TIMESTAMP)"
    return name if kind.split("(", 1)[0] in _NATIVE and not kind.endswith("]") else f"CAST({name} AS VARCHAR)"


def _plain(cell: Any) -> Any:
    """A number that is none (NaN, infinity) is told as the text that frictionless judges."""
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell
