"""Writing a table as typed Parquet: the file that preview, chart and map are read from.

Rows are those that the gate's checks read, so that what is shown is what was judged; DuckDB types them column by column.
Where a text's quoting leaves nothing open DuckDB reads it itself (``bulk_rows``); else, and from every other format, rows
go through a plain text file. Memory stays bounded, DuckDB spills to the work folder.
"""

# ruff: noqa: S608 - columns are named by their position, values are bound: no text of a user becomes SQL

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from .bulk import NotRegularError
from .bulk_rows import bulk_rows, proven_sql
from .description import Column, TableDescription
from .errors import NotShowableError
from .limits import DEFAULT_LIMITS, Limits
from .places import detect_places
from .profiles import TableProfile
from .reading import file_schema, read_rows
from .source import TableSource
from .typed import (
    Fit,
    Reading,
    choose,
    declared_readings,
    fit_sql,
    inferred_readings,
    literal,
    present_sql,
    value_sql,
)

#: Part of every written file's name: raise it when what is written changes, and all files are written anew.
WRITER_VERSION = 1

_MEMORY = "1GB"
_THREADS = 2
# Small groups: a page of rows is cut out of few of them, and a writer holds few rows of a wide table.
_ROW_GROUP = 20_480
_ROWS_PER_PROGRESS = 2_000
_FIRST_ROWS = 1_000
_TRIED_AT_ONCE = 30
_VALUES_LISTED = 30
_EXAMPLE_CHARACTERS = 160

_CELL, _LINE, _RETURN = "\x1f", "\x1e", "\x1d"
# The marks above part cells and stand for line breaks within them; in a source they are noise.
_NOISE = str.maketrans({_CELL: " ", _LINE: " ", _RETURN: " ", "\0": " "})
_BREAKS = str.maketrans({"\n": _LINE, "\r": _RETURN})

Progress = Callable[[int], None]


def write_parquet(
    source: TableSource,
    profile: TableProfile | None,
    *,
    work: Path,
    progress: Progress = lambda _rows: None,
    limits: Limits = DEFAULT_LIMITS,
) -> tuple[Path, TableDescription]:
    """Write the table into the folder ``work`` as ``table.parquet`` and return its path and description.

    ``progress`` is called with the rows read so far; what it raises passes through. Raises NotShowableError where a
    row has more cells than the header, UnreadableTableError where the file can not be read to its end.
    """
    schema = file_schema(source, profile)
    fields: list[dict[str, Any]] = schema["fields"]
    missing = tuple(schema.get("missingValues", ()))
    target = work / "table.parquet"
    with duckdb.connect(
        config={"memory_limit": _MEMORY, "threads": _THREADS, "temp_directory": str(work / "spill")}
    ) as connection:
        connection.execute(f"SET allowed_directories=[{literal(str(work))}]")
        connection.execute("SET enable_external_access=false")
        connection.execute("SET lock_configuration=true")
        rows = _show_rows(connection, source, fields, work=work, progress=progress, limits=limits)
        candidates = [
            declared_readings({"missingValues": missing, **field})
            if profile and field["type"] != "any"
            else inferred_readings(field["name"])
            for field in fields
        ]
        readings = _choose_readings(connection, candidates)
        connection.execute(_copy_sql(target, readings))
        progress(rows)
        columns = _describe(connection, target, source, fields, readings)
        progress(rows)
        if profile is None or profile.places is None:
            columns = detect_places(connection, target, columns)
    release = source.header.release if source.header else None
    description = TableDescription(rows, tuple(columns), profile.id if profile else None, release)
    return target, description


