"""The checks that run on every table, and the arithmetic that several share."""

from __future__ import annotations

import pytest
from check_runs import DUCKDB, whole
from frictionless import Checklist, Schema
from frictionless.resources import TableResource
from hypothesis import given, settings
from hypothesis import strategies as st

from ckanext.opencohesion.tables.checks import codes
from ckanext.opencohesion.tables.checks.among import among_sql
from ckanext.opencohesion.tables.checks.base import CellSql, severity_of
from ckanext.opencohesion.tables.checks.registry import generic_checks
from ckanext.opencohesion.tables.checks.text_checks import ExcelLimitCheck, excel_limit
from ckanext.opencohesion.tables.typed import literal

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


@given(st.integers(0, 9_999_999))
def test_control_digits_are_those_of_the_rule(number: int) -> None:
    right = f"{number:07d}{number * 211 % 4091:03X}"
    wrong = f"{number:07d}{(number * 211 + 1) % 4091:03X}"
    assert codes.is_cig(right) == (right != codes.NO_CIG)
    assert not codes.is_cig(wrong)


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


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2205340793", "02205340793"),
        ("IT2205340793", "02205340793"),
        ("it 2205340793", "02205340793"),
        ("02205340793", None),
        ("2205340794", None),
        ("0", None),
        ("****************", None),
        ("RSSMRA80A01H501U", None),
    ],
)
def test_a_tax_code_gets_its_zeros_back_with_or_without_its_prefix(text: str, right: str | None) -> None:
    assert codes.tax_code_with_zeros(text) == right


def test_a_postcode_gets_its_zero_back() -> None:
    assert [codes.postcode_with_zeros(text) for text in ("9010", "87100", "901", "0000", "٩010")] == [
        "09010",
        *[None] * 4,
    ]
