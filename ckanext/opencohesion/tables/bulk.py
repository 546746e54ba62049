"""A delimited text as DuckDB reads it: at once and in columns, yet with the very cells that ``read_records`` yields.

DuckDB has views of its own on what CSV leaves open (quotes in the middle of a cell, blank lines, rows of another width).
It is therefore shown only texts in which nothing is open: regular quoting (``record_index``), UTF-8, every record of the
same width. A file that is so already is read as it stands; else from a copy in the work folder in which rows of another
width are padded or cut (``odd`` names them, so that whoever needs their true cells asks ``records``), the encoding is
UTF-8, and, where the quoting is irregular, every record is written anew from what Python's reader made of it.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import BinaryIO

import numpy as np

from .delimited import QUOTECHAR, read_records
from .limits import DEFAULT_LIMITS, MIB, Limits
from .record_index import Counts, Offsets, RecordIndex, index_records
from .source import TableSource
from .typed import literal

# DuckDB holds some of these at a time per thread. A record must fit into one, also in a copy: in UTF-8 there are up to
# three bytes for one, and quotes around every cell.
_BUFFER = 8 * MIB
_LONGEST = 1 * MIB
# A text with more odd records than this is not worth a copy.
MOST_ODD = 500_000

Look = Callable[[], None]


class NotRegularError(Exception):
    """The text can not be shown to DuckDB; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class RegularText:
    """A text of regular quoting and where its records are."""

    path: Path
    codec: str
    delimiter: str
    index: RecordIndex

    def record(self, file: BinaryIO, number: int) -> list[str]:
        """Return the cells of a record (numbered from 1) as ``read_records`` does. ``file``: the text, opened."""
        start, end = int(self.index.offsets[number - 1]), int(self.index.offsets[number])
        file.seek(start)
        text = StringIO(file.read(end - start).decode(self.codec), newline="")
        return next(csv.reader(text, delimiter=self.delimiter, quotechar=QUOTECHAR))

    def utf8(self, file: BinaryIO, first: int, behind: int) -> Iterator[bytes]:
        """Yield the records from number ``first`` up to but not including ``behind`` as they stand, in UTF-8."""
        position, end = int(self.index.offsets[first - 1]), int(self.index.offsets[behind - 1])
        file.seek(position)
        while position < end:
            piece = file.read(min(MIB, end - position))
            position += len(piece)
            # Every other encoding that comes here has one byte a character: no piece ends within one.
            yield piece if self.codec == "utf-8" else piece.decode(self.codec).encode()


@dataclass(frozen=True)
class BulkTable:
    """A text that DuckDB reads as Python does, record by record, header and lines above it included."""

    # What DuckDB reads: the file itself or a copy.
    path: Path
    width: int
    # Bytes of the cells of each record that DuckDB reads.
    content: Counts
    # Numbers (from 1) of the records that have another width in the file.
    odd: Offsets
    # The records as they are.
    origin: RegularText

    @property
    def count(self) -> int:
        """How many records there are."""
        return self.origin.index.count

    @property
    def cells(self) -> int:
        """How many cells there are in all, header included."""
        return int(self.origin.index.cells.sum(dtype=np.int64))

    def sql(self, *, parallel: bool = True) -> str:
        """Return the SQL of the table: columns ``c0``, ``c1`` …, all text, NULL where a cell is empty.

        Read in parallel, DuckDB guesses where in the text each thread begins. It mostly notices a wrong guess and says
        so; ``agrees`` notices every one.
        """
        names = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(self.width))
        ending = r"\r\n" if self.origin.index.crlf else r"\n"
        return (
            f"read_csv({literal(str(self.path))}, auto_detect=false, header=false, "
            f"delim={literal(self.origin.delimiter)}, quote='\"', escape='\"', nullstr='', comment='', "
            f"new_line='{ending}', columns={{{names}}}, max_line_size={_BUFFER // 2}, buffer_size={_BUFFER}, "
            f"parallel={str(parallel).lower()})"
        )

    def content_sql(self) -> str:
        """Return the SQL for the bytes of a row's cells together: what ``agrees`` compares."""
        cells = ", ".join(f"c{position}" for position in range(self.width))
        return f"CAST(strlen(concat({cells})) AS INTEGER)"

    def agrees(self, content: Counts) -> bool:
        """Whether DuckDB found, in this order, as many rows as there are records and in each as much as is in it."""
        return np.array_equal(content, self.content)

    def records(self, numbers: Iterable[int]) -> Iterator[tuple[int, list[str]]]:
        """Yield number and true cells of the records with these numbers (from 1)."""
        with self.origin.path.open("rb") as file:
            for number in numbers:
                yield number, self.origin.record(file, number)


