"""Findings as sentences: concrete, with place and remedy, in the reader's language, for every code there is."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from frictionless import errors
from hypothesis import given
from hypothesis import strategies as st
from support.tax_codes import MARIO

from ckanext.opencohesion.quality.cli import opencohesion
from ckanext.opencohesion.quality.personal.check import PersonalDataCheck
from ckanext.opencohesion.quality.wording import words as wording
from ckanext.opencohesion.quality.wording.messages import explain, suggested_number
from ckanext.opencohesion.quality.wording.words import UNKNOWN, WORDS
from ckanext.opencohesion.tables.checks import PlainNumberCheck

AMOUNT = {"type": "number", "decimalChar": ",", "constraints": {}, "field": "Importo"}


def cell(kind: str, value: str, note: str = "", label: str = "Importo", **expected: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "rowNumber": 12,
        "fieldNumber": 3,
        "fieldName": label,
        "cell": value,
        "note": note,
        "expected": expected,
    }


def test_an_amount_with_a_point_is_told_with_row_column_and_the_number_meant() -> None:
    told = explain(cell("type-error", "12.5", **AMOUNT))
    assert told.sentence == (
        "Row 12, column “Importo”: “12.5” is not an amount written with a decimal comma. Write it with a comma "
        "and without thousands marks or currency, e.g. 12,5. Leave the cell empty if the value is not known."
    )
    assert (told.row, told.column, told.label, told.cell) == (12, 3, "Importo", "12.5")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (cell("type-error", "2023-02-15", type="date", format="%d/%m/%Y"), ["DD/MM/YYYY", "15/02/2023"]),
        (cell("type-error", "20231301", type="date", format="%Y%m%d"), ["YYYYMMDD", "20260331"]),
        (cell("type-error", "x", type="date"), ["YYYY-MM-DD", "2026-03-31"]),
        (cell("type-error", "12.0", type="integer"), ["whole number", "e.g. 12."]),
        (cell("type-error", "abc", type="number"), ["e.g. 1234.50"]),
        (cell("type-error", "7", 'type is "boolean/default"'), ["yes and no", "true or false"]),
        (cell("type-error", "18", type="string"), ["leading zeros", "as text"]),
        (
            cell("constraint-error", "", 'constraint "required" is "True"', label="CUP"),
            ["needs a value in “CUP”"],
        ),
        (
            cell("constraint-error", "b", 'constraint "enum" is "x"', constraints={"enum": ["0", "1"]}),
            ["Use one of: 0, 1."],
        ),
        (
            cell(
                "constraint-error",
                "B11",
                'constraint "pattern" is "x"',
                constraints={"pattern": "^[A-Z][0-9]{2}[A-Z][0-9]{11}$"},
            ),
            ["not a CUP", "15 characters", "J59J21004560001"],
        ),
        (
            cell(
                "constraint-error", "80", 'constraint "pattern" is "x"', constraints={"pattern": "^[0-9]{3}$"}
            ),
            ["3 digits", "e.g. 080."],
        ),
        (
            cell(
                "constraint-error",
                "18:::19,00",
                'constraint "pattern" is "x"',
                constraints={"pattern": "^([0-9]{3})?(:::([0-9]{3})?)*$"},
            ),
            ["e.g. 018:::019."],
        ),
        (
            cell(
                "constraint-error",
                "2830270803",
                'constraint "pattern" is "x"',
                constraints={"pattern": "^([0-9]{11,}|.*[^0-9].*)$"},
            ),
            ["11 digits", "e.g. 02830270803."],
        ),
        (
            cell("constraint-error", "-1", 'constraint "minimum" is "0"', constraints={"minimum": 0}),
            ["less than 0"],
        ),
        (
            cell("constraint-error", "x" * 9, 'constraint "maxLength" is "5"', constraints={"maxLength": 5}),
            ["more characters than the 5 allowed"],
        ),
        (cell("number-form", "1e3", **AMOUNT), ["“1e3”", "exponents"]),
        (cell("missing-cell", "", label="CUP"), ["ends before the column “CUP”"]),
        (
            {"type": "primary-key", "rowNumber": 7, "note": "the same as in the row at position 5"},
            ["Row 7: Row 5 has the same key"],
        ),
        (
            {
                "type": "primary-key",
                "rowNumber": 7,
                "note": 'cells composing the primary keys are all "None"',
            },
            ["are all empty"],
        ),
        (
            cell("unique-error", "x", "the same as in the row at position 5", label="CUP"),
            ["of “CUP” already stands in row 5"],
        ),
        ({"type": "blank-row", "rowNumber": 7, "note": ""}, ["Row 7: ", "no value at all"]),
        (
            {
                "type": "source-error",
                "note": "",
                "reading": {"code": "record-too-long", "params": {"line": 7, "limit": 9}},
            },
            ["line 7", "never closed"],
        ),
    ],
)
def test_each_error_says_what_to_do(error: dict[str, Any], words: list[str]) -> None:
    sentence = explain(error).sentence
    for word in words:
        assert word in sentence


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12.5", "12,5"),
        ("12,50", "12,50"),
        ("1.234,50", "1234,50"),
        ("1,234.50", "1234,50"),
        ("1.234.567,89", "1234567,89"),
        ("€ 12,50", "12,50"),
        ("-3.25", "-3,25"),
        ("1000", "1000"),
        ("1.234", None),  # thousand, or one and a bit?
        ("abc", None),
        ("", None),
    ],
)
def test_the_number_meant_is_suggested_unless_in_doubt(written: str, meant: str | None) -> None:
    assert suggested_number(written, ",") == meant


def _codes_of_frictionless() -> set[str]:
    """Error types that judging one table can raise: the cell, row, header and reading errors of frictionless."""
    from frictionless.checks import baseline

    found = {
        error.type for check in (baseline, PersonalDataCheck, PlainNumberCheck) for error in check.Errors
    }
    found |= {error.type for error in (errors.SourceError, errors.EncodingError, errors.FormatError)}
    # The file's expected hash, size and counts are never stated, and no schema matches columns by name only.
    never = {"hash-count", "byte-count", "field-count", "row-count", "unmatched-header"}
    return found - never


def test_every_code_that_can_occur_has_words() -> None:
    assert _codes_of_frictionless() <= set(WORDS)


def test_an_unknown_code_is_told_as_such() -> None:
    assert explain({"type": "new-error", "note": "x"}).title == UNKNOWN.title
    assert explain({"code": "new-rule", "params": {}}).title == UNKNOWN.title
    assert explain({}).title == UNKNOWN.title


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_sentence_is_complete(code: str) -> None:
    words = WORDS[code]
    for text in (words.title, words.explanation, words.remedy):
        assert text.strip() == text != ""
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(text))
    assert words.explanation.endswith(".") and words.remedy.endswith(".")


def test_the_readers_language_is_used() -> None:
    italian = {"Empty row": "Riga vuota", "Row {row}: ": "Riga {row}: "}
    told = explain({"type": "blank-row", "rowNumber": 7}, lambda message: italian.get(message, message))
    assert told.place == "Riga 7: "
    assert told.title == "Riga vuota"


def test_a_sentence_never_repeats_a_personal_code() -> None:
    told = explain(cell("type-error", MARIO, label=MARIO, **AMOUNT))
    assert MARIO not in told.sentence


@given(
    st.dictionaries(st.text(), st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text()))), st.text()
)
def test_whatever_a_finding_says_it_is_told_without_exception(params: dict[str, Any], value: str) -> None:
    for code in WORDS:
        explain({"code": code, "params": params})
    explain(cell("type-error", value, value, value))
    explain(
        cell("constraint-error", value, f'constraint "pattern" is "{value}"', constraints={"pattern": value})
    )
    explain({"type": "source-error", "note": value})


# Italian

CATALOGUE = Path(wording.__file__).parents[2] / "i18n/it/LC_MESSAGES/ckanext-opencohesion.po"


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


@pytest.fixture(scope="module")
def italian() -> dict[Any, Any]:
    with CATALOGUE.open("rb") as stream:
        return {message.id: message.string for message in read_po(stream)}


@pytest.mark.parametrize("code", sorted(WORDS))
def test_every_sentence_is_there_in_italian_with_the_same_parameters(
    code: str, italian: dict[Any, Any]
) -> None:
    words = WORDS[code]
    for text in (words.title, words.explanation, words.remedy):
        assert italian.get(text), f"no Italian for: {text}"
        assert fields(str(italian[text])) == fields(text)


def test_the_command_line_speaks_italian_where_the_locale_does(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n;\n", encoding="utf-8")
    arguments = ["check", str(path)]
    assert (
        "Riga 3: La riga non contiene alcun valore."
        in CliRunner(env={"LANGUAGE": "it"}).invoke(opencohesion, arguments).output
    )


@pytest.mark.parametrize(
    ("cell", "speaks_of_zeros"),
    [("80", True), ("18,00", False), ("0", False), ("ABC", False), ("0080", False)],
)
def test_lost_zeros_are_spoken_of_only_where_zeros_can_have_been_lost(
    cell: str, speaks_of_zeros: bool
) -> None:
    finding = {
        "type": "constraint-error",
        "note": 'constraint "pattern" is "^[0-9]{3}$"',
        "rowNumber": 2,
        "fieldNumber": 1,
        "fieldName": "Provincia",
        "cell": cell,
        "expected": {"type": "string", "constraints": {"pattern": "^[0-9]{3}$"}},
    }
    told = explain(finding)
    assert ("zeros" in told.detail) is speaks_of_zeros
    assert cell in told.detail
