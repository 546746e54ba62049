"""Our own checks: what each flags and what it leaves alone, on facts, and that the screen's SQL misses nothing of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from frictionless import Checklist, Schema
from frictionless.resources import TableResource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.opencohesion.quality.wording.messages import explain
from ckanext.opencohesion.quality.wording.words import UNKNOWN
from ckanext.opencohesion.tables.checks import codes
from ckanext.opencohesion.tables.checks.among import among_sql
from ckanext.opencohesion.tables.checks.base import CellSql, TableCheck, severity_of
from ckanext.opencohesion.tables.checks.registry import ALL, NAMED, generic_checks, profile_checks
from ckanext.opencohesion.tables.checks.row_checks import RepeatedKeyCheck
from ckanext.opencohesion.tables.checks.text_checks import ExcelLimitCheck, excel_limit
from ckanext.opencohesion.tables.errors import InvalidCheckError
from ckanext.opencohesion.tables.profile_rules import CHECK_TYPES
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids
from ckanext.opencohesion.tables.typed import literal

ROOT = Path(__file__).resolve().parents[2]
FIELDS = ("a", "b", "c", "d")
DUCKDB = duckdb.connect(config={"threads": 1})


def schema_of(fields: Mapping[str, Mapping[str, Any]] | None = None) -> dict[str, Any]:
    described = [{"name": name, "type": "string", **(fields or {}).get(name, {})} for name in FIELDS]
    return {"fields": described, "missingValues": ["", " ", "N/D"]}


MONEY = {name: {"type": "number", "decimalChar": ","} for name in FIELDS}
DATES = {name: {"type": "date", "format": "%d/%m/%Y"} for name in FIELDS}


def errors_of(check: TableCheck, schema: dict[str, Any], rows: Sequence[Sequence[str]]) -> list[Any]:
    """Return every finding of a check."""
    resource = TableResource(data=[list(FIELDS), *map(list, rows)], schema=Schema.from_descriptor(schema))
    report = resource.validate(Checklist(checks=[check]), limit_errors=0)
    ours = {error.type for error in check.Errors}
    return [error for error in report.tasks[0].errors if error.type in ours]


def flagged(
    check: TableCheck, schema: dict[str, Any], rows: Sequence[Sequence[str]]
) -> list[tuple[str, int, str]]:
    """Return (code, number of the row from 0, severity) of every finding."""
    errors = errors_of(check, schema, rows)
    return [(error.type, error.row_number - 2, severity_of(error)) for error in errors]


def suspected(check: TableCheck, rows: Sequence[Sequence[str]]) -> set[int]:
    """Return the numbers of the rows that the check's SQL holds possible."""
    cell = CellSql.of({name: f"coalesce(c{place}, '')" for place, name in enumerate(FIELDS)})
    if isinstance(check, RepeatedKeyCheck):
        key = check.key_sql(cell)
        condition = f"count(*) OVER (PARTITION BY {key}) > 1 AND {key} IS NOT NULL"
    else:
        condition = check.suspects(cell) or "true"
    values = ", ".join(f"({number}, {', '.join(map(literal, row))})" for number, row in enumerate(rows))
    columns = ", ".join(f"c{place}" for place in range(len(FIELDS)))
    found = DUCKDB.execute(
        f"SELECT number, ({condition}) FROM (VALUES {values}) t(number, {columns})"
    ).fetchall()
    return {number for number, value in found if value}


def check_of(descriptor: dict[str, Any], schema: dict[str, Any]) -> TableCheck:
    (check,) = profile_checks([descriptor], {name: name for name in FIELDS}, schema)
    return check


