"""The rows of a delimited text for DuckDB: as wide as the header, without what stands above, the fast way.

The same rows that ``parquet`` else writes out one by one.
"""

# ruff: noqa: S608 - columns are named by their position, paths are ours: no text of a user becomes SQL

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path

import duckdb
import numpy as np

from .bulk import MOST_ODD, BulkTable, Look, NotRegularError, RegularText, regular_text, written_line
from .errors import NotShowableError
from .limits import DEFAULT_LIMITS, Limits
from .record_index import index_records
from .source import TableSource

# Marks that are noise in a source: whoever writes rows out replaces them, a copy does not.
_NOISE = (b"\x1d", b"\x1e", b"\x1f")


def bulk_rows(
    source: TableSource, *, work: Path, look: Look = lambda: None, limits: Limits = DEFAULT_LIMITS
) -> BulkTable:
    """Return the rows below the header, from a copy in the folder ``work``. Blank lines are no rows.

    ``look`` is called now and then and may raise. Raises NotRegularError where the text can not be read this way,
    NotShowableError where a row has more cells than the header, UnreadableTableError where it can not be read at all.
    """
    text = regular_text(source, work, look, limits)
    width = len(source.labels)
    copy = work / "body.csv"
    _write_body(text, copy, source.header_row, width, look)
    index = index_records(copy, source.delimiter, start=len(BOM_UTF8), look=look)
    if index is None or (index.cells != width).any():
        raise NotRegularError("copy")
    body = RegularText(copy, "utf-8", source.delimiter, index)
    return BulkTable(copy, width, index.content, np.empty(0, np.int64), body)


def proven_sql(connection: duckdb.DuckDBPyConnection, table: BulkTable) -> str:
    """Return the SQL of the table, once DuckDB was seen to read it as it is. Raises NotRegularError."""
    for parallel in (True, False):
        sql = table.sql(parallel=parallel)
        try:
            found = connection.execute(f"SELECT {table.content_sql()} AS content FROM {sql}").fetchnumpy()
        except duckdb.Error:
            if parallel:
                continue  # a thread began in the wrong place, and DuckDB noticed
            raise NotRegularError("DuckDB") from None
        if table.agrees(np.asarray(found["content"])):
            return sql
    raise NotRegularError("read otherwise")


def _write_body(text: RegularText, target: Path, header_row: int, width: int, look: Look) -> None:
    ending = "\r\n" if text.index.crlf else "\n"
    odd = np.flatnonzero(text.index.cells != width) + 1
    odd = odd[odd > header_row]
    if len(odd) > MOST_ODD:
        raise NotRegularError("ragged")
    with text.path.open("rb") as file, target.open("wb") as copy:
        copy.write(BOM_UTF8)  # DuckDB takes one away: it must not be the text's own second one
        first = min(header_row, text.index.count) + 1
        for number in [*odd.tolist(), text.index.count + 1]:
            for piece in text.utf8(file, first, number):
                if any(mark in piece for mark in _NOISE):
                    raise NotRegularError("control characters")
                copy.write(piece)
                look()
            if number <= text.index.count:
                cells = text.record(file, number)
                if any(cells[width:]):
                    raise NotShowableError("row-too-wide", row=number)
                if any(cells):
                    line = written_line(cells[:width] + [""] * (width - len(cells)), text.delimiter, ending)
                    copy.write(line.encode())
            first = number + 1
