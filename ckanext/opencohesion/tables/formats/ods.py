"""ODS, the spreadsheets of OpenDocument 1.3: ``content.xml`` read as a stream, so that a sheet is never held whole.

Rows and cells may say that they repeat: what is repeated and empty is counted and not made, what is filled is made up to
the limits. A cell's text is bounded too.
"""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.sax import SAXException

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from ..archive import ARCHIVE_ERRORS, check_archive
from ..errors import UnreadableTableError
from ..limits import KIB, MIB, Limits
from ..workbook import FormulaCells
from .ods_content import Cell, Content

_CONTENT = "content.xml"
_MANIFEST = "META-INF/manifest.xml"
_PIECE = 64 * KIB


def check_workbook(path: Path, limits: Limits) -> None:
    """Refuse what must not be opened.

    Raises UnreadableTableError: what ``check_archive`` raises, ``encrypted``, ``broken-workbook``.
    """
    check_archive(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if _CONTENT not in names:
                raise UnreadableTableError("broken-workbook")
            if _MANIFEST in names:
                if archive.getinfo(_MANIFEST).file_size > limits.workbook_part_bytes:
                    raise UnreadableTableError(
                        "part-too-large", part=_MANIFEST, limit_mb=limits.workbook_part_bytes // MIB
                    )
                if b"encryption-data" in archive.read(_MANIFEST):
                    raise UnreadableTableError("encrypted")
    except ARCHIVE_ERRORS as error:
        raise UnreadableTableError("broken-archive") from error


def sheet_names(path: Path, limits: Limits) -> list[str]:
    """Return the visible sheets that hold at least one value, in the document's order."""
    found: list[str] = []
    for sheet, row in _rows(path, limits, hidden=False):
        if sheet not in found[-1:] and any(cell.value is not None for cell in row):
            found.append(sheet)
    return found


def read_sheet(path: Path, sheet: str, limits: Limits) -> Iterator[list[Any]]:
    """Yield every row of the sheet up to the last that holds a value, without empty cells at its end."""
    with closing(_rows(path, limits, only=sheet)) as rows:
        for _, row in rows:
            yield [cell.value for cell in row]


def formula_cells(path: Path, sheet: str, limits: Limits) -> FormulaCells:
    """Return the formulas of the sheet, those without a value and those with an error."""
    count = 0
    without_value: list[tuple[int, int]] = []
    with_error: list[tuple[int, int]] = []
    with closing(_rows(path, limits, only=sheet)) as rows:
        for number, (_, row) in enumerate(rows, start=1):
            for column, cell in enumerate(row, start=1):
                count += cell.formula
                if cell.error:
                    with_error.append((number, column))
                elif cell.formula and not cell.computed:
                    without_value.append((number, column))
    return FormulaCells(count, tuple(without_value), tuple(with_error))


def _rows(
    path: Path, limits: Limits, *, only: str | None = None, hidden: bool = True
) -> Generator[tuple[str, list[Cell]]]:
    """Yield (sheet, row) as the stream goes by, of one sheet or of all; empty rows where a filled one follows."""
    content = Content(limits, only=only, hidden=hidden)
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setContentHandler(content)
    parser.setFeature("http://xml.org/sax/features/namespaces", True)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_CONTENT) as stream:
            while piece := stream.read(_PIECE):
                parser.feed(piece)
                yield from content.taken()
                if content.done:
                    return
            parser.close()
            yield from content.taken()
    except UnreadableTableError:
        raise
    except DefusedXmlException as error:
        raise UnreadableTableError("xml-entities") from error
    except (SAXException, *ARCHIVE_ERRORS) as error:
        raise UnreadableTableError("broken-workbook") from error
