"""The screen's law: with it or without it, the report is the same.

``SCREEN_CASES=10000 pytest tests/quality/test_screen.py -k law`` tries as many made-up schemas and files.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ckanext.opencohesion.quality.judging.check import _FileChecker, check_file
from ckanext.opencohesion.quality.judging.limits import DEFAULT_LIMITS
from ckanext.opencohesion.quality.judging.report import FileCheck
from ckanext.opencohesion.tables.errors import UnreadableTableError
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import profile_from_schema

CASES = int(os.environ.get("SCREEN_CASES", "50"))
TODAY = date(2026, 11, 21)
# Every file is screened; so few errors are shown that it matters which come first.
LIMITS = replace(
    DEFAULT_LIMITS, screen_from_bytes=0, errors_shown=8, errors_shown_per_cause=2, rows_per_progress=1
)


def told(found: FileCheck) -> dict[str, Any]:
    """Everything that was found; only the time that it took may differ."""
    answer = found.to_dict()
    for stats in (answer["report"]["stats"], *(task["stats"] for task in answer["report"]["tasks"])):
        stats.pop("seconds")
    return answer


# Made-up schemas and files ----------------------------------------------------------------------------------------------

LABELS = [
    "Codice fiscale soggetto",
    "Denominazione soggetto",
    "Forma giuridica soggetto",
    "CUP",
    "Importo",
    "Pagato",
]
LABELS += [
    "Data inizio",
    "Data fine",
    "Titolo progetto",
    "Codice natura",
    "E-mail",
    "CAP",
    "Note",
    "Numero alunni",
]
MISSING = [[""], ["", " "], ["", "n.d.", "-"], ["-"]]
PATTERNS = [
    "^[0-9]{2}$",
    "[A-Z]{1,3}[0-9]*",
    "a|b",
    "^([0-9]{3})?(:::([0-9]{3})?)*$",
    r"\d+\.\d",
    "[^;]+",
    "(?i:x)",
]
DATES = ["default", "%d/%m/%Y", "%Y%m%d", "%d.%m.%Y", "%d %B %Y", "any"]
GOOD = {
    "string": ["a", "AB12", "01", "123:::456", "città", "12"],
    "number": ["0", "12", "-3,5", "1.234,50", "12.5", "007", "1 234"],
    "integer": ["0", "7", "-7", "007", "123456789012345678901", " 8 "],
    "date": ["20240131", "31/01/2024", "2024-01-31", "1/2/2024", "29.02.2024", "3 May 2024"],
    "boolean": ["true", "0", "FALSE", "1"],
    "year": ["2024", "0001", "1999"],
    "datetime": ["2024-01-31T10:00:00", "2024-01-31"],
    "any": ["x", "y"],
}
ODD = [
    "",
    "",
    " ",
    "-",
    "n.d.",
    "NaN",
    "1e3",
    "1_000",
    "Infinity",
    "1,5",
    "1.5",
    "+4",
    "1,",
    "٣",
    "18,00",
    "00",
    "7",
]
ODD += [
    "20240230",
    "30/02/2024",
    "2024-02-30",
    "29/02/2023",
    "20991231",
    "RSSMRA80A01H501U",
    "cf RSSMRA80A01H501U.",
]
ODD += [
    "****************",
    "*INDIVIDUO*",
    "Mario Rossi",
    "Comune di Pisa",
    "1.1.20",
    "a.rossi@example.org",
    "tel. 0501234567",
]
ODD += [
    "B11C22000180006",
    "02205340793",
    "2205340793",
    "a;b",
    "a,b",
    "a\tb",
    'dice "sì"',
    '"',
    "due\nrighe",
    "due\r\nrighe",
]
ODD += [
    "\rx",
    "\xa0x",
    "x\n",
    "Ã\xa0",
    "Sp#c#s",
    "\ufeffx",
    "\u2028",
    "x" * 300,
    "☃",
    "🤦🏼‍♂️",
    "contributo",
    "07",
    "+39 050 123456",
]
CHECKS: list[dict[str, Any]] = [
    {"type": "cup", "fields": ["CUP"], "severity": "error"},
    {"type": "tax-code", "fields": ["Codice fiscale soggetto"], "severity": "warning"},
    {"type": "at-most", "field": "Pagato", "other": "Importo", "severity": "error"},
    {"type": "dates-in-order", "field": "Data inizio", "other": "Data fine", "severity": "warning"},
    {
        "type": "date-within",
        "fields": ["Data inizio", "Data fine"],
        "from": "2000-01-01",
        "to": "2050-12-31",
        "severity": "error",
    },
    {"type": "list-lengths", "fields": ["Note", "CUP"], "separator": ":::", "severity": "error"},
    {"type": "repeated-key", "fields": ["CUP", "Note"], "severity": "warning"},
    {"type": "any-filled", "fields": ["Note", "CAP"], "severity": "error"},
    {"type": "only-filled", "fields": ["Data fine"], "severity": "error"},
    {"type": "legal-form", "fields": ["Forma giuridica soggetto"], "severity": "info"},
]


@st.composite
def fields(draw: DrawFn, label: str) -> dict[str, Any]:
    kind = draw(st.sampled_from([*GOOD, "string", "number", "date", "integer", "string"]))
    field: dict[str, Any] = {"name": label, "type": kind, "labels": {"1": label}}
    limits: dict[str, Any] = {}
    if draw(st.integers(0, 3)) == 0:
        limits["required"] = True
    if draw(st.integers(0, 5)) == 0:
        limits["unique"] = True
    if kind == "string":
        limits |= draw(
            st.sampled_from(
                [{}, {}, {"minLength": 2}, {"maxLength": 3}, {"enum": ["a", "01", "città"]}]
                + [{"pattern": pattern} for pattern in PATTERNS]
            )
        )
    elif kind == "number":
        field |= draw(
            st.sampled_from(
                [
                    {},
                    {"decimalChar": ","},
                    {"decimalChar": ",", "groupChar": "."},
                    {"groupChar": " "},
                    {"bareNumber": False, "decimalChar": ","},
                ]
            )
        )
        limits |= draw(st.sampled_from([{}, {}, {"minimum": 0}, {"maximum": "12"}]))
    elif kind == "integer":
        limits |= draw(st.sampled_from([{}, {"minimum": 0}, {"maximum": 7}, {"enum": [7, "0"]}]))
    elif kind == "date":
        field["format"] = draw(st.sampled_from(DATES))
        if field["format"] == "default":
            limits |= draw(st.sampled_from([{}, {"minimum": "2024-01-31"}, {"maximum": "2024-01-30"}]))
    elif kind == "boolean":
        field |= draw(st.sampled_from([{}, {"trueValues": ["sì", "1"], "falseValues": ["no"]}]))
    if draw(st.integers(0, 5)) == 0:
        field["missingValues"] = draw(st.sampled_from(MISSING))
    return field | ({"constraints": limits} if limits else {})


@st.composite
def schemas(draw: DrawFn) -> dict[str, Any]:
    labels = draw(st.lists(st.sampled_from(LABELS), min_size=1, max_size=6, unique=True))
    dialect = {
        "release": "1",
        "encodings": ["utf-8"],
        "bom": False,
        "delimiter": ";",
        "quoteChar": '"',
        "decimalChar": ",",
        "groupChar": draw(st.sampled_from(["", "", "."])),
        "dateFormat": "%Y%m%d",
        "missingValues": draw(st.sampled_from(MISSING)),
    }
    checks = [
        one
        for one in CHECKS
        if {*one.get("fields", ()), *filter(None, (one.get("field"), one.get("other")))} <= set(labels)
    ]
    schema: dict[str, Any] = {
        "id": "test/made-up",
        "version": "1",
        "releases": ["1"],
        "dialects": [dialect],
        "key": [],
        "persons": [{"tax_code": LABELS[0], "name": LABELS[1], "legal_form": LABELS[2]}],
        "fields": [draw(fields(label)) for label in labels],
        "checks": draw(st.lists(st.sampled_from(checks), unique_by=str)) if checks else [],
    }
    if draw(st.integers(0, 2)) == 0:
        schema["primaryKey"] = draw(st.lists(st.sampled_from(labels), min_size=1, max_size=2, unique=True))
    return schema


@st.composite
def texts(draw: DrawFn, schema: dict[str, Any]) -> str:
    """A file for the schema: mostly right, in the writer's own way of writing CSV."""
    columns = [field["name"] for field in schema["fields"]]
    kinds = [field["type"] for field in schema["fields"]]
    for extra in draw(st.lists(st.sampled_from(["Altro", " ", columns[0], "Note\nlunghe"]), max_size=2)):
        columns.append(extra)
        kinds.append("any")
    cells = [st.sampled_from(GOOD[kind] * 4 + ODD) for kind in kinds]
    some = draw(st.lists(st.tuples(*cells), min_size=0, max_size=4))
    rows = [list(row) for row in draw(st.lists(st.sampled_from(some), max_size=9))] if some else []
    rows += [list(row) for row in draw(st.lists(st.tuples(*cells), max_size=6))]
    lines = [columns, *rows]
    for change in draw(st.lists(st.sampled_from(["blank", "short", "long", "empty", "title"]), max_size=2)):
        place = draw(st.integers(1, len(lines)))
        row = list(lines[place - 1])
        if change == "title":
            lines.insert(0, ["Elenco dei progetti"])
        else:
            new = {"blank": [], "short": row[:-1], "long": [*row, "x"], "empty": [""] * len(row)}[change]
            lines.insert(place, new)
    return written(
        lines,
        quoting=draw(st.sampled_from(["all", "least", "least", "none"])),
        ending=draw(st.sampled_from(["\n", "\n", "\r\n", "mixed"])),
        last=draw(st.booleans()),
    )