def _show_rows(
    connection: duckdb.DuckDBPyConnection,
    source: TableSource,
    fields: list[dict[str, Any]],
    *,
    work: Path,
    progress: Progress,
    limits: Limits,
) -> int:
    """Make the view ``rows`` (columns ``c0``, ``c1`` …, all text) and return how many rows it has."""
    if not source.native:
        with suppress(NotRegularError):
            table = bulk_rows(source, work=work, look=lambda: progress(0), limits=limits)
            cells = ", ".join(f"c{position}" for position in range(len(fields)))
            connection.execute(
                f"CREATE VIEW rows AS SELECT * FROM {proven_sql(connection, table)} "
                f"WHERE coalesce({cells}) IS NOT NULL"
            )
            return int(np.count_nonzero(table.content))
    text = work / "rows.txt"
    count, breaks = _write_text(_normal_rows(source, fields, progress, limits), text)
    connection.execute(_view_sql(text, len(fields), limits, breaks=breaks))
    return count


# -- rows as text ------------------------------------------------------------------------------------------------------


def _normal_rows(
    source: TableSource, fields: list[dict[str, Any]], progress: Progress, limits: Limits
) -> Iterator[list[str]]:
    """Yield the rows below the header as wide as it, cells as text; rows without any value are no rows."""
    width = len(fields)
    decimals = [field.get("decimalChar", ".") for field in fields]
    formats = [_date_format(field) for field in fields]
    for number, row in enumerate(read_rows(source, limits), start=1):
        if number % _ROWS_PER_PROGRESS == 0:
            progress(number)
        if number <= source.header_row or not any(cell not in (None, "") for cell in row):
            continue
        if len(row) > width and any(cell not in (None, "") for cell in row[width:]):
            raise NotShowableError("row-too-wide", row=number)
        cells = row[:width] + [""] * (width - len(row))
        if source.native:
            cells = [_cell_text(cell, *form) for cell, *form in zip(cells, decimals, formats, strict=True)]
        yield cells


def _date_format(field: dict[str, Any]) -> str:
    form = field.get("format", "default")
    return form if field["type"] == "date" and form not in ("default", "any") else "%Y-%m-%d"


def _cell_text(cell: Any, decimal: str, date_format: str) -> str:
    """Return a spreadsheet's native cell as the column's own dialect writes it. Fifteen digits: as Excel shows them."""
    if cell is None or isinstance(cell, str):
        return cell or ""
    if isinstance(cell, float):
        number = Decimal(format(cell, ".15g"))
        plain = str(int(number)) if number == number.to_integral() else format(number, "f")
        return plain.replace(".", decimal)
    if isinstance(cell, Decimal):
        return format(cell, "f").replace(".", decimal)
    if isinstance(cell, datetime):
        whole_day = cell.time() == datetime.min.time()
        return cell.strftime(date_format) if whole_day else cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.strftime(date_format)
    return str(cell)


def _write_text(rows: Iterator[list[str]], path: Path) -> tuple[int, bool]:
    """Write one row a line, cells parted by a mark that stands in no cell.

    Returns how many rows there are, and whether any cell holds a line break.
    """
    count, breaks = 0, False
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        for row in rows:
            line = _CELL.join(row)
            if line.count(_CELL) != len(row) - 1 or _LINE in line or _RETURN in line or "\0" in line:
                line = _CELL.join(cell.translate(_NOISE) for cell in row)
            if "\n" in line or "\r" in line:
                line, breaks = line.translate(_BREAKS), True
            file.write(line)
            file.write("\n")
            count += 1
    return count, breaks


# -- DuckDB ------------------------------------------------------------------------------------------------------------


def _view_sql(text: Path, width: int, limits: Limits, *, breaks: bool) -> str:
    names = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(width))
    cells = ", ".join(
        f"replace(replace(c{position}, chr(30), chr(10)), chr(29), chr(13)) AS c{position}"
        for position in range(width)
    )
    return (
        f"CREATE VIEW rows AS SELECT {cells if breaks else '*'} FROM read_csv({literal(str(text))}, "
        f"auto_detect=false, header=false, delim='{_CELL}', quote='', escape='', nullstr='', new_line='\\n', "
        f"columns={{{names}}}, max_line_size={4 * limits.record_chars})"
    )