# type and properties, fields of the schema, row -> code found ("" for nothing); a row may be given by its first cells.
Row = tuple[tuple[str, ...], str]
CASES: list[tuple[dict[str, Any], dict[str, Any], list[Row]]] = [
    (
        {"type": "cup", "fields": ["a", "b"]},
        {},
        [
            (("B11C22000180006",), ""),
            (("", "B11C22000180006"), ""),
            (("N/D",), ""),
            ((" B11C22000180006\xa0",), ""),
            (("b11c22000180006",), "code-lower-case"),
            (("N/A",), "cup"),
            (("B11C2200018000",), "cup"),
            (("111C22000180006",), "cup"),
            (("B11C22000180006", "B11C2200018000６"), "cup"),
            (("B11C22000180006:::B11C22000180006",), ""),
            (("B11C22000180006:::x",), "cup"),
        ],
    ),
    (
        # Published codes: CIG, SmartCIG, CIG of the platform of 2024; one of nine characters from the PNRR's notices.
        {"type": "cig", "fields": ["a"]},
        {},
        [
            (("96906311AF",), ""),
            (("9690700A9D",), ""),
            (("ZF834A42FA",), ""),
            (("Z4235350C6",), ""),
            (("A00173EEE7",), ""),
            (("B0F2A9D1C3",), ""),
            (("96906311AE",), "cig"),
            (("ZF934A42FA",), "cig"),
            (("907862D84",), "cig"),
            (("0000000000",), "cig"),
            (("zf834a42fa",), "code-lower-case"),
            (("N/D",), ""),
        ],
    ),
    (
        {"type": "tax-code", "fields": ["a"], "severity": "warning"},
        {},
        [
            (("02205340793",), ""),
            (("IT02205340793",), ""),
            (("2205340793",), "lost-zeros"),
            (("02205340794",), "tax-code"),
            (("02780140780",), "tax-code"),
            (("****************",), ""),
            (("*CODICE FISCALE*",), ""),
            (("XXXXXXXXXXX",), ""),
            (("FR40303265045",), ""),
            (("CHE-123.456.788",), ""),
            (("SM12345",), ""),
            (("IT123",), "tax-code"),
            (("RSSMRA80A01H501U",), ""),
            (("RSSMRA80A01H501A",), "tax-code"),
            (("Comune di Pisa",), "tax-code"),
            (("02205340793:::x",), "tax-code"),
        ],
    ),
    (
        {"type": "nuts", "fields": ["a"]},
        {},
        [
            (("ITF6",), ""),
            (("ITF61",), ""),
            (("ITI1A",), ""),
            (("IT",), ""),
            (("FR10",), ""),
            (("ITF69",), "nuts"),
            (("ITD1",), "nuts"),
            (("itf6",), "nuts"),
            (("ZZ1",), "nuts"),
        ],
    ),
    (
        {"type": "ateco", "fields": ["a"]},
        {},
        [
            (("62.01.00",), ""),
            (("62.01.00_2007",), ""),
            (("854200",), ""),
            (("01.13.20",), ""),
            (("62",), ""),
            (("62.10.00_2025",), "ateco-other-list"),
            (("62.10.00",), "ateco-other-list"),
            (("74.20.F",), "ateco-other-list"),
            (("62,01",), "ateco"),
            (("software",), "ateco"),
        ],
    ),
    (
        {"type": "legal-form", "fields": ["a"]},
        {},
        [
            (("1.3.20",), ""),
            (("1320",), ""),
            (("9999",), ""),
            (("11",), ""),
            (("1.3",), ""),
            (("1.9.20",), "legal-form"),
            (("S.r.l.",), "legal-form"),
        ],
    ),
    (
        {"type": "municipality", "fields": ["a", "b"]},
        {},
        [
            (("078", "045"), ""),
            (("078", "157"), ""),
            (("078", "044"), "municipality-former"),
            (("090", "003"), "municipality-former"),
            (("078", "000"), ""),
            (("000", "000"), ""),
            (("998", "236"), ""),
            (("078", "999"), "municipality"),
            (("777", "000"), "municipality"),
            (("78", "45"), "municipality"),
            (("078", ""), ""),
            (("078", "x45"), "municipality"),
        ],
    ),
    (
        {"type": "municipality", "fields": ["a"], "separator": ":::"},
        {},
        [
            (("018078045",), ""),
            (("018078045:::018078157",), ""),
            ((":::018078045",), ""),
            (("018078045:::018078998",), "municipality"),
        ],
    ),
    (
        {"type": "province", "fields": ["a"]},
        {},
        [
            (("078",), ""),
            (("018078",), ""),
            (("201",), ""),
            (("104",), ""),
            (("000",), ""),
            (("777",), "province"),
            (("78",), "province"),
        ],
    ),
    (
        {"type": "region", "fields": ["a"]},
        {},
        [
            (("18",), ""),
            (("018",), ""),
            (("000",), ""),
            (("997",), ""),
            (("21",), "region"),
            (("118",), "region"),
        ],
    ),
    (
        {"type": "date-within", "fields": ["a", "b"], "from": "2014-01-01", "to": "2023-12-31"},
        DATES,
        [
            (("01/01/2014",), ""),
            (("31/12/2023",), ""),
            (("31/12/2013",), "date-within"),
            (("01/01/2015", "01/01/2024"), "date-within"),
            (("31/02/2030",), ""),
            (("N/D",), ""),
        ],
    ),
    (
        {"type": "dates-in-order", "field": "a", "other": "b"},
        DATES,
        [
            (("01/01/2020", "01/01/2020"), ""),
            (("02/01/2020", "01/01/2020"), "dates-in-order"),
            (("02/01/2020", ""), ""),
            (("", "01/01/2020"), ""),
        ],
    ),
    (
        {"type": "at-most", "field": "a", "other": "b"},
        MONEY,
        [
            (("10,00", "10"), ""),
            (("10,01", "10"), "at-most"),
            (("-1", "-2"), "at-most"),
            (("10,01", ""), ""),
            (("NaN", "1"), ""),
            (("1e3", "1"), "at-most"),
        ],
    ),
    (
        {"type": "sum-at-most", "fields": ["a", "b", "c"], "total": "d"},
        MONEY,
        [
            (("1,10", "2,20", "", "3,30"), ""),
            (("1,10", "2,20", "", "3,29"), ""),
            (("1,10", "2,20", "", "3,28"), "sum-at-most"),
            (("1", "", "", ""), ""),
            (("", "", "", "5"), ""),
            (("1", "1", "1", "5"), ""),
        ],
    ),
    (
        {"type": "sum-equals", "fields": ["a", "b"], "total": "d", "tolerance": 0.5},
        MONEY,
        [
            (("1", "1", "", "2"), ""),
            (("1", "1", "", "2,5"), ""),
            (("1", "1", "", "2,51"), "sum-equals"),
            (("1", "1", "", "1,4"), "sum-equals"),
        ],
    ),
    (
        {"type": "list-lengths", "fields": ["a", "b"], "separator": ":::"},
        {},
        [
            (("x:::y", "1:::2"), ""),
            ((":::LENTINI", ":::089"), ""),
            ((":::LENTINI", "089"), "list-lengths"),
            (("x:::y", ""), "list-lengths"),
            (("x", ""), ""),
            (("", ""), ""),
        ],
    ),
    (
        {"type": "only-filled", "fields": ["d"]},
        {},
        [
            (("", "", "", "01/06/2026"), "only-filled"),
            ((" ", "\xa0", "", "01/06/2026"), "only-filled"),
            (("x", "", "", "01/06/2026"), ""),
            (("N/D", "", "", "01/06/2026"), ""),
            (("", "", "", ""), ""),
        ],
    ),
    (
        {"type": "any-filled", "fields": ["a", "b"]},
        {},
        [
            (("", "", "x"), "any-filled"),
            (("", "1", "x"), ""),
            (("N/D", "", "x"), "any-filled"),
            (("", "", ""), ""),
        ],
    ),
    (
        {"type": "filled-when", "field": "b", "when": {"field": "a", "empty": True}},
        {},
        [
            (("", "019"), ""),
            (("96906311AF", ""), ""),
            (("", "", "x"), "filled-when"),
            (("N/D", "", "x"), "filled-when"),
        ],
    ),
    (
        {"type": "filled-when", "field": "b", "when": {"field": "a", "equals": "EUR"}},
        {},
        [(("EUR", "1"), ""), (("EUR", ""), "filled-when"), (("USD", ""), "")],
    ),
    (
        {"type": "filled-when", "field": "b", "when": {"field": "a", "not": "EUR"}},
        {},
        [(("USD", "1"), ""), (("USD", ""), "filled-when"), (("EUR", ""), ""), (("", "", "x"), "")],
    ),
    (
        {"type": "repeated-key", "fields": ["a", "b"], "severity": "warning"},
        {},
        [
            (("x", "1"), ""),
            (("x", "2"), ""),
            (("x ", "1"), "repeated-key"),
            (("", ""), ""),
            (("", "", "y"), ""),
            (("x", ""), ""),
            (("N/D", "N/D"), ""),
            (("x\x1f1", ""), ""),
        ],
    ),
]


