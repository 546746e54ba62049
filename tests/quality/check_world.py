"""Tables of one real profile, and what a check says of them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.quality.judging.report import FileCheck
from ckanext.opencohesion.tables.profiles import load_profile

PARTIES = "italiadomani/pnrr_soggetti"
PAYMENTS = "italiadomani/pnrr_pagamenti"
PROFILE = load_profile(PARTIES)
PARTIES_HEADER = [field.name for field in PROFILE.fields if PROFILE.releases[-1] in field.labels]
GOOD_PARTY = {
    "Descrizione Submisura": "Abilitazione al cloud",
    "CUP": "B11C22000180006",
    "Codice Locale Progetto": "PRJ_1",
    "Ruolo soggetto": "02",
    "Descrizione del ruolo del soggetto": "DESTINATARIO FINALE",
    "Codice fiscale soggetto": "02830270803",
    "Denominazione": "ACME SRL",
    "Forma giuridica": "11",
    "Descrizione forma giuridica": "Società a responsabilità limitata",
    "Codice ATECO": "62.01",
    "Data di aggiornamento": "21/02/2023",
}


def write(path: Path, rows: list[list[str]], *, delimiter: str = ";") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path


def parties(path: Path, *changes: dict[str, str]) -> Path:
    rows = [[{**GOOD_PARTY, **change}[name] for name in PARTIES_HEADER] for change in changes]
    return write(path, [PARTIES_HEADER, *rows])


def check(path: Path, schema: str | None = None, **options: Any) -> FileCheck:
    return check_file(path, filename=path.name, table_schema=schema, **options)


def codes(found: FileCheck) -> list[str]:
    return [finding.get("code") or finding["type"] for finding in found.findings()]


def places(found: FileCheck) -> list[tuple[str, int | None, int | None]]:
    errors = found.report["tasks"][0]["errors"]
    return [(error["type"], error.get("rowNumber"), error.get("fieldNumber")) for error in errors]
