"""Made-up Table Schemas and files for them: mostly right, with everything in them that people write."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

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
