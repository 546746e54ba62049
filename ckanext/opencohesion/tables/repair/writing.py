"""A table mended into a new file, with the log of every change as a CSV beside it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from .mending import Change, Mender, is_next

LOG_HEADER = ("row", "last_row", "column", "repair", "before", "after")
_ROWS_PER_PROGRESS = 2_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Mended:
    """What was changed: how often by each repair (rows that were left out count each), and the rows of the new file."""

    counts: dict[str, int]
    rows: int


def write_mended(
    mender: Mender, target: Path, log: Path, progress: Callable[[int], None] = lambda _rows: None
) -> Mended:
    """Write the mended table to ``target`` and its log (UTF-8 CSV, ``;``) to ``log``.

    ``progress`` is called with the rows read so far; what it raises passes through. Raises UnreadableTableError.
    """
    dialect = mender.dialect
    counts: Counter[str] = Counter()
    rows = 0
    with (
        target.open("w", encoding=dialect.codec, newline="") as file,
        log.open("w", encoding="utf-8-sig", newline="") as log_file,
    ):
        writer = csv.writer(file, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
        lines = _Log(log_file)
        for change in mender.file_changes:
            counts[change.repair] += 1
            lines.add(change)
        for number, row in enumerate(mender.rows(), start=1):
            if row.cells is not None:
                writer.writerow(row.cells)
                rows += 1
            for change in row.changes:
                counts[change.repair] += 1
                lines.add(change)
            if number % _ROWS_PER_PROGRESS == 0:
                progress(number)
        lines.end()
    return Mended(dict(counts), rows)


class _Log:
    """Writes changes; rows left out one after the other are one line."""

    def __init__(self, file: TextIO) -> None:
        self._writer = csv.writer(file, delimiter=";")
        self._writer.writerow(LOG_HEADER)
        self._waiting: Change | None = None

    def add(self, change: Change) -> None:
        waiting = self._waiting
        if change.last_row is None or change.before:
            self.end()
            self._write(change)
        elif waiting and is_next(waiting, change):
            self._waiting = replace(waiting, last_row=change.last_row)
        else:
            self.end()
            self._waiting = change

    def end(self) -> None:
        if self._waiting:
            self._write(self._waiting)
            self._waiting = None

    def _write(self, change: Change) -> None:
        values = (change.row, change.last_row, change.column, change.repair, change.before, change.after)
        self._writer.writerow([_inert(value) for value in values])


def _inert(value: object) -> object:
    """Keep a spreadsheet from running somebody's cell as a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def mended_name(filename: str, native: bool, member: str | None) -> str:
    """Return what the mended file is called: as it was, a workbook or an archive with the suffix of a CSV."""
    name = member or filename
    if not native:
        return name
    stem = name.rsplit(".", 1)[0] if "." in name else name
    return f"{stem}.csv"
