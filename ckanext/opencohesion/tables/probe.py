"""Find out how a table on disk is written, without trusting its name or what was declared of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from . import workbook
from .delimited import HEADER_SEARCH, find_delimiter, first_records, known_labels, read_records
from .encoding import detect_encoding
from .errors import UnreadableTableError
from .header import HeaderMatch, match_header
from .identify import identify
from .limits import DEFAULT_LIMITS, Limits
from .profiles import TableProfile
from .source import Note, TableSource

_TABLE_FORMATS = ("CSV", "TSV", "TXT", "XLSX", "XLSM")
_NOT_TABLES = {
    "HTML": "is-html",
    "JSON": "is-json",
    "GEOJSON": "is-json",
    "JSON_LD": "is-json",
    "ENCRYPTED": "encrypted",
    "XLS": "old-workbook",
    "ODS": "old-workbook",
}
_DELIMITER_NAMES = {";": ";", ",": ",", "\t": "TAB", "|": "|"}


def probe(
    path: Path,
    *,
    filename: str,
    declared_format: str | None = None,
    profile: TableProfile | None = None,
    sheet: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> TableSource:
    """Return how the table in ``path`` is written.

    ``filename`` is what the user calls the file, ``declared_format`` the EU file-type code that the resource
    states; neither is believed where the content tells. ``sheet`` names the sheet of a workbook (default: the
    first that holds a value). What is odd but readable stands in the notes; a header without rows is readable.

    Raises UnreadableTableError with a code of ``findings.FINDINGS``.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableTableError("empty-file")
    measured = identify(path, filename, limits)
    code = measured.code if measured else "CSV"
    if code not in _TABLE_FORMATS:
        raise _not_a_table(code, declared_format)
    if code in ("XLSX", "XLSM"):
        source = _probe_workbook(path, size, profile, sheet, limits)
    else:
        source = _probe_text(path, size, profile, limits)
    if len(source.labels) > limits.columns:
        raise UnreadableTableError("too-many-columns", limit=limits.columns)
    if profile is None:
        return source
    match = match_header(profile, source.labels)
    return replace(source, header=match, notes=(*source.notes, *_dialect_notes(source, profile, match)))


def _dialect_notes(source: TableSource, profile: TableProfile, match: HeaderMatch) -> Iterator[Note]:
    """Yield how a text file differs from the dialect of its release; where it has none, of any release."""
    if source.format != "CSV":
        return
    dialects = [d for d in profile.dialects if match.release in (None, d.release)]
    encodings = sorted({name for dialect in dialects for name in dialect.encodings})
    if source.encoding not in encodings:
        params = {"found": source.encoding, "expected": ", ".join(encodings)}
        yield Note("wrong-encoding", "error", params=params)
    delimiters = sorted({dialect.delimiter for dialect in dialects})
    if source.delimiter not in delimiters:
        expected = " ".join(_DELIMITER_NAMES[delimiter] for delimiter in delimiters)
        params = {"found": _DELIMITER_NAMES[source.delimiter], "expected": expected}
        yield Note("wrong-delimiter", "error", source.header_row, params=params)


def _probe_text(path: Path, size: int, profile: TableProfile | None, limits: Limits) -> TableSource:
    encoding = detect_encoding(path)
    delimiter = find_delimiter(path, encoding.codec, profile, limits)
    records = first_records(path, encoding.codec, delimiter, limits)
    if not records:  # not even the first record could be read: say why
        next(read_records(path, encoding.codec, delimiter, limits), None)
    header_row, labels, notes = _header(records, profile)
    if profile is None and encoding.name != "utf-8":
        notes.append(Note("not-utf8", "warning", params={"found": encoding.name}))
    return TableSource(
        path=path,
        format="CSV",
        size_bytes=size,
        labels=tuple(labels),
        header_row=header_row,
        encoding=encoding.name,
        has_bom=encoding.has_bom,
        delimiter=delimiter,
        notes=tuple(notes),
    )


def _probe_workbook(
    path: Path, size: int, profile: TableProfile | None, sheet: str | None, limits: Limits
) -> TableSource:
    workbook.check_workbook(path, limits)
    sheets = workbook.sheet_names(path, limits)
    if not sheets:
        raise UnreadableTableError("empty-workbook")
    if sheet is not None and sheet not in sheets:
        raise UnreadableTableError("no-such-sheet", sheet=sheet, sheets=", ".join(sheets))
    chosen = sheet or sheets[0]
    records = list(islice(workbook.read_sheet(path, chosen, limits), HEADER_SEARCH))
    header_row, labels, notes = _header([[_label(cell) for cell in row] for row in records], profile)
    if sheet is None and len(sheets) > 1:
        params = {"sheet": chosen, "others": ", ".join(sheets[1:])}
        notes.append(Note("other-sheets", "warning", params=params))
    notes.extend(_formula_notes(path, chosen, limits))
    return TableSource(
        path=path,
        format="XLSX",
        size_bytes=size,
        labels=tuple(labels),
        header_row=header_row,
        sheet=chosen,
        notes=tuple(notes),
    )


def _formula_notes(path: Path, sheet: str, limits: Limits) -> Iterator[Note]:
    formulas = workbook.formula_cells(path, sheet, limits)
    for code, cells in (
        ("formula-without-value", formulas.without_value),
        ("formula-with-error", formulas.with_error),
    ):
        if cells:
            row, column = cells[0]
            params = {"count": len(cells), "cells": workbook.cell_names(cells)}
            yield Note(code, "error", row, column, params)
    if formulas.count:
        yield Note("formulas", "info", params={"count": formulas.count})


def _label(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _header(
    records: Sequence[Sequence[str]], profile: TableProfile | None
) -> tuple[int, Sequence[str], list[Note]]:
    """Return the row of the header, its labels, and a note where lines stand above it.

    The header is the first record that holds anything, unless one further down names more of the profile's columns.
    """
    filled = [
        number for number, record in enumerate(records, start=1) if any(cell.strip() for cell in record)
    ]
    if not filled:
        raise UnreadableTableError("empty-file")
    first = filled[0]
    best = first
    if profile is not None:
        candidates = [number for number in filled if number <= HEADER_SEARCH] or [first]
        best = max(candidates, key=lambda number: known_labels(profile, records[number - 1]))
    notes = (
        [Note("lines-above-header", "error", best, params={"row": best, "count": best - 1})]
        if best > 1
        else []
    )
    return best, records[best - 1], notes


def _not_a_table(code: str, declared_format: str | None) -> UnreadableTableError:
    params = {"found": code, "declared": declared_format or "CSV"}
    return UnreadableTableError(_NOT_TABLES.get(code, "not-a-table-format"), **params)
