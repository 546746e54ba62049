"""CSV, TSV and other delimited text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..delimited import find_delimiter, first_records, read_records
from ..encoding import detect_encoding
from ..limits import Limits
from ..profiles import TableProfile
from ..source import Note, TableSource
from .header_row import find_header


def probe_text(path: Path, profile: TableProfile | None, _sheet: str | None, limits: Limits) -> TableSource:
    """Return how a delimited text is written. Raises UnreadableTableError."""
    encoding = detect_encoding(path)
    delimiter = find_delimiter(path, encoding.codec, profile, limits)
    records = first_records(path, encoding.codec, delimiter, limits)
    if not records:  # not even the first record could be read: say why
        next(read_records(path, encoding.codec, delimiter, limits), None)
    header_row, labels, notes = find_header(records, profile)
    if profile is None and encoding.name != "utf-8":
        notes.append(Note("not-utf8", "warning", params={"found": encoding.name}))
    return TableSource(
        path=path,
        format="CSV",
        size_bytes=path.stat().st_size,
        labels=tuple(labels),
        header_row=header_row,
        encoding=encoding.name,
        has_bom=encoding.has_bom,
        delimiter=delimiter,
        notes=tuple(notes),
    )


def read_text(source: TableSource, limits: Limits) -> Iterator[list[Any]]:
    """Yield every record as texts."""
    codec = "utf-8-sig" if source.has_bom else source.encoding
    yield from read_records(source.path, codec, source.delimiter, limits)