def written(lines: Iterable[list[str]], *, quoting: str, ending: str, last: bool) -> str:
    found = []
    for number, line in enumerate(lines):
        buffer = io.StringIO(newline="")
        style = csv.QUOTE_ALL if quoting == "all" else csv.QUOTE_MINIMAL
        csv.writer(buffer, delimiter=";", quoting=style, lineterminator="").writerow(line)
        end = ("\r\n" if number % 2 else "\n") if ending == "mixed" else ending
        # Nobody's rules: marks stand in cells as they are.
        found.append((";".join(line) if quoting == "none" else buffer.getvalue()) + end)
    whole = "".join(found)
    return whole if last else whole.rstrip("\r\n")


def judged(path: Path, schema: dict[str, Any] | None, *, screen: bool) -> FileCheck:
    profile = profile_from_schema(schema) if schema else None
    source = probe(path, filename=path.name, profile=profile)
    checker = _FileChecker(
        path,
        filename=path.name,
        declared_format=None,
        table_schema=None,
        published=None,
        today=TODAY,
        limits=LIMITS,
        progress=None,
        screen=screen,
        work=None,
    )
    return checker._judge(source, profile)


def test_the_law() -> None:
    """frictionless on the suspects says what frictionless says on all rows."""
    how = Counter[str]()

    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(data=st.data(), encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "windows-1252"]))
    def law(data: st.DataObject, encoding: str) -> None:
        schema = data.draw(schemas())
        text = data.draw(texts(schema))
        asked = schema if data.draw(st.integers(0, 4)) else None
        with TemporaryDirectory() as folder:
            path = Path(folder) / "made-up.csv"
            path.write_bytes(text.encode(encoding, "replace"))
            try:
                screened = judged(path, asked, screen=True)
            except UnreadableTableError:
                how["unreadable"] += 1
                return
            plain = judged(path, asked, screen=False)
        how[screened.screened] += 1
        assert told(screened) == told(plain)

    law()
    print(dict(how))
    # A law on a screen that never screens would be no law.
    assert how["yes"] > CASES / 4