def whole(cells: tuple[str, ...]) -> list[str]:
    return [*cells, *[""] * (len(FIELDS) - len(cells))]


@pytest.mark.parametrize(
    ("descriptor", "fields", "rows"), CASES, ids=lambda one: one.get("type") if "type" in one else ""
)
def test_a_check_flags_what_is_wrong_and_its_sql_misses_none_of_it(
    descriptor: dict[str, Any], fields: dict[str, Any], rows: list[Row]
) -> None:
    schema, cells = schema_of(fields), [whole(row) for row, _ in rows]
    check = check_of(descriptor, schema)
    findings = errors_of(check, schema, cells)
    found = flagged(check_of(descriptor, schema), schema, cells)
    wanted = [(code, number) for number, (_, code) in enumerate(rows) if code]
    assert [(code, number) for code, number, _ in found] == wanted
    for error in findings:
        told = explain(error.to_descriptor())
        assert told.title != UNKNOWN.title
        assert "–" not in told.sentence and "{" not in told.sentence, told.sentence
    severities = {severity for code, _, severity in found if code == descriptor["type"]}
    assert severities <= {descriptor.get("severity", "error")}
    suspects = suspected(check_of(descriptor, schema), cells)
    assert {number for _, number in wanted} <= suspects
    # A condition that clears nothing would be no help.
    assert len(suspects) < len(rows)


