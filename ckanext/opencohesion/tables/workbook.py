"""XLSX workbooks: checked before any library opens them, then read row by row as typed cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from .archive import check_archive
from .errors import UnreadableTableError
from .limits import MIB, Limits

_XML_PARTS = (".xml", ".rels", ".vml")
_SHARED_STRINGS = "xl/sharedStrings.xml"
_SHEETS = "xl/worksheets/"
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_SHOWN_CELLS = 10


@dataclass(frozen=True)
class FormulaCells:
    """Cells of a sheet that hold a formula: how many, and those that hold no value or an error in its place."""

    count: int
    # (row, column) from 1.
    without_value: tuple[tuple[int, int], ...]
    with_error: tuple[tuple[int, int], ...]


def check_workbook(path: Path, limits: Limits) -> None:
    """Refuse what must not be opened.

    Raises UnreadableTableError: what ``check_archive`` raises, ``part-too-large``, ``xml-entities`` (a document
    type declaration, which no spreadsheet program writes), ``broken-workbook``.
    """
    check_archive(path, limits)
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.filename.startswith(_SHEETS):
                shared = member.filename == _SHARED_STRINGS
                limit = limits.shared_strings_bytes if shared else limits.workbook_part_bytes
                if member.filename.endswith(_XML_PARTS) and member.file_size > limit:
                    raise UnreadableTableError("part-too-large", part=member.filename, limit_mb=limit // MIB)
            if member.filename.endswith(_XML_PARTS):
                _check_xml_start(archive, member)


def _check_xml_start(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read up to the first element: a document type can only stand before it."""
    with archive.open(member) as stream:
        try:
            next(iter(iterparse(stream, events=("start",), forbid_dtd=True)), None)
        except DefusedXmlException as error:
            raise UnreadableTableError("xml-entities") from error
        except (ParseError, ValueError) as error:
            raise UnreadableTableError("broken-workbook") from error


@contextmanager
def _opened(path: Path, *, values: bool) -> Iterator[Workbook]:
    """Open for reading, with the formulas' values or the formulas. Any failure of the library is the file's."""
    book: Workbook | None = None
    try:
        # As a stream: of a path the library wants to see the suffix .xlsx.
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=values, keep_links=False)
            yield book
    except UnreadableTableError:
        raise
    except Exception as error:  # openpyxl raises whatever a malformed part makes it stumble on
        raise UnreadableTableError("broken-workbook") from error
    finally:
        if book is not None:
            book.close()


def sheet_names(path: Path, limits: Limits) -> list[str]:
    """Return the visible sheets that hold at least one value, in the workbook's order."""
    with _opened(path, values=True) as book:
        return [
            sheet.title
            for sheet in book.worksheets
            if sheet.sheet_state == "visible" and next(_filled_rows(sheet, limits), None) is not None
        ]


def read_sheet(path: Path, sheet: str, limits: Limits) -> Iterator[list[Any]]:
    """Yield every row of the sheet up to the last that holds a value, without empty cells at its end.

    Raises UnreadableTableError ``broken-workbook``, ``too-many-columns``, ``too-many-rows``.
    """
    with _opened(path, values=True) as book:
        waiting = 0
        for row in _rows(book[sheet], limits):
            if not row:
                waiting += 1
                continue
            yield from ([] for _ in range(waiting))
            waiting = 0
            yield row


def formula_cells(path: Path, sheet: str, limits: Limits) -> FormulaCells:
    """Return the formulas of the sheet: a program that writes formulas but does not compute leaves no values."""
    if not _any_formula(path):
        return FormulaCells(0, (), ())
    count = 0
    without_value: list[tuple[int, int]] = []
    with_error: list[tuple[int, int]] = []
    with _opened(path, values=False) as formulas, _opened(path, values=True) as results:
        pairs = zip(_cells(formulas[sheet], limits), _cells(results[sheet], limits), strict=False)
        for row_number, (written, computed) in enumerate(pairs, start=1):
            for column, (formula, result) in enumerate(zip(written, computed, strict=False), start=1):
                if result.data_type == "e":
                    with_error.append((row_number, column))
                if formula.data_type == "f":
                    count += 1
                    if result.value is None:
                        without_value.append((row_number, column))
    return FormulaCells(count, tuple(without_value), tuple(with_error))


def cell_names(cells: Sequence[tuple[int, int]]) -> str:
    """Return the first cells as a spreadsheet names them: ``B2, C7, …``."""
    names = ", ".join(f"{get_column_letter(column)}{row}" for row, column in cells[:_SHOWN_CELLS])
    return names + (", …" if len(cells) > _SHOWN_CELLS else "")


def _any_formula(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.filename.startswith(_SHEETS):
                with archive.open(member) as stream:
                    end = b""
                    while piece := stream.read(MIB):
                        if _FORMULA.search(end + piece):
                            return True
                        end = piece[-64:]
    return False


def _filled_rows(sheet: Any, limits: Limits) -> Iterator[list[Any]]:
    return (row for row in _rows(sheet, limits) if row)


def _rows(sheet: Any, limits: Limits) -> Iterator[list[Any]]:
    for cells in _cells(sheet, limits):
        row = [cell.value for cell in cells]
        while row and row[-1] is None:
            row.pop()
        yield row


def _cells(sheet: Any, limits: Limits) -> Iterator[Sequence[Any]]:
    # The size that a sheet declares may be false and, if huge, would pad every row to it.
    sheet.reset_dimensions()
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > limits.sheet_rows:
            raise UnreadableTableError("too-many-rows", limit=limits.sheet_rows)
        if len(cells) > limits.columns:
            raise UnreadableTableError("too-many-columns", limit=limits.columns)
        yield cells
