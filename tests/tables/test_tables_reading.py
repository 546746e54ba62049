"""Frictionless, fed by our reading, judges a file in the words and the order of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from table_files import (
    COHESION,
    PAYMENTS,
    PLACES,
    PROJECTS,
    cells_of,
    errors_of,
    header,
    judge,
    payment,
    write_csv,
    write_xlsx,
)


def test_a_sound_file_has_no_error(tmp_path: Path) -> None:
    assert judge(write_csv(tmp_path / "x.csv", [header(PAYMENTS), payment()]), PAYMENTS).valid


def test_errors_speak_the_labels_of_the_file_in_its_own_order(tmp_path: Path) -> None:
    labels = header(PAYMENTS, "2025")[::-1]
    row = dict(zip(header(PAYMENTS, "2026"), payment(Pagamento_PNRR="12.5"), strict=True))
    old = dict(zip(header(PAYMENTS, "2025"), row.values(), strict=True))
    report = judge(write_csv(tmp_path / "x.csv", [labels, [old[label] for label in labels]]), PAYMENTS)

    assert cells_of(report) == [(2, "pagamenti_totali_pnrr", "12.5")]


@pytest.mark.parametrize("cell", ["1", "0", "7301", "7301,00", "0,5", "1234567890123456,99"])
def test_amounts_as_published_pass(tmp_path: Path, cell: str) -> None:
    assert judge(
        write_csv(tmp_path / "x.csv", [header(PAYMENTS), payment(Pagamento_Totale=cell)]), PAYMENTS
    ).valid


@pytest.mark.parametrize(
    "cell",
    [
        "12.5",
        "1.234,50",
        "NaN",
        "nan",
        "inf",
        "Infinity",
        "1e3",
        "1E3",
        "1_000",
        "１２",
        "-5,00",
        "€ 5",
        "5 000",
    ],
)
def test_what_is_no_amount_fails(tmp_path: Path, cell: str) -> None:
    report = judge(
        write_csv(tmp_path / "x.csv", [header(PAYMENTS), payment(Pagamento_Totale=cell)]), PAYMENTS
    )

    assert {(row, field, text) for row, field, text in cells_of(report)} == {(2, "Pagamento Totale", cell)}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(alphabet="0123456789.,eE-+nNaAiIfF_ ", min_size=1, max_size=6).filter(lambda s: s.strip()))
def test_only_plain_digits_are_a_number(tmp_path: Path, cell: str) -> None:
    report = judge(
        write_csv(tmp_path / "x.csv", [header(PAYMENTS), payment(Pagamento_Totale=cell)]), PAYMENTS
    )
    digits, comma, decimals = cell.strip().partition(",")
    plain = digits.isascii() and digits.isdigit() and (decimals.isdigit() if comma else True)

    assert report.valid == plain


def test_the_release_of_2022_has_thousands_marks_and_says_nd(tmp_path: Path) -> None:
    labels = header(PROJECTS, "2022")
    row = dict.fromkeys(labels, "")
    row |= {"Codice Univoco submisura": "M1C2I5.01.01", "CUP ": "E51B21006570006", "CUP_COD_NATURA": "07"}
    row |= {"Codice Locale Progetto ": "1", "FINANZIAMENTO_PNRR": "13.091.070", "FINANZIAMENTO_COMUNE": "N/D"}
    good = judge(write_csv(tmp_path / "a.csv", [labels, list(row.values())]), PROJECTS)
    row["FINANZIAMENTO_PNRR"] = "13.0910.70"
    bad = judge(write_csv(tmp_path / "b.csv", [labels, list(row.values())]), PROJECTS)

    assert good.valid
    assert cells_of(bad) == [(2, "FINANZIAMENTO_PNRR", "13.0910.70")]


def test_later_releases_have_neither(tmp_path: Path) -> None:
    labels = header(PROJECTS)
    row = dict.fromkeys(labels, "")
    row |= {
        "Codice Univoco Submisura": "M1C2I5.01.01",
        "CUP": "E51B21006570006",
        "Codice Locale Progetto": "1",
    }
    row |= {"Finanziamento PNRR": "13.091.070", "Finanziamento Comune": "N/D"}
    report = judge(write_csv(tmp_path / "x.csv", [labels, list(row.values())]), PROJECTS)

    assert [field for _, field, _ in cells_of(report)] == ["Finanziamento Comune", "Finanziamento PNRR"]


@pytest.mark.parametrize("cell", ["", " ", "non definita", "31/12/9999", "29/02/2024"])
def test_dates_and_the_ways_to_say_that_there_is_none(tmp_path: Path, cell: str) -> None:
    rows = [header(PAYMENTS), payment(Data_di_Estrazione=cell)]

    assert judge(write_csv(tmp_path / "x.csv", rows), PAYMENTS).valid


@pytest.mark.parametrize("cell", ["2026-06-13", "30/02/2026", "13/6", "20260613", "nessuna"])
def test_what_is_no_date_fails(tmp_path: Path, cell: str) -> None:
    rows = [header(PAYMENTS), payment(Data_di_Estrazione=cell)]
    report = judge(write_csv(tmp_path / "x.csv", rows), PAYMENTS)

    assert cells_of(report) == [(2, "Data di Estrazione", cell)]


def test_a_row_with_only_a_date_fails_for_its_key_and_is_named_for_what_it_is(tmp_path: Path) -> None:
    rows = [header(PAYMENTS), payment(), [*[""] * 21, "13/06/2026"]]
    report = judge(write_csv(tmp_path / "x.csv", rows), PAYMENTS)

    key = ("Codice Univoco Submisura", "CUP", "Codice Locale Progetto")
    missing = {("constraint-error", name): 1 for name in key}
    assert errors_of(report) == missing | {("only-filled", None): 1}


def test_money_takes_a_comma_and_an_indicator_a_point_in_one_row(tmp_path: Path) -> None:
    labels = ["COD_LOCALE_PROGETTO", "FINANZ_UE", "PROGRAMMATO_INDICATORE_1"]
    rows = [labels, ["A", "1,5", "1.5"], ["B", "1.5", "1,5"]]
    report = judge(write_csv(tmp_path / "x.csv", rows), COHESION)

    assert cells_of(report) == [(3, "FINANZ_UE", "1.5"), (3, "PROGRAMMATO_INDICATORE_1", "1,5")]


def test_lists_of_places_may_have_an_empty_element(tmp_path: Path) -> None:
    labels = ["COD_LOCALE_PROGETTO", "COD_COMUNE"]
    cells = [
        "018078045",
        ":::018078045",
        "018078045:::",
        "018078045:::018079023",
        "18078045",
        "018078045;018079023",
    ]
    rows = [labels, *([str(number), cell] for number, cell in enumerate(cells))]
    report = judge(write_csv(tmp_path / "x.csv", rows), COHESION)

    assert [cell for _, _, cell in cells_of(report)] == cells[4:]


def test_a_project_stands_once(tmp_path: Path) -> None:
    rows = [["CUP", "COD_LOCALE_PROGETTO"], ["", "A"], ["", "B"], ["", "A"]]
    report = judge(write_csv(tmp_path / "x.csv", rows), COHESION)

    assert errors_of(report) == {("primary-key", None): 1}


def test_lost_zeros_of_places_fail(tmp_path: Path) -> None:
    row = [
        "M1C1I1.02.00",
        "",
        "B11C22000180006",
        "1",
        "18",
        "CALABRIA",
        "78",
        "COSENZA",
        "45",
        "",
        "",
        "",
        "",
    ]
    report = judge(write_csv(tmp_path / "x.csv", [header(PLACES, "2023-validati"), row]), PLACES)

    assert cells_of(report) == [(2, "Codice Provincia", "78"), (2, "Codice Comune", "45")]


def test_ragged_and_blank_rows_and_line_breaks_in_cells(tmp_path: Path) -> None:
    row = payment(Descrizione_Submisura='due\r\nrighe; e "virgolette"')
    rows = [header(PAYMENTS), row, row[:20], [*row, "oltre"], [""] * 22]
    report = judge(write_csv(tmp_path / "x.csv", rows), PAYMENTS)

    assert errors_of(report) == {
        ("missing-cell", "Pagamento Altri Fondi"): 1,
        ("missing-cell", "Data di Estrazione"): 1,
        ("extra-cell", ""): 1,
        ("blank-row", None): 1,
    }


def test_repeated_and_nameless_columns_are_told_and_rows_still_judged(tmp_path: Path) -> None:
    labels = [*header(PAYMENTS), "", "CUP", ""]
    rows = [labels, [*payment(Pagamento_Totale="x"), "", "", ""]]
    report = judge(write_csv(tmp_path / "x.csv", rows), PAYMENTS)

    assert sorted(kind for kind, _ in errors_of(report)) == [
        "blank-label",
        "blank-label",
        "duplicate-label",
        "type-error",
    ]


def test_without_a_profile_structure_alone_is_judged(tmp_path: Path) -> None:
    rows = [["a", "b"], ["NaN", "1e3"], ["1"]]

    assert errors_of(judge(write_csv(tmp_path / "x.csv", rows), None)) == {("missing-cell", "b"): 1}


def test_rows_below_titles_keep_their_numbers(tmp_path: Path) -> None:
    rows = [["Titolo"], header(PAYMENTS), payment(), payment(Pagamento_Totale="x")]

    assert cells_of(judge(write_csv(tmp_path / "x.csv", rows), PAYMENTS)) == [(4, "Pagamento Totale", "x")]


def test_a_file_that_breaks_off_is_told_in_the_report(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a;b\n" + "1;2\n" * 200 + '3;"never closed\n' + "x" * 5_000_000, encoding="utf-8")
    report = judge(path, None)

    assert errors_of(report) == {("source-error", None): 1}


def test_csv_and_xlsx_of_the_same_cells_give_the_same_errors(tmp_path: Path) -> None:
    rows = [
        header(PAYMENTS),
        payment(),
        payment(CUP="xx", Pagamento_Totale="12.5", Data_di_Estrazione="ieri"),
    ]
    text = judge(write_csv(tmp_path / "x.csv", rows), PAYMENTS)
    book = judge(write_xlsx(tmp_path / "x.xlsx", rows), PAYMENTS)

    assert cells_of(text) == cells_of(book) != []
