"""Delimited text: its records, read in bounded memory, and the delimiter that separates its cells."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TextIO

from .errors import UnreadableTableError
from .header import match_header
from .limits import Limits
from .profiles import TableProfile

# In the order in which Italian publishers use them: of two equally good ones the first wins.
DELIMITERS = (";", ",", "\t", "|")
QUOTECHAR = '"'
_SAMPLE_RECORDS = 100
# A header is looked for in these first records: more title lines than that stand above none.
HEADER_SEARCH = 20

# csv's own limit is per process and below real abstracts (131,072 characters); ours is per record, in _Lines.
csv.field_size_limit(2**31 - 1)


class _Lines:
    """Lines of a text file, at most ``limit`` characters until the next ``record_done``."""

    def __init__(self, file: TextIO, limit: int) -> None:
        self._file = file
        self._limit = limit
        self._left = limit
        self._number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline(self._left + 1)
        if not line:
            raise StopIteration
        self._number += 1
        if len(line) > self._left:
            raise UnreadableTableError("record-too-long", line=self._number, limit=self._limit)
        self._left -= len(line)
        return line

    def record_done(self) -> None:
        self._left = self._limit


def read_records(path: Path, codec: str, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    """Yield every record of the file, header included.

    Raises UnreadableTableError ``record-too-long`` where a record passes the limit, as an unclosed quote makes it.
    """
    with path.open(encoding=codec, newline="") as file:
        lines = _Lines(file, limits.record_chars)
        for record in csv.reader(lines, delimiter=delimiter, quotechar=QUOTECHAR):
            lines.record_done()
            yield record


def find_delimiter(path: Path, codec: str, profile: TableProfile | None, limits: Limits) -> str:
    """Return the delimiter of the file.

    With a profile: the one under which most labels are columns that the profile knows. Else, or where none knows
    any: the one that splits the header and most of the first records into the same number of cells, more cells
    being better. A table of one column has none: the answer is then ``;``.
    """
    samples = {delimiter: first_records(path, codec, delimiter, limits) for delimiter in DELIMITERS}
    if profile is not None:
        known = {delimiter: _known_labels(profile, records) for delimiter, records in samples.items()}
        best = max(DELIMITERS, key=lambda delimiter: known[delimiter])
        if known[best]:
            return best
    return max(DELIMITERS, key=lambda delimiter: _regularity(samples[delimiter]))


def first_records(path: Path, codec: str, delimiter: str, limits: Limits) -> list[list[str]]:
    """Return the first records, up to the one that is too long: under a wrong delimiter quotes open anywhere."""
    records: list[list[str]] = []
    with suppress(UnreadableTableError):
        records.extend(islice(read_records(path, codec, delimiter, limits), _SAMPLE_RECORDS))
    return records


def _known_labels(profile: TableProfile, records: Sequence[Sequence[str]]) -> int:
    """Return how many columns of the profile the most promising of the first records names."""
    return max((known_labels(profile, record) for record in records[:HEADER_SEARCH]), default=0)


def known_labels(profile: TableProfile, record: Sequence[str]) -> int:
    """Return how many columns of the profile ``record`` names."""
    return sum(name is not None for name in match_header(profile, record).canonical)


def _regularity(records: Sequence[Sequence[str]]) -> tuple[float, int]:
    filled = [record for record in records if record]
    if not filled or len(filled[0]) < 2:
        return (0.0, 0)
    width = len(filled[0])
    return (sum(len(record) == width for record in filled) / len(filled), width)
