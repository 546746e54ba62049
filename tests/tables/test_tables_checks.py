"""The checks that a profile may name: what each flags and leaves alone, and that the screen's SQL misses nothing of it."""

from __future__ import annotations

from typing import Any

import pytest
from check_runs import DATES, MONEY, check_of, errors_of, flagged, schema_of, suspected, whole
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ckanext.opencohesion.quality.wording.messages import explain
from ckanext.opencohesion.quality.wording.words import UNKNOWN
from ckanext.opencohesion.tables.checks.registry import NAMED
from ckanext.opencohesion.tables.profile_rules import CHECK_TYPES

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
