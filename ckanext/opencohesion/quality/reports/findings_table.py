"""All findings that a report shows as a table to work with: CSV, XLSX or JSON. Plain module."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from ...i18n_marks import N_
from ..wording.messages import Translate
from .listing import CauseEntry

#: The columns of the table: their name in JSON, and their heading in a spreadsheet.
COLUMNS: dict[str, str] = {
    "file": N_("File"),
    "severity": N_("Severity"),
    "row": N_("Row"),
    "column": N_("Column"),
    "value": N_("Value"),
    "finding": N_("What is wrong"),
    "remedy": N_("What to do"),
}
SEVERITY_WORDS: dict[str, str] = {
    "error": N_("Error"),
    "review": N_("To be decided"),
    "warning": N_("Warning"),
    "info": N_("Note"),
}


def rows(files: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings on the files of a report (``name`` and ``causes``) as rows with ``COLUMNS`` and ``code``."""
    return [
        {
            "file": file["name"],
            "severity": cause.severity,
            "row": one.row,
            "column": one.label,
            "value": one.cell,
            "finding": one.detail,
            "remedy": one.remedy,
            "code": cause.code,
        }
        for file in files
        for cause in _causes(file)
        for one in cause.occurrences
    ]


def _causes(file: Mapping[str, Any]) -> Sequence[CauseEntry]:
    return file["causes"]


def as_csv(found: Iterable[Mapping[str, Any]], translate: Translate) -> bytes:
    """Return the rows as a spreadsheet of an Italian office opens them: UTF-8 with BOM, semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerows(_cells(found, translate))
    return ("\ufeff" + text.getvalue()).encode()


def as_xlsx(found: Iterable[Mapping[str, Any]], translate: Translate) -> bytes:
    """Return the rows as a workbook of one sheet, its heading fixed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(translate(N_("Findings"))))
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFG", (28, 12, 9, 28, 28, 70, 70), strict=True):
        sheet.column_dimensions[letter].width = width
    for number, line in enumerate(_cells(found, translate)):
        cells = [WriteOnlyCell(sheet, value=_plain(value)) for value in line]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # text whatever it begins with: openpyxl would make "=…" a formula
            if number == 0:
                cell.font = Font(bold=True)
        sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_json(found: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the rows for programs: values as they are, since nothing of JSON is run."""
    return json.dumps({"findings": found}, ensure_ascii=False, indent=1).encode()


def _cells(found: Iterable[Mapping[str, Any]], translate: Translate) -> Iterable[list[Any]]:
    yield [translate(heading) for heading in COLUMNS.values()]
    for row in found:
        severity = translate(SEVERITY_WORDS.get(str(row["severity"]), str(row["severity"])))
        yield [inert(severity if name == "severity" else row[name]) for name in COLUMNS]


def inert(value: Any) -> Any:
    """Keep a spreadsheet from running a cell of somebody's file as a formula."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _plain(value: Any) -> Any:
    """Take out what no workbook may hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
