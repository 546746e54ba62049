"""Small tables in the publishers' dialects, written for the tests of the tables room."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from frictionless import Checklist, Report
from openpyxl import Workbook

from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import TableProfile, load_profile
from ckanext.opencohesion.tables.reading import frictionless_checks, frictionless_resource

PAYMENTS = "italiadomani/pnrr_pagamenti"
PLACES = "italiadomani/pnrr_localizzazione"
PROJECTS = "italiadomani/pnrr_progetti"
PARTIES = "italiadomani/pnrr_soggetti"
COHESION = "opencoesione/progetti_esteso"
COHESION_PLACES = "opencoesione/localizzazioni"


def header(profile_id: str, release: str | None = None) -> list[str]:
    """Return the labels of a release, of the newest where none is named."""
    profile = load_profile(profile_id)
    wanted = release or profile.releases[-1]
    return [field.labels[wanted] for field in profile.fields if wanted in field.labels]


def payment(**cells: Any) -> list[Any]:
    """Return a sound row of payments, with some cells changed (``Pagamento_Totale="1,5"``)."""
    row: dict[str, Any] = dict.fromkeys(header(PAYMENTS), "")
    row |= {
        "Codice Univoco Submisura": "M1C1I1.02.00",
        "CUP": "B11C22000180006",
        "Codice Locale Progetto": "PRJ_1",
        "Finanziamento Totale": "100,50",
        "Pagamento Totale": "7301",
        "Data di Estrazione": "13/06/2026",
    }
    row |= {name.replace("_", " "): value for name, value in cells.items()}
    return list(row.values())


def csv_bytes(
    rows: Sequence[Sequence[Any]], *, delimiter: str = ";", encoding: str = "utf-8-sig", end: str = "\r\n"
) -> bytes:
    """Return rows as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode(encoding)


def write_csv(path: Path, rows: Sequence[Sequence[Any]], **dialect: Any) -> Path:
    """Write rows as a CSV file."""
    path.write_bytes(csv_bytes(rows, **dialect))
    return path


def write_xlsx(path: Path, rows: Sequence[Sequence[Any]], **more_sheets: Sequence[Sequence[Any]]) -> Path:
    """Write rows as the first sheet of a workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for name, others in more_sheets.items():
        other = book.create_sheet(name)
        for row in others:
            other.append(list(row))
    book.save(path)
    return path


def judge(path: Path, profile_id: str | None) -> Report:
    """Return frictionless's report on a file read by our reading, without the checks that only warn."""
    profile: TableProfile | None = load_profile(profile_id) if profile_id else None
    source = probe(path, filename=path.name, profile=profile)
    checks = [
        check
        for check in frictionless_checks(source, profile)
        if getattr(check, "severity", "error") == "error"
    ]
    checklist = Checklist(checks=checks)
    return frictionless_resource(source, profile).validate(checklist, limit_errors=100_000)


def errors_of(report: Report) -> dict[tuple[str, str | None], int]:
    """Return how many errors of each type stand in each column."""
    return dict(Counter((kind, field) for kind, field in report.flatten(["type", "fieldName"])))


def cells_of(report: Report) -> list[tuple[int, str, str]]:
    """Return (row, column, cell) of every error."""
    return [tuple(item) for item in report.flatten(["rowNumber", "fieldName", "cell"])]
