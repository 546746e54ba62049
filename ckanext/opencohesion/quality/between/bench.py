"""Columns of several files side by side in DuckDB, so that one can be compared with another in bounded memory.

Cells are loaded as a reader sees them: without blanks at their edges, empty where the schema says that a text means so,
amounts with a decimal point and dates as ISO 8601, both empty where they can not be read (which has its own finding).
"""

# ruff: noqa: S608 - tables and columns are named by position, values are bound: no text of a user becomes SQL

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ...tables.checks.base import Column, schema_columns
from ...tables.probe import probe
from ...tables.profiles import TableProfile
from ...tables.reading import file_schema, read_rows
from ...tables.source import TableSource
from ...tables.typed import literal
from ..personal.rules import MASK

_MEMORY = "512MB"
_THREADS = 2
_ROWS_PER_LOOK = 5_000
_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+")
_CODE = re.compile(r"(?=.*[0-9])[^\s@]*|[^\s]{0,3}")
_BREAKS = str.maketrans("\r\n\0", "   ")

Look = Callable[[], None]


@dataclass(frozen=True)
class TableFile:
    """A table on disk: its bytes, the name it was given, the profile it follows, what people call it."""

    path: Path
    filename: str
    # Its values are lists and mappings, which no hash can be made of; the path tells files apart.
    profile: TableProfile | None = field(compare=False)
    title: str = ""


@dataclass(frozen=True)
class Header:
    """A file's columns: labels without blanks, and the canonical name of each where the profile knows it."""

    labels: tuple[str, ...]
    canonical: tuple[str | None, ...]

    def label(self, name: str) -> str:
        """Return the label under which the file has the column."""
        return self.labels[self.canonical.index(name)] if name in self.canonical else name

    def number(self, name: str) -> int | None:
        """Return the number of the column, from 1, as reports count."""
        return self.canonical.index(name) + 1 if name in self.canonical else None


@dataclass(frozen=True)
class Loaded:
    """Columns of a file as an SQL table: ``row_number`` (as in the file, from 1) and ``c0``, ``c1`` … all text."""

    table: str
    rows: int
    header: Header
    columns: dict[str, str]


class Bench:
    """Holds what was loaded, in memory up to a limit and beyond it in ``work``."""

    def __init__(self, work: Path, look: Look = lambda: None) -> None:
        self._work = work
        self._look = look
        self._count = 0
        self._loaded: dict[tuple[TableFile, tuple[str, ...]], Loaded] = {}
        self.connection = duckdb.connect(
            config={"memory_limit": _MEMORY, "threads": _THREADS, "temp_directory": str(work / "spill")}
        )
        self.connection.execute(f"SET allowed_directories=[{literal(str(work))}]")
        self.connection.execute("SET enable_external_access=false")
        self.connection.execute("SET lock_configuration=true")

    def load(self, file: TableFile, names: Sequence[str]) -> Loaded:
        """Load the columns with these canonical names that the file has, of every row that is not blank; once.

        Raises UnreadableTableError where the file can not be read to its end.
        """
        asked = (file, tuple(names))
        if asked not in self._loaded:
            self._loaded[asked] = self._load(file, names)
        return self._loaded[asked]

    def _load(self, file: TableFile, names: Sequence[str]) -> Loaded:
        source = probe(file.path, filename=file.filename, profile=file.profile)
        header = header_of(source)
        wanted = _columns(source, file.profile, header, names)
        self._count += 1
        table, text = f"t{self._count}", self._work / f"t{self._count}.csv"
        rows = self._write(source, [column for _, column in wanted], text)
        spec = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(wanted)))
        cells = "".join(f", coalesce(c{place}, '') AS c{place}" for place in range(len(wanted)))
        self.connection.execute(
            f"CREATE TABLE {table} AS SELECT row_number{cells} FROM read_csv({literal(str(text))}, "
            f"auto_detect=false, header=false, delim=',', quote='\"', escape='\"', "
            f"columns={{'row_number': 'BIGINT'{', ' if spec else ''}{spec}}})"
        )
        text.unlink()
        columns = {name: f"c{place}" for place, (name, _) in enumerate(wanted)}
        return Loaded(table, rows, header, columns)

    def _write(self, source: TableSource, columns: list[Column], path: Path) -> int:
        rows = 0
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            for number, cells in enumerate(read_rows(source), start=1):
                if number % _ROWS_PER_LOOK == 0:
                    self._look()
                if number <= source.header_row or not any(_filled(cell) for cell in cells):
                    continue
                rows += 1
                writer.writerow([number, *(_value(column, cells) for column in columns)])
        return rows

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Return the answer to a question."""
        self._look()
        return self.connection.execute(sql).fetchall()


@contextmanager
def bench(work: Path, look: Look = lambda: None) -> Iterator[Bench]:
    """Yield a bench that works in the folder ``work``. ``look`` is called now and then and may raise."""
    made = Bench(work, look)
    try:
        yield made
    finally:
        made.connection.close()


def told_key(key: str) -> str:
    """Return a key, its columns parted by ``chr(31)``, as a finding may tell it.

    Of each column only what is a code: what has blanks, or no digit, may be the name or the address of a person.
    """
    parts = key.split(chr(31))
    return " · ".join(part if _CODE.fullmatch(part) else MASK for part in parts)


def header_of(source: TableSource) -> Header:
    """Return the columns of a probed file."""
    labels = tuple(label.strip() for label in source.labels)
    return Header(labels, source.header.canonical if source.header else (None,) * len(labels))


def _columns(
    source: TableSource, profile: TableProfile | None, header: Header, names: Sequence[str]
) -> list[tuple[str, Column]]:
    described = list(schema_columns(file_schema(source, profile)).values())
    return [(name, described[header.canonical.index(name)]) for name in names if name in header.canonical]


def _filled(cell: Any) -> bool:
    return cell is not None and str(cell).strip() != ""


def _value(column: Column, cells: Sequence[Any]) -> str:
    """Return a cell as it is compared."""
    text = column.text(cells)
    if not text:
        return ""
    if column.type == "date":
        return _iso(text, column.date_format)
    if column.type in ("number", "integer"):
        plain = text.replace(column.group_char, "") if column.group_char else text
        plain = plain.replace(column.decimal_char, ".") if column.decimal_char != "." else plain
        return plain if _NUMBER.fullmatch(plain) else ""
    return text.translate(_BREAKS)


def _iso(text: str, form: str) -> str:
    for written in (form, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S"):  # a spreadsheet's own dates are written so
        try:
            return datetime.strptime(text, written).date().isoformat()
        except ValueError:
            continue
    return ""
