"""Rows found by the values of their columns, and a table written without them (a take-down). Plain module.

Only delimited text is written again, and of it every byte of what stays is kept as it was. A workbook, a JSON or a
Parquet is made by a program, and what is hidden in it stays behind: such a file is taken down whole.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from .errors import UnreadableTableError
from .limits import DEFAULT_LIMITS, Limits
from .profiles import TableProfile
from .reading import read_rows
from .source import TableSource

#: One row to be found: column → value; all of its columns must hold their values.
Key = Mapping[str, str]


class UnknownColumnError(ValueError):
    """The table has no such column; ``str(error)`` is its name."""


class NotWritableError(ValueError):
    """The table's format is not written again; ``str(error)`` is the format."""


def row_finder(
    source: TableSource, profile: TableProfile | None, keys: Sequence[Key]
) -> Callable[[Sequence[Any]], bool]:
    """Return what says of a row whether it is one of those that ``keys`` name.

    Columns are named as the file's header does, or by the profile's canonical names. Blanks at the edges of a value and
    the case of its letters make no difference: a row too many is asked about, a row too few would stay public.
    Raises UnknownColumnError.
    """
    positions = _positions(source, profile)
    wanted = []
    for key in keys:
        unknown = [name for name in key if name.strip() not in positions]
        if unknown:
            raise UnknownColumnError(unknown[0])
        wanted.append([(positions[name.strip()], _plain(value)) for name, value in key.items()])

    def found(cells: Sequence[Any]) -> bool:
        return any(
            all(position < len(cells) and _plain(cells[position]) == value for position, value in key)
            for key in wanted
        )

    return found


def mention_finder(values: Sequence[str]) -> Callable[[Sequence[Any]], bool]:
    """Return what says of a row whether any of its cells holds one of the values: where no column tells which one."""
    wanted = [_plain(value) for value in values if value.strip()]

    def found(cells: Sequence[Any]) -> bool:
        return any(value in _plain(cell) for cell in cells for value in wanted)

    return found


def is_writable(source: TableSource) -> bool:
    """Say whether a table of this format is written again without rows."""
    return not source.native and source.member is None


def count_rows(
    source: TableSource, found: Callable[[Sequence[Any]], bool], limits: Limits = DEFAULT_LIMITS
) -> int:
    """Return how many rows below the header are found. Raises UnreadableTableError."""
    return sum(
        found(row)
        for number, row in enumerate(read_rows(source, limits), start=1)
        if number > source.header_row
    )


def write_without(
    source: TableSource,
    found: Callable[[Sequence[Any]], bool],
    target: Path,
    limits: Limits = DEFAULT_LIMITS,
) -> int:
    """Write the file without the rows that are found; return how many they were.

    What stays is copied as it stands, quotes and line ends included. Raises NotWritableError, UnreadableTableError.
    """
    if not is_writable(source):
        raise NotWritableError(source.format)
    codec = "utf-8-sig" if source.has_bom else source.encoding
    removed = 0
    with (
        source.path.open(encoding=codec, newline="") as file,
        target.open("w", encoding=codec, newline="") as out,
    ):
        lines = _RecordLines(file, limits.record_chars)
        reader = csv.reader(lines, delimiter=source.delimiter, quotechar=source.quotechar)
        for number, row in enumerate(reader, start=1):
            text = lines.take()
            if number > source.header_row and found(row):
                removed += 1
            else:
                out.write(text)
        out.write(lines.take())
    return removed


class _RecordLines:
    """The lines of a text file, of which those of the present record are kept as they stand."""

    def __init__(self, file: TextIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._held: list[str] = []
        self._characters = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._limit + 1)
        if not line:
            raise StopIteration
        self._held.append(line)
        self._characters += len(line)
        if self._characters > self._limit:
            raise UnreadableTableError("record-too-long", line=len(self._held), limit=self._limit)
        return line

    def take(self) -> str:
        """Return the text of the record that was just read."""
        text = "".join(self._held)
        self._held.clear()
        self._characters = 0
        return text


def _positions(source: TableSource, profile: TableProfile | None) -> dict[str, int]:
    positions: dict[str, int] = {}
    if profile is not None and source.header is not None:
        positions = {name: at for at, name in enumerate(source.header.canonical) if name}
    for at, label in enumerate(source.labels):
        positions.setdefault(label.strip(), at)
    return positions


def _plain(value: Any) -> str:
    return " ".join(str("" if value is None else value).split()).casefold()
