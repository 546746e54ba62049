"""The real files beside the checkout: which pass, which do not, and why. Measured, and to be kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ckanext.opencohesion.quality.check import check_file
from ckanext.opencohesion.quality.personal import holds_personal_code

PLACES = "italiadomani/pnrr_localizzazione"
PROJECTS = "italiadomani/pnrr_progetti"
PARTIES = "italiadomani/pnrr_soggetti"
PAYMENTS = "italiadomani/pnrr_pagamenti"
OC_PLACES = "opencoesione/localizzazioni"
OC_PROJECTS = "opencoesione/progetti_esteso"

# (file, Table Schema, rows, {(error, column): how many}); no entry means that it passes.
FILES: list[tuple[str, str | None, int, dict[tuple[str, str | None], int]]] = [
    ("pnrr/cut/PNRR_Localizzazione-Dati_Validati_2023_CAL.csv", PLACES, 2960, {}),
    ("pnrr/cut/PNRR_Localizzazione_2022_CAL.csv", PLACES, 62, {}),
    (
        # Zeros lost: province 80 for 080, municipality 34 for 034.
        "pnrr/cut/PNRR_Localizzazione-Universo_2023_CAL.csv",
        PLACES,
        2500,
        {
            ("constraint-error:pattern", "Provincia"): 2075,
            ("constraint-error:pattern", "Comune"): 1947,
            ("constraint-error:pattern", "CAP"): 19,
        },
    ),
    ("pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv", PAYMENTS, 2838, {}),
    ("pnrr/cut/PNRR_Progetti-Dati_Validati_2023_CAL.csv", PROJECTS, 2796, {}),
    # Zero lost: nature 7 for 07.
    (
        "pnrr/cut/PNRR_Progetti_2022_CAL.csv",
        PROJECTS,
        62,
        {("constraint-error:pattern", "CUP_COD_NATURA"): 62},
    ),
    ("pnrr/cut/PNRR_Soggetti-Dati_Validati_2023_CAL.csv", PARTIES, 72, {}),
    (
        "opencoesione/localizzazioni_CAL_spreadsheet_damaged.csv",
        OC_PLACES,
        1212,
        {
            ("constraint-error:pattern", "COD_REGIONE"): 1212,
            ("constraint-error:pattern", "COD_PROVINCIA"): 1080,
            ("constraint-error:pattern", "COD_COMUNE"): 894,
        },
    ),
    ("opencoesione/progetti_beni_confiscati_20181031_CAL.csv", OC_PROJECTS, 56, {}),
    ("opencoesione/progetti_beni_confiscati_20181031.csv", OC_PROJECTS, 290, {}),
    # Without a Table Schema, structure only.
    ("pnrr/quirks/PNRR_PRATT_empty_tail.csv", None, 420, {("blank-row", None): 300}),
    (
        "pnrr/quirks/PNRR_Spesa_per_misura_unnamed_columns.csv",
        None,
        290,
        {("blank-row", None): 50} | {("blank-label", f"column {number}"): 1 for number in range(7, 14)},
    ),
    # The tail holds only the date of extraction: no blank row for frictionless, and no schema asks for a key.
    ("pnrr/quirks/PNC_Aggiudicatari_excel_limit_tail.csv", None, 400, {}),
    ("pnrr/raw/MeT_Attuazione_2021-T4.csv", None, 51, {}),
    ("pnrr/raw/PNRR_Bandi_e_Avvisi.csv", None, 245, {}),
    ("pnrr/cut/PNRR_Aggiudicatari_Gare_2025_CAL.csv", None, 2500, {}),
    ("pnrr/cut/PNRR_Subappaltatori_Gare_2025_CAL.csv", None, 97, {}),
    ("istat/elenco_comuni_clean_CAL_TOS.csv", None, 677, {}),
    ("kohesio/IE_valid_example.csv", None, 5, {}),
]


@pytest.mark.parametrize(("name", "schema", "rows", "causes"), FILES, ids=[name for name, *_ in FILES])
def test_a_real_table(
    samples: Path, name: str, schema: str | None, rows: int, causes: dict[tuple[str, str | None], int]
) -> None:
    found = check_file(samples / name, filename=Path(name).name, declared_format="CSV", table_schema=schema)
    assert {(c["code"], c["label"]): c["total"] for c in found.report["causes"]} == causes
    assert [rule["code"] for rule in found.rules if rule["severity"] == "error"] == []
    assert (found.verdict, found.rows) == ("failed" if causes else "passed", rows)
    assert found.basis == ("whole_file" if schema else "structure")


def test_the_2022_parties_are_another_table(samples: Path) -> None:
    """Programmer, implementer and beneficiary side by side in one row: 16 unknown columns, required ones missing."""
    path = samples / "pnrr/cut/PNRR_Soggetti_2022_CAL.csv"
    found = check_file(path, filename=path.name, table_schema=PARTIES)
    assert found.verdict == "failed"
    errors = [rule for rule in found.rules if rule["severity"] == "error"]
    assert {(rule["code"], rule["params"]["field"]) for rule in errors} == {
        ("missing-column", "Codice Locale Progetto")
    }


def test_headers_that_frictionless_does_not_see_are_told(samples: Path) -> None:
    """Trailing blanks in 2022, byte order marks inside the header of the milestones."""
    path = samples / "pnrr/cut/PNRR_Progetti_2022_CAL.csv"
    found = check_file(path, filename=path.name, table_schema=PROJECTS)
    assert sum(rule["code"] == "blank-edged-label" for rule in found.rules) == 4
    path = samples / "pnrr/raw/MeT_Attuazione_2021-T4.csv"
    found = check_file(path, filename=path.name)
    assert [rule["column"] for rule in found.rules if rule["code"] == "bom-in-label"] == list(range(13, 23))


@pytest.mark.parametrize(
    "name", ["aggregati_ragusa", "progetti_page", "root", "territori_ragusa", "throttled_429"]
)
def test_real_answers_of_an_api_open_as_json(samples: Path, name: str) -> None:
    path = samples / f"opencoesione/api/{name}.json"
    found = check_file(path, filename=path.name, declared_format="JSON")
    assert (found.verdict, found.basis, found.media_type) == ("passed", "opens", "application/json")


def test_no_real_file_makes_a_report_with_a_personal_code(samples: Path) -> None:
    paths = [
        path for path in sorted(samples.rglob("*")) if path.suffix in {".csv", ".json", ".jsonl", ".xlsx"}
    ]
    assert len(paths) > 60
    for path in paths:
        found = check_file(path, filename=path.name)
        assert not holds_personal_code(json.dumps(found.to_dict(), ensure_ascii=False)), path.name
