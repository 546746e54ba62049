"""Spreadsheets of every kind: one way to find the table in their sheets, whatever reads the cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from .. import workbook
from ..delimited import HEADER_SEARCH
from ..errors import UnreadableTableError
from ..limits import Limits
from ..profiles import TableProfile
from ..source import Note, TableSource
from ..workbook import FormulaCells, cell_names
from . import ods, xls
from .header_row import as_labels, find_header


class SheetReader(Protocol):
    """What a module gives that reads one kind of spreadsheet. All of it may raise UnreadableTableError."""

    def check_workbook(self, path: Path, limits: Limits) -> None:
        """Refuse what must not be opened."""

    def sheet_names(self, path: Path, limits: Limits) -> list[str]:
        """Return the visible sheets that hold at least one value, in the workbook's order."""
        ...

    def read_sheet(self, path: Path, sheet: str, limits: Limits) -> Iterator[list[Any]]:
        """Yield every row of a sheet up to the last that holds a value, without empty cells at its end."""
        ...

    def formula_cells(self, path: Path, sheet: str, limits: Limits) -> FormulaCells:
        """Return the formulas of a sheet, and those without a value or with an error."""
        ...


@dataclass(frozen=True)
class Spreadsheet:
    """One kind of spreadsheet as a table: ``code`` is its EU file-type code."""

    code: str
    reader: SheetReader

    def probe(
        self, path: Path, profile: TableProfile | None, sheet: str | None, limits: Limits
    ) -> TableSource:
        """Return the table in the sheet that is named, or in the first that holds a value."""
        self.reader.check_workbook(path, limits)
        sheets = self.reader.sheet_names(path, limits)
        if not sheets:
            raise UnreadableTableError("empty-workbook")
        if sheet is not None and sheet not in sheets:
            raise UnreadableTableError("no-such-sheet", sheet=sheet, sheets=", ".join(sheets))
        chosen = sheet or sheets[0]
        records = list(islice(self.reader.read_sheet(path, chosen, limits), HEADER_SEARCH))
        header_row, labels, notes = find_header([as_labels(row) for row in records], profile)
        if sheet is None and len(sheets) > 1:
            params = {"sheet": chosen, "others": ", ".join(sheets[1:])}
            notes.append(Note("other-sheets", "warning", params=params))
        notes.extend(_formula_notes(self.reader.formula_cells(path, chosen, limits)))
        return TableSource(
            path=path,
            format=self.code,
            size_bytes=path.stat().st_size,
            labels=tuple(labels),
            header_row=header_row,
            sheet=chosen,
            notes=tuple(notes),
        )

    def read(self, source: TableSource, limits: Limits) -> Iterator[list[Any]]:
        """Yield every row of the sheet as typed cells."""
        yield from self.reader.read_sheet(source.path, source.sheet or "", limits)


def _formula_notes(formulas: FormulaCells) -> Iterator[Note]:
    for code, cells in (
        ("formula-without-value", formulas.without_value),
        ("formula-with-error", formulas.with_error),
    ):
        if cells:
            row, column = cells[0]
            params = {"count": len(cells), "cells": cell_names(cells)}
            yield Note(code, "error", row, column, params)
    if formulas.count:
        yield Note("formulas", "info", params={"count": formulas.count})


XLSX = Spreadsheet("XLSX", workbook)
XLS = Spreadsheet("XLS", xls)
ODS = Spreadsheet("ODS", ods)


def sheets_of(source: TableSource, limits: Limits) -> list[str]:
    """Return the sheets of a workbook that hold a value; none for what is no workbook."""
    kind = next((one for one in (XLSX, XLS, ODS) if one.code == source.format), None)
    return kind.reader.sheet_names(source.path, limits) if kind else []
