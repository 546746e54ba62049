"""XLS, the binary workbooks of Excel up to 2003 (BIFF), read by xlrd.

xlrd holds a sheet in memory, so a file is opened up to a size; formulas can not be told from values in it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import xlrd
from xlrd.biffh import XLRDError

from ..errors import UnreadableTableError
from ..limits import MIB, Limits
from ..workbook import FormulaCells

_VISIBLE = 0


def check_workbook(path: Path, limits: Limits) -> None:
    """Refuse a file too large to be held in memory. Raises UnreadableTableError ``part-too-large``."""
    if path.stat().st_size > limits.xls_bytes:
        raise UnreadableTableError("part-too-large", part="XLS", limit_mb=limits.xls_bytes // MIB)


@contextmanager
def _opened(path: Path) -> Iterator[xlrd.Book]:
    """Open for reading, sheet by sheet. Any failure of the library is the file's."""
    book: xlrd.Book | None = None
    try:
        # What xlrd has to say of a file goes nowhere: it may quote it.
        book = xlrd.open_workbook(str(path), logfile=io.StringIO(), on_demand=True, ragged_rows=True)
        yield book
    except UnreadableTableError:
        raise
    except XLRDError as error:
        code = "encrypted" if "encrypted" in str(error).lower() else "broken-workbook"
        raise UnreadableTableError(code) from error
    except Exception as error:  # xlrd raises whatever a malformed record makes it stumble on
        raise UnreadableTableError("broken-workbook") from error
    finally:
        if book is not None:
            book.release_resources()


def sheet_names(path: Path, limits: Limits) -> list[str]:
    """Return the visible sheets that hold at least one value, in the workbook's order."""
    found = []
    with _opened(path) as book:
        for number, name in enumerate(book.sheet_names()):
            sheet = book.sheet_by_index(number)
            if sheet.visibility == _VISIBLE and any(_row(book, sheet, row) for row in range(sheet.nrows)):
                found.append(name)
            book.unload_sheet(number)
    return found


def read_sheet(path: Path, sheet: str, limits: Limits) -> Iterator[list[Any]]:
    """Yield every row of the sheet up to the last that holds a value, without empty cells at its end."""
    with _opened(path) as book:
        found = book.sheet_by_name(sheet)
        if found.ncols > limits.columns:
            raise UnreadableTableError("too-many-columns", limit=limits.columns)
        waiting = 0
        for number in range(found.nrows):
            row = _row(book, found, number)
            if not row:
                waiting += 1
                continue
            yield from ([] for _ in range(waiting))
            waiting = 0
            yield row


def formula_cells(path: Path, sheet: str, limits: Limits) -> FormulaCells:
    """Return the cells that hold an error value; what was computed and what was typed look alike here."""
    errors = []
    with _opened(path) as book:
        found = book.sheet_by_name(sheet)
        for number in range(found.nrows):
            types = found.row_types(number)
            errors += [
                (number + 1, column + 1) for column, kind in enumerate(types) if kind == xlrd.XL_CELL_ERROR
            ]
    return FormulaCells(0, (), tuple(errors))


def _row(book: xlrd.Book, sheet: Any, number: int) -> list[Any]:
    cells = [_value(book, cell) for cell in sheet.row(number)]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _value(book: xlrd.Book, cell: Any) -> Any:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell.value or None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        # Every number of a BIFF file is a float: whole ones are told as in XLSX.
        return int(cell.value) if cell.value.is_integer() else cell.value
    if cell.ctype == xlrd.XL_CELL_DATE:
        return _date(book, cell.value)
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None


def _date(book: xlrd.Book, value: float) -> Any:
    try:
        moment: datetime = xlrd.xldate_as_datetime(value, book.datemode)
    except (ValueError, OverflowError):
        return value  # a number with the look of a date: what it is worth is judged as a number
    return moment