# Real files -------------------------------------------------------------------------------------------------------------


def test_the_real_files_say_the_same(samples: Path) -> None:
    """Every real text table, against the schema that its name stands for."""
    schema_of = {
        "PNRR_Localizzazione": "italiadomani/pnrr_localizzazione",
        "PNRR_Progetti": "italiadomani/pnrr_progetti",
        "PNRR_Soggetti": "italiadomani/pnrr_soggetti",
        "PNRR_Pagamenti": "italiadomani/pnrr_pagamenti",
        "localizzazioni_CAL": "opencoesione/localizzazioni",
        "progetti_beni": "opencoesione/progetti_esteso",
    }
    how = Counter[str]()
    for path in sorted(samples.rglob("*.csv")):
        schema = next((schema for name, schema in schema_of.items() if path.name.startswith(name)), None)
        screened, plain = (
            check_file(path, filename=path.name, table_schema=schema, limits=LIMITS, screen=screen)
            for screen in (True, False)
        )
        assert told(screened) == told(plain), path.name
        how[screened.screened] += 1
    assert how["yes"] > 40, how


# Stop, progress, what can not be screened ---------------------------------------------------------------------------------


def _table(path: Path, rows: int) -> Path:
    path.write_text(
        "Importo;Note\n" + "".join(f"{row};riga {row}\n" for row in range(rows)), encoding="utf-8"
    )
    return path


def test_it_stops_at_once_and_passes_on_why(tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    calls: list[int] = []

    def progress(rows: int) -> None:
        calls.append(rows)
        if len(calls) == 3:
            raise StoppedError

    path = _table(tmp_path / "a.csv", 100_000)
    with pytest.raises(StoppedError):
        check_file(path, filename=path.name, progress=progress, work=tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["a.csv"], "the work folder is left clean"


def test_progress_ends_with_all_rows_and_the_result_tells_how(tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", 20_000)
    seen: list[int] = []
    found = check_file(path, filename=path.name, progress=seen.append, limits=LIMITS)
    assert (found.screened, found.rows, found.verdict) == ("yes", 20_000, "passed")
    assert max(seen) <= 20_001
    assert "screened" not in found.to_dict()
    assert check_file(path, filename=path.name, limits=LIMITS, screen=False).screened == ""


def test_a_small_file_and_too_many_cells_are_judged_by_frictionless_alone(tmp_path: Path) -> None:
    path = _table(tmp_path / "a.csv", 100)
    assert check_file(path, filename=path.name).screened == ""
    found = check_file(path, filename=path.name, limits=replace(LIMITS, cells=50))
    assert (found.screened, found.verdict) == ("no: cells", "unreadable")


def test_without_memory_all_rows_are_judged(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = ";".join(map(str, range(900)))
    path.write_text(f"{row}\n" * 11, encoding="utf-8")
    found = check_file(path, filename=path.name, limits=replace(LIMITS, screen_memory_mb=1))
    assert (found.screened, found.verdict, found.rows) == ("no: OutOfMemoryException", "passed", 10)