def _choose_readings(connection: duckdb.DuckDBPyConnection, candidates: list[list[Reading]]) -> list[Reading]:
    """Return how each column is read: as every one of its rows allows.

    What fails on the first rows is tried no further: planning thousands of aggregates takes longer than reading.
    """
    connection.execute(f"CREATE TEMP TABLE first_rows AS SELECT * FROM rows LIMIT {_FIRST_ROWS}")
    tried = [(position, one) for position, some in enumerate(candidates) for one in some]
    fits: dict[tuple[int, Reading], Fit] = {}
    for start in range(0, len(tried), _TRIED_AT_ONCE):
        fits |= _fits(connection, "first_rows", tried[start : start + _TRIED_AT_ONCE])
    fits |= _fits(connection, "rows", [one for one in tried if fits[one].fits])
    return [choose(some, [fits[position, one] for one in some]) for position, some in enumerate(candidates)]


def _fits(
    connection: duckdb.DuckDBPyConnection, rows: str, tried: list[tuple[int, Reading]]
) -> dict[tuple[int, Reading], Fit]:
    """Try each reading on its column in one pass over ``rows``."""
    if not tried:
        return {}
    # Each text is asked several things: it is named, so that DuckDB makes it once.
    texts = ", ".join(
        f"{present_sql(reading, f'c{position}')} AS t{index}"
        for index, (position, reading) in enumerate(tried)
    )
    measures = ", ".join(fit_sql(reading, f"t{index}") for index, (_, reading) in enumerate(tried))
    found = connection.execute(f"SELECT {measures} FROM (SELECT {texts} FROM {rows})").fetchone() or ()
    return {one: Fit(*found[3 * index : 3 * index + 3]) for index, one in enumerate(tried)}


def _copy_sql(target: Path, readings: list[Reading]) -> str:
    values = ", ".join(
        f"{value_sql(reading, f'c{position}')} AS c{position}" for position, reading in enumerate(readings)
    )
    return (
        f"COPY (SELECT {values} FROM rows) TO {literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
    )


def _describe(
    connection: duckdb.DuckDBPyConnection,
    target: Path,
    source: TableSource,
    fields: list[dict[str, Any]],
    readings: list[Reading],
) -> list[Column]:
    connection.execute(
        f"CREATE VIEW typed AS SELECT * FROM read_parquet({literal(str(target))}, file_row_number=true)"
    )
    measures = ", ".join(
        f"count({name}), approx_count_distinct({name}), min({name})::VARCHAR, max({name})::VARCHAR, "
        f"arg_min({name}, file_row_number)::VARCHAR"
        for name in (f"c{position}" for position in range(len(fields)))
    )
    found: list[Any] = list(connection.execute(f"SELECT {measures} FROM typed").fetchone() or ())
    canonical = source.header.canonical if source.header else (None,) * len(fields)
    columns = []
    for position, (field, reading) in enumerate(zip(fields, readings, strict=True)):
        filled, distinct, lowest, highest, example = found[5 * position : 5 * position + 5]
        values = _values(connection, f"c{position}") if 0 < distinct <= _VALUES_LISTED + 5 else None
        ordered = reading.type != "text"
        columns.append(
            Column(
                position=position,
                name=field["name"],
                field=canonical[position],
                type=reading.type,
                decimals=reading.decimals,
                filled=filled,
                distinct=len(values) if values else min(distinct, filled),
                minimum=lowest if ordered else None,
                maximum=highest if ordered else None,
                example=example[:_EXAMPLE_CHARACTERS] if example else None,
                values=values,
            )
        )
    return columns


def _values(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[tuple[str, int], ...] | None:
    query = (
        f"SELECT {name}::VARCHAR, count(*) FROM typed WHERE {name} IS NOT NULL "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {_VALUES_LISTED + 1}"
    )
    found = connection.execute(query).fetchall()
    return tuple((value, count) for value, count in found) if len(found) <= _VALUES_LISTED else None