def test_every_check_that_a_profile_may_name_is_here_and_tried() -> None:
    assert set(CHECK_TYPES) == set(NAMED) == {descriptor["type"] for descriptor, _, _ in CASES}


# On every table -------------------------------------------------------------------------------------------------------

GENERAL: list[tuple[str, tuple[str, ...], str]] = [
    ("Titolo", ("LOCALITÃ€ BOSCO",), "mojibake"),
    ("Titolo", ("UniversitÃ  di Pisa",), "mojibake"),
    ("Titolo", ("lâ€™opera",), "mojibake"),
    ("Titolo", ("SÃO PAULO, Âge d'or, Forlì",), ""),
    ("Titolo", ("Forl\ufffd",), "replacement-character"),
    ("Titolo", ("Sp#c#s",), "masked-letters"),
    ("Titolo", ("Sp?c?s",), "masked-letters"),
    ("Titolo", ("perché? no#1",), ""),
    ("Titolo", ("https://a.it/x?b=c#d?e",), ""),
    ("Titolo", ("Società\xa0 per azioni",), "no-break-space"),
    ("codice_regione", ("18,00",), "float-code"),
    ("codice_regione", ("18.0",), "float-code"),
    ("codice_regione", ("18",), ""),
    ("Codice ATECO", ("70.00",), ""),
    ("Importo", ("18,00",), ""),
    ("Codice fiscale", ("2205340793",), "lost-zeros"),
    ("Codice fiscale", ("02205340793",), ""),
    ("Codice fiscale", ("123",), ""),
    ("CAP", ("9010",), "lost-zeros"),
    ("CAP", ("87100",), ""),
    ("Capitolo", ("9010",), ""),
    ("Titolo", ("", "", "", "13/06/2026"), "only-filled"),
    ("Titolo", ("2026-06-13",), "only-filled"),
    ("Titolo", ("x", "", "", "13/06/2026"), ""),
]