def bulk_table(
    source: TableSource, *, work: Path, look: Look = lambda: None, limits: Limits = DEFAULT_LIMITS
) -> BulkTable:
    """Return the table of a text file for DuckDB. Copies, where they are needed, are written into the folder ``work``.

    ``look`` is called now and then and may raise. Raises NotRegularError where the text can not be read this way,
    UnreadableTableError as ``read_records`` does.
    """
    text = regular_text(source, work, look, limits)
    index, width = text.index, len(source.labels)
    odd = np.flatnonzero(index.cells != width) + 1
    if len(odd) > MOST_ODD:
        raise NotRegularError("ragged")
    if not len(odd) and text.codec == "utf-8":
        return BulkTable(text.path, width, index.content, odd, text)
    copy = work / "even.csv"
    _write_even(text, copy, odd, width, look)
    even = index_records(copy, source.delimiter, start=len(BOM_UTF8), look=look)
    if even is None or even.count != index.count or (even.cells != width).any():
        raise NotRegularError("copy")
    return BulkTable(copy, width, even.content, odd, text)


def regular_text(source: TableSource, work: Path, look: Look, limits: Limits) -> RegularText:
    """Return the file itself where its quoting is regular, else a copy written anew into ``work``.

    Raises NotRegularError where a record is longer than DuckDB is to read, and UnreadableTableError.
    """
    start = len(BOM_UTF8) if source.has_bom else 0
    index = index_records(source.path, source.delimiter, start=start, look=look)
    if index is not None:
        return _short(RegularText(source.path, source.encoding, source.delimiter, index), limits)
    copy = work / "anew.csv"
    codec = "utf-8-sig" if source.has_bom else source.encoding
    with copy.open("w", encoding="utf-8-sig", newline="") as file:
        for number, record in enumerate(read_records(source.path, codec, source.delimiter, limits)):
            file.write(written_line(record, source.delimiter, "\n"))
            if number % 1_000 == 0:
                look()
    index = index_records(copy, source.delimiter, start=len(BOM_UTF8), look=look)
    if index is None:
        raise NotRegularError("quoting")
    return _short(RegularText(copy, "utf-8", source.delimiter, index), limits)


def _short(text: RegularText, limits: Limits) -> RegularText:
    if text.index.longest > min(_LONGEST, limits.record_chars):
        raise NotRegularError("long records")
    return text


def _write_even(text: RegularText, target: Path, odd: Offsets, width: int, look: Look) -> None:
    """Write the text in UTF-8 with ``width`` cells in every record."""
    ending = "\r\n" if text.index.crlf else "\n"
    with text.path.open("rb") as file, target.open("wb") as copy:
        copy.write(BOM_UTF8)  # DuckDB takes one away: it must not be the text's own second one
        first = 1
        for number in [*odd.tolist(), text.index.count + 1]:
            for piece in text.utf8(file, first, number):
                copy.write(piece)
                look()
            if number <= text.index.count:
                cells = text.record(file, number)
                even = cells[:width] + [""] * (width - len(cells))
                copy.write(written_line(even, text.delimiter, ending).encode())
            first = number + 1


def written_line(cells: list[str], delimiter: str, ending: str) -> str:
    """Return a record as RFC 4180 has it."""
    line = StringIO(newline="")
    # All in quotes: not every version of Python puts a lone return into them by itself.
    csv.writer(
        line, delimiter=delimiter, quotechar=QUOTECHAR, quoting=csv.QUOTE_ALL, lineterminator=ending
    ).writerow(cells)
    return line.getvalue()
