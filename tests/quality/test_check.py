"""One file in, what was found out: tables."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from check_world import (
    GOOD_PARTY,
    PARTIES,
    PARTIES_HEADER,
    PAYMENTS,
    check,
    codes,
    parties,
    places,
    write,
)

from ckanext.opencohesion.tables.profiles import load_profile

# Tables with a Table Schema


def test_a_sound_table_passes(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}, {"CUP": "B11C22000180007"}), PARTIES)
    assert (found.verdict, found.basis, found.format, found.rows, found.columns) == (
        "passed",
        "whole_file",
        "CSV",
        2,
        11,
    )
    assert found.findings() == []
    assert found.report["valid"]


def test_an_error_is_told_with_row_column_and_cell(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}, {"CUP": "B11C220001"}), PARTIES)
    assert found.verdict == "failed"
    (error,) = found.report["tasks"][0]["errors"]
    column = PARTIES_HEADER.index("CUP") + 1
    assert (error["type"], error["rowNumber"], error["fieldNumber"]) == ("constraint-error", 3, column)
    assert (error["fieldName"], error["cell"]) == ("CUP", "B11C220001")


@pytest.mark.parametrize("value", ["NaN", "1e3", "inf", "-Infinity", "1_000"])
def test_numbers_that_only_python_reads_are_refused(tmp_path: Path, value: str) -> None:
    names = [field.labels["2026"] for field in load_profile(PAYMENTS).fields]
    row = {"CUP": "B11C22000180006", "Codice Locale Progetto": "P", "Finanziamento Totale": value}
    found = check(write(tmp_path / "a.csv", [names, [row.get(name, "") for name in names]]), PAYMENTS)
    assert ("number-form", 2, names.index("Finanziamento Totale") + 1) in places(found)


def test_the_header_of_an_older_release_is_accepted_and_told(tmp_path: Path) -> None:
    profile = load_profile(PAYMENTS)
    fields = [field for field in profile.fields if "2025" in field.labels]
    row = {
        "CUP": "B11C22000180006",
        "Codice Locale Progetto": "P",
        "Codice Univoco Submisura": "M1C1I1.02.00",
    }
    path = write(
        tmp_path / "a.csv",
        [[field.labels["2025"] for field in fields], [row.get(field.name, "") for field in fields]],
    )
    found = check(path, PAYMENTS)
    assert found.verdict == "passed"
    (renamed,) = [item for item in found.rules if item["code"] == "renamed-columns"]
    assert renamed["severity"] == "info"
    assert renamed["params"]["release"] == "2025"


def test_a_required_column_that_is_missing_holds_the_table_back(tmp_path: Path) -> None:
    found = check(write(tmp_path / "a.csv", [["CUP", "Denominazione"], ["B11C22000180006", "X"]]), PARTIES)
    assert found.verdict == "failed"
    missing = {item["params"]["field"] for item in found.rules if item["code"] == "missing-column"}
    assert missing == {field.name for field in load_profile(PARTIES).fields if field.required} - {"CUP"}


def test_unknown_columns_blanks_and_byte_order_marks_in_labels_are_warnings(tmp_path: Path) -> None:
    header = [*PARTIES_HEADER, "Nuova colonna"]
    header[1] = "CUP "
    header[4] = "\ufeff" + header[4]
    rows = [header, [GOOD_PARTY[name] for name in PARTIES_HEADER] + ["x"]]
    found = check(write(tmp_path / "a.csv", rows), PARTIES)
    assert found.verdict == "passed"
    told = {(item["code"], item["column"]) for item in found.rules if item["severity"] == "warning"}
    assert told == {("blank-edged-label", 2), ("bom-in-label", 5), ("unknown-column", 12)}


def test_a_header_of_another_table_is_told_as_such(tmp_path: Path) -> None:
    found = check(write(tmp_path / "a.csv", [["a", "b"], ["1", "2"]]), PARTIES)
    assert (found.verdict, codes(found)) == ("failed", ["foreign-header"])


def test_an_unknown_table_schema_is_told(tmp_path: Path) -> None:
    found = check(parties(tmp_path / "a.csv", {}), "../../etc/passwd")
    assert (found.verdict, codes(found)) == ("unreadable", ["unknown-table-schema"])


def test_a_workbook_is_judged_like_its_csv(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(PARTIES_HEADER)
    sheet.append([GOOD_PARTY[name] for name in PARTIES_HEADER])
    sheet.append([{**GOOD_PARTY, "CUP": "short"}[name] for name in PARTIES_HEADER])
    book.save(tmp_path / "a.xlsx")
    found = check(tmp_path / "a.xlsx", PARTIES)
    assert (found.format, found.rows) == ("XLSX", 2)
    assert places(found) == [("constraint-error", 3, 2)]


# Tables without one


def test_without_a_table_schema_the_structure_is_judged(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", [["a", "b", "a", ""], ["1", "2", "3", "4"], ["1"], [], ["1", "2", "3", "4", "5"]]
    )
    found = check(path)
    assert (found.verdict, found.basis) == ("failed", "structure")
    assert {kind for kind, _, _ in places(found)} == {
        "duplicate-label",
        "blank-label",
        "missing-cell",
        "blank-row",
        "extra-cell",
    }