@pytest.mark.parametrize(("label", "cells", "code"), GENERAL)
def test_damage_is_told_on_every_table(label: str, cells: tuple[str, ...], code: str) -> None:
    names = [label, "b", "c", "d"]
    schema = {"fields": [{"name": name, "type": "any"} for name in names]}
    found: list[str] = []
    suspicious = False
    row = whole(cells)
    for check in generic_checks(schema, with_profile=False):
        resource = TableResource(data=[names, row], schema=Schema.from_descriptor(schema))
        report = resource.validate(Checklist(checks=[check]), limit_errors=0)
        ours = [error for error in report.tasks[0].errors if error.type in {one.type for one in check.Errors}]
        assert all(severity_of(error) in ("warning", "info") for error in ours)
        found += [error.type for error in ours]
        condition = check.suspects(CellSql.of(dict(zip(names, map(literal, row), strict=True))))
        (answer,) = DUCKDB.execute(f"SELECT {condition}").fetchone() or (None,)
        suspicious |= bool(answer)
    assert found == ([code] if code else [])
    assert suspicious or not code


def test_a_table_that_ends_where_a_spreadsheet_does_has_one_finding() -> None:
    assert [row for row in (65_535, 65_536, 1_048_575, 1_048_576, 1_048_577) if excel_limit(row)] == [
        65_536,
        1_048_576,
    ]
    resource = TableResource(data=[["a"], *[["x"]] * 65_535])
    report = resource.validate(Checklist(checks=[ExcelLimitCheck()]))
    assert [error.type for error in report.tasks[0].errors] == ["excel-limit"]


# Laws -----------------------------------------------------------------------------------------------------------------

_POOL = sorted(
    {cell for _, _, rows in CASES for row, _ in rows for cell in row}
    | {
        "\u2003x",
        "x\u2003",
        "1.000,5",
        "12345678901234567890123456789012345678,5",
        "-0",
        "1_0",
        "+5",
        " 5 ",
        "5,",
        ",5",
    }
    | {"1/1/2020", "01/01/20", "00/00/0000", "'", "%", "a\nb", "\x85", "٣", "6２.01.00", "\x1c078"}
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    case=st.sampled_from(CASES),
    rows=st.lists(
        st.lists(st.sampled_from(_POOL) | st.text(max_size=4), min_size=4, max_size=4),
        min_size=1,
        max_size=12,
    ),
)
def test_no_row_that_a_check_flags_is_cleared_by_its_sql(case: Any, rows: list[list[str]]) -> None:
    descriptor, fields, _ = case
    rows = [[cell.replace("\0", "") for cell in row] for row in rows]
    schema = schema_of(fields)
    found = {number for _, number, _ in flagged(check_of(descriptor, schema), schema, rows)}
    assert found <= suspected(check_of(descriptor, schema), rows)


@given(st.integers(0, 9_999_999))
def test_control_digits_are_those_of_the_rule(number: int) -> None:
    right = f"{number:07d}{number * 211 % 4091:03X}"
    wrong = f"{number:07d}{(number * 211 + 1) % 4091:03X}"
    assert codes.is_cig(right) == (right != codes.NO_CIG)
    assert not codes.is_cig(wrong)


