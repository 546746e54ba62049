"""P1, P2 and P3 on values and rows, and what they must leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tax_codes import MARIO, omocode, personal_tax_codes

from ckanext.opencohesion.quality.personal.rules import (
    MASK,
    PersonColumns,
    holds_personal_code,
    person_columns,
    redact,
    redact_value,
    row_hits,
)

SUBJECT = [PersonColumns(code=0, names=(1,), legal_forms=(2, 3))]


def rules(*cells: str) -> list[tuple[str, int]]:
    return [(hit.rule, hit.column) for hit in row_hits(cells, SUBJECT)]


# P1


@pytest.mark.parametrize(
    "text",
    [
        MARIO,
        MARIO.lower(),
        "RSS MRA 80A01 H501U",
        f"Contributo a Mario Rossi ({MARIO}), nato a Roma",
        f"CF:{MARIO};",
        f"cf{MARIO}",
        f"codicefiscale{MARIO}",
        f"_{MARIO}_",
        f"è{MARIO}è",
        f"ABC {MARIO}",
        omocode(MARIO, (14,)),
        omocode(MARIO, (6, 7, 9, 10, 12, 13, 14)),
    ],
)
def test_a_personal_code_is_found_wherever_it_stands(text: str) -> None:
    assert holds_personal_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "RSSMRA80A01H501X",  # wrong check letter
        "RSSMRA80A41H501",  # cut
        f"9{MARIO}",  # in the middle of an identifier
        f"{MARIO}7",
        "RSSMRA80F01H501U",  # F is no month
        "02830270803",  # a body's
        "B15E22000110006",  # a CUP
        "****************",
        "*CODICE FISCALE*",
        "AMMINISTRAZIONI PUBBLICHE DELLA CALABRIA",
        "",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert not holds_personal_code(text)


@given(personal_tax_codes(), st.text(), st.text())
def test_no_personal_code_survives_redaction(code: str, before: str, after: str) -> None:
    text = f"{before} {code} {after}"
    redacted = redact(text)
    assert code not in redacted
    assert not holds_personal_code(redacted)
    assert MASK in redacted


@given(st.text())
def test_redaction_changes_nothing_else(text: str) -> None:
    if not holds_personal_code(text):
        assert redact(text) == text


@given(personal_tax_codes())
def test_redaction_reaches_every_depth_and_keys(code: str) -> None:
    value = {"a": [1, None, {"b": f"x {code}"}], code: (code,)}
    assert code not in str(redact_value(value))


@given(personal_tax_codes(), st.lists(st.text(), max_size=5), st.integers(0, 5))
def test_a_planted_code_is_found_in_its_cell(code: str, cells: list[str], place: int) -> None:
    place = min(place, len(cells))
    cells.insert(place, code)
    assert ("P1", place) in [(hit.rule, hit.column) for hit in row_hits(cells, [])]


def test_numbers_dates_and_empty_cells_of_a_workbook_are_no_text() -> None:
    assert row_hits([12, 3.5, None, True], SUBJECT) == []


# P2


def test_a_name_beside_a_masked_code_is_found() -> None:
    assert rules("****************", "ROSSI MARIO", "", "") == [("P2", 1)]
    assert rules("*CODICE FISCALE*", "ROSSI MARIO", "1.1.20", "Imprenditore") == [("P2", 1)]
    assert rules("*CODICE FISCALE*", "ROSSI MARIO *", "1.1.20", "Imprenditore") == [("P2", 1)]


@pytest.mark.parametrize(
    "name",
    [
        "*INDIVIDUO*",
        "****",
        "M**** R****",
        "",
        " ",
        "N/D",
        "n.d.",
        "DENOMINAZIONE DEL SOGGETTO NON PRESENTE IN ANAGRAFE",
    ],
)
def test_a_masked_or_absent_name_is_left_alone(name: str) -> None:
    assert rules("****************", name, "", "") == []


def test_lists_are_compared_element_by_element() -> None:
    assert rules("02830270803:::*CODICE FISCALE*", "ACME SRL:::*INDIVIDUO*", "1.3.20", "") == []
    assert rules("02830270803:::*CODICE FISCALE*", "ACME SRL:::ROSSI MARIO", "1.3.20", "") == [("P2", 1)]
    assert rules("02830270803:::*CODICE FISCALE*", "*INDIVIDUO*:::ROSSI MARIO", "1.3.20", "") == [("P2", 1)]


def test_lists_of_unequal_length_must_mask_as_many_names_as_codes() -> None:
    assert rules("02830270803:::*CODICE FISCALE*", "ACME SRL", "", "") == []
    assert rules("*CODICE FISCALE*:::*CODICE FISCALE*", "ROSSI MARIO", "", "") == [("P2", 1)]


# P3


@pytest.mark.parametrize("legal_form", ["", "1.1.10", "1.1.30", "1120", "1130", "N/D", "9999", "00"])
def test_a_16_character_code_of_an_individual_is_found(legal_form: str) -> None:
    assert rules("RSSMRA80A01H501X", "", legal_form, "") == [("P3", 0)]


@pytest.mark.parametrize("words", ["Ditta individuale", "Libero professionista", "Persona Fisica"])
def test_the_description_of_the_legal_form_tells_too(words: str) -> None:
    assert rules("RSSMRA80A01H501X", "", "01", words) == [("P3", 0)]


@pytest.mark.parametrize("legal_form", ["1.3.20", "1320", "11", "2.4.30"])
def test_a_code_of_a_company_or_body_is_left_alone(legal_form: str) -> None:
    assert rules("RSSMRA80A01H501X", "", legal_form, "Società a responsabilità limitata") == []


def test_eleven_digits_and_masks_are_left_alone() -> None:
    assert rules("02830270803", "ROSSI MARIO", "1.1.10", "") == []
    assert rules("****************", "*INDIVIDUO*", "1.1.10", "") == []
    assert rules("1234567890123456", "ACME", "", "") == []


def test_a_cell_is_told_once() -> None:
    assert rules(MARIO, "", "1.1.10", "") == [("P1", 0)]


def test_short_rows_do_no_harm() -> None:
    assert rules("****************") == []
    assert rules() == []


# Columns by header words


def test_columns_of_the_2022_parties_table_are_grouped_by_role() -> None:
    labels = [
        "CUP ",
        "codice fiscale PROGRAMMATORE",
        "Denominazione PROGRAMMATORE",
        "forma giuridica PROGRAMMATORE",
        "codice fiscale  ATTUATORE",
        "Denominazione ATTUATORE",
        "descrizione forma giuritica ATTUATORE",
    ]
    assert person_columns(labels) == [
        PersonColumns(code=1, names=(2,), legal_forms=(3,)),
        PersonColumns(code=4, names=(5,), legal_forms=(6,)),
    ]


@pytest.mark.parametrize(
    "label",
    [
        "Codice fiscale soggetto",
        "codice_fiscalepiva",
        "Codice Fiscale - P IVA Aggiudicatario",
        "CF",
        "OC_CODFISC_BENEFICIARIO",
    ],
)
def test_labels_of_tax_code_columns_are_known(label: str) -> None:
    assert [columns.code for columns in person_columns(["CUP", label, "Importo"])] == [1]


@pytest.mark.parametrize(
    "label", ["Codice Locale Progetto", "CUP", "Confine", "scf", "codice_procedura_utente"]
)
def test_other_codes_are_no_tax_codes(label: str) -> None:
    assert person_columns([label]) == []


def test_the_name_may_carry_the_role_alone() -> None:
    labels = ["Soggetto attuatore", "Codice fiscale soggetto attuatore"]
    assert person_columns(labels) == [PersonColumns(code=1, names=(0,))]


def test_surname_and_name_to_the_left() -> None:
    assert person_columns(["Cognome", "Nome", "CF"]) == [PersonColumns(code=2, names=(0, 1))]
