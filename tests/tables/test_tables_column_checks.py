"""The checks that look at whole columns: what they tell, what they leave alone, and that they repeat no value."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from frictionless import Checklist, Schema
from frictionless.resources import TableResource
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.quality.wording.messages import explain
from ckanext.opencohesion.tables.checks.column_checks import FIRST_ROWS, WholeColumnCheck

# Amounts between 131,072 and a million, with cents.
AMOUNTS = [131_072 + 9_973 * number + number * 37 % 100 / 100 for number in range(1, 60)]


def single(amount: float) -> float:
    """Return the amount as a 32-bit number has it."""
    return struct.unpack("f", struct.pack("f", amount))[0]


def italian(amounts: Sequence[float], decimals: int = 2) -> list[str]:
    return [f"{amount:.{decimals}f}".replace(".", ",") for amount in amounts]


def found(cells: Sequence[Any], name: str = "importo", **field: Any) -> list[dict[str, Any]]:
    """Return what the checks find in a table of one column, as the report has it."""
    schema = Schema.from_descriptor({"fields": [{"name": name, "type": "any", **field}]})
    resource = TableResource(data=[[name], *([cell] for cell in cells)], schema=schema)
    report = resource.validate(Checklist(checks=[WholeColumnCheck()]), limit_errors=0)
    ours = {error.type for error in WholeColumnCheck.Errors}
    return [error.to_descriptor() for error in report.tasks[0].errors if error.type in ours]


def codes(cells: Sequence[Any], name: str = "importo", **field: Any) -> list[str]:
    return [error["type"] for error in found(cells, name, **field)]


NUMBER = {"type": "number", "decimalChar": ","}
DAMAGED = italian([single(amount) for amount in AMOUNTS])


@pytest.mark.parametrize(
    ("cells", "field", "told"),
    [
        (DAMAGED, NUMBER, True),
        (DAMAGED, {}, True),
        (DAMAGED, {"type": "number", "decimalChar": ",", "groupChar": "."}, True),
        ([f"-{cell}" for cell in DAMAGED], NUMBER, True),
        (italian([single(amount) for amount in AMOUNTS], 6), NUMBER, True),
        ([single(amount) for amount in AMOUNTS], {}, True),
        ([*DAMAGED, "0,00", "12,34", "2000000,00", ""], NUMBER, True),
        (italian(AMOUNTS), NUMBER, False),
        (AMOUNTS, {}, False),
        # One amount that no 32-bit number is.
        ([*DAMAGED, "8388608,01"], NUMBER, False),
        # Too few to be sure; the same amount again and again; halves and quarters; amounts that lose nothing.
        (DAMAGED[:5], NUMBER, False),
        (DAMAGED[:1] * 100, NUMBER, False),
        ([f"{200_000 + number},50" for number in range(100)], NUMBER, False),
        ([f"{number},37" for number in range(100)], NUMBER, False),
        (DAMAGED, {"type": "string"}, False),
    ],
)
def test_amounts_that_went_through_32_bits_are_told(
    cells: list[Any], field: dict[str, Any], told: bool
) -> None:
    assert codes(cells, **field) == (["cents-lost"] if told else [])


def test_codes_written_with_decimals_are_no_amounts() -> None:
    assert codes(DAMAGED, "codice progetto") == []


@given(st.integers(131_072_00, 2_000_000_00))
def test_what_a_32_bit_number_shows_is_always_taken_for_one(cents: int) -> None:
    """A law: no damaged amount clears a damaged column."""
    assert codes([*DAMAGED, *italian([single(cents / 100)])], **NUMBER) == ["cents-lost"]


def texts(length: int, count: int, blank: str = " ") -> list[str]:
    return [f"{number}{blank}{'x' * length}"[:length] for number in range(count)]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["corto", *texts(255, 3)], True),
        (texts(50, 3), True),
        ([*texts(255, 3), "y " * 200], False),
        (texts(255, 2), False),
        (texts(255, 1) * 9, False),
        (texts(251, 9), False),
        (texts(64, 9, blank="-"), False),
        ([f"{text[:-1]}." for text in texts(128, 9)], False),
        ([], False),
    ],
)
def test_texts_that_end_where_programs_cut_are_told(cells: list[str], told: bool) -> None:
    assert codes(cells, "titolo") == (["cut-texts"] if told else [])


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (["Attivo"] * 5 + ["ATTIVO"], True),
        (["Società a responsabilità  limitata", "Società a responsabilità limitata"] * 3, True),
        (["CITTA'", "CITTÀ"] * 3, True),
        (["Non\nnoto", "Non noto", "Non\xa0noto"] * 3, True),
        (["SI", "Sì"] * 3, True),
        (["Attivo", "Chiuso"] * 5, False),
        (["Attivo", " Attivo"] * 5, False),
        # Names and titles are no categories, codes have a check of their own, missing values are none.
        ([f"Comune {number}" for number in range(9)] + ["COMUNE 1"], False),
        (["B11C22000180006", "b11c22000180006"] * 3, False),
        (["N.D.", "n.d.", "Attivo"] * 3, False),
        (["x" * 101, "X" * 101] * 3, False),
    ],
)
def test_a_value_written_in_several_ways_is_told(cells: list[str], told: bool) -> None:
    field = {"missingValues": ["", "n.d."]}
    assert codes(cells, "stato", **field) == (["label-variants"] if told else [])


def test_what_is_told_names_rows_and_column_and_no_value() -> None:
    cells = ["Rossi Mario", "Bianchi Anna", "ROSSI MARIO", "Bianchi Anna"] * 2
    (error,) = found(cells, "nome")
    assert (error["fieldName"], error["fieldNumber"], error["severity"]) == ("nome", 1, "info")
    assert error["params"] == {"rows": 8, "count": 1, "first": 2, "other": 4}
    assert "rossi" not in json.dumps(error).lower()
    told = explain(error)
    assert "rows 2 and 4" in told.sentence and "{" not in told.sentence and "–" not in told.sentence


def test_only_the_first_rows_are_looked_at_whoever_shows_them() -> None:
    late = ["Chiuso"] * (FIRST_ROWS - 1) + ["Attivo"] + ["ATTIVO"]
    assert codes(late, "stato") == []
    assert codes([*late[1:]], "stato") == ["label-variants"]

    check = WholeColumnCheck()
    rows = iter([(number, [cell]) for number, cell in enumerate(late, start=2)])
    check.show(rows)
    assert next(rows, None) is None  # the one beyond was looked at, and not taken
    schema = Schema.from_descriptor({"fields": [{"name": "stato", "type": "any"}]})
    judged = TableResource(data=[["stato"], ["ATTIVO"], ["Attivo"], ["ATTIVO"]], schema=schema)
    assert judged.validate(Checklist(checks=[check])).valid


def test_long_texts_fill_no_memory() -> None:
    check = WholeColumnCheck()
    check.show((number, ["x" * 4_000_000]) for number in range(2, 1_000))
    assert len(check._rows) < 10