# Descriptors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "descriptor",
    [
        {"type": "row-constraint", "formula": "a > 1"},
        {"type": "no-such-check"},
        {"type": "cup"},
        {"type": "cup", "fields": ["a"], "severity": "fatal"},
        {"type": "cup", "fields": ["a"], "colour": "red"},
        {"type": "filled-when", "field": "a", "when": {"field": "b"}},
        {"type": "date-within", "fields": ["a"], "from": "2014-13-01"},
        {"type": "date-within", "fields": ["a"], "to": 2014},
        {"type": "sum-equals", "fields": ["a"], "total": "b", "tolerance": "much"},
        {"type": "list-lengths", "fields": ["a", "b"], "separator": ""},
    ],
)
def test_a_descriptor_that_can_not_be_understood_is_refused(descriptor: dict[str, Any]) -> None:
    with pytest.raises(InvalidCheckError):
        check_of(descriptor, schema_of())


def test_a_check_whose_columns_the_file_lacks_is_not_run() -> None:
    names = {"a": "a", "b": "b"}
    gone = [
        {"type": "at-most", "field": "a", "other": "z"},
        {"type": "sum-at-most", "fields": ["a", "z"], "total": "b"},
        {"type": "filled-when", "field": "a", "when": {"field": "z", "empty": True}},
        {"type": "repeated-key", "fields": ["a", "z"]},
        {"type": "cup", "fields": ["z"]},
    ]
    assert profile_checks(gone, names, schema_of()) == []
    (check,) = profile_checks([{"type": "cup", "fields": ["z", "a"]}], names, schema_of())
    assert check.to_descriptor()["fields"] == ["a"]


@pytest.mark.parametrize("profile_id", profile_ids())
def test_every_profile_names_checks_that_can_be_built(profile_id: str) -> None:
    profile = load_profile(profile_id)
    names = {field.name: field.name for field in profile.fields}
    descriptors = profile.schema.get("checks", [])
    assert len(profile_checks(descriptors, names, dict(profile.schema))) == len(descriptors)


# frictionless's own command line --------------------------------------------------------------------------------------


def test_the_checks_run_from_the_command_line_of_frictionless(tmp_path: Path) -> None:
    """A profile is Table Schema and checklist at once; columns in another order than the schema's."""
    place = ROOT / "ckanext/opencohesion/schemas/tables/italiadomani/pnrr_localizzazione.json"
    labels = [field.name for field in load_profile("italiadomani/pnrr_localizzazione").fields]
    row = dict.fromkeys(labels, "") | {
        "CUP": "b11c22000180006",
        "Codice Locale Progetto": "p",
        "Codice Univoco Submisura": "s",
    }
    labels.reverse()
    table = tmp_path / "t.csv"
    table.write_text(
        ";".join(labels) + "\n" + ";".join(row[label] for label in labels) + "\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "frictionless", "validate", str(table), "--trusted", "--json"]
    command += ["--schema", str(place), "--checklist", str(place)]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
    )
    assert done.returncode == 1, done.stderr
    assert '"type": "code-lower-case"' in done.stdout
    assert f'"fieldNumber": {labels.index("CUP") + 1}' in done.stdout


def test_every_error_has_a_code_of_its_own() -> None:
    errors = {error for check in ALL.values() for error in check.Errors}
    assert len({error.type for error in errors}) == len(errors)


LISTED = st.lists(st.text("ab.|(^]-\n'à ", max_size=5), min_size=1, max_size=40, unique=True)


@given(known=LISTED, others=LISTED)
@settings(max_examples=60, deadline=None)
def test_a_long_list_as_a_pattern_has_the_same_members(known: list[str], others: list[str]) -> None:
    texts = sorted({*known, *others})
    rows = ", ".join(f"({literal(text)})" for text in texts)
    found = DUCKDB.execute(
        f"SELECT t FROM (VALUES {rows}) listed(t) WHERE {among_sql('t', known)}"
    ).fetchall()
    assert {text for (text,) in found} == set(known)
