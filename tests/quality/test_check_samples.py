"""Every real file beside the checkout: what it must be found to have. Measured, and to be kept.

A finding is given by its code, with the severity where it is no error, and how often it was found. The files are those of
the domain's table of defects and all their sound fellows.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from screen_world import LIMITS, told

from ckanext.opencohesion.quality.judging.check import check_file
from ckanext.opencohesion.quality.judging.report import FileCheck
from ckanext.opencohesion.quality.personal.rules import holds_personal_code

# File, Table Schema, verdict, rows, findings.
FILES: list[tuple[str, str | None, str, int | None, dict[str, int]]] = [
    (
        "istat/elenco_comuni_2022_damaged_CAL_TOS.csv",
        None,
        "passed",
        677,
        {"untidy-label (info)": 2, "blank-edged-label (warning)": 3, "replacement-character (warning)": 24},
    ),
    ("istat/elenco_comuni_clean_CAL_TOS.csv", None, "passed", 677, {}),
    ("istat/voc_ateco-2007.csv", None, "passed", 3143, {}),
    ("istat/voc_legal-status.csv", None, "passed", 62, {}),
    ("istat/voc_licences.csv", None, "passed", 51, {}),
    ("istat/voc_provinces.csv", None, "passed", 107, {}),
    ("istat/voc_regions.csv", None, "passed", 21, {}),
    ("kohesio/IE_valid_example.csv", "kohesio/projects", "passed", 5, {"renamed-columns (info)": 1}),
    ("kohesio/frictionless_2020_schema.json", None, "passed", None, {}),
    ("kohesio/frictionless_2020_template.csv", None, "passed", 2, {}),
    ("kohesio/itb_config.properties", None, "passed", None, {}),
    ("kohesio/itb_table_schema.json", None, "passed", None, {}),
    ("kohesio/nuts_regions2.csv", None, "failed", 79, {"blank-label": 2, "extra-cell": 24}),
    ("kohesio/nuts_regions3.csv", None, "failed", 83, {"blank-label": 3}),
    ("meta/PNRR_Localizzazione_Metadati.xlsx", None, "passed", 13, {"other-sheets (warning)": 1}),
    ("meta/italia_domani_catalogue_64.jsonl", None, "passed", 64, {"no-break-space (info)": 2}),
    ("meta/opencoesione_metadati_risultati_ricerca_localizzazioni.csv", None, "passed", 5, {}),
    ("meta/opencoesione_metadati_risultati_ricerca_progetti.csv", None, "passed", 52, {}),
    ("meta/opencoesione_progetti_esteso_columns.csv", None, "passed", 199, {}),
    ("meta/pnrr_columns_2026.csv", None, "passed", 104, {}),
    ("opencoesione/api/aggregati_ragusa.json", None, "passed", None, {}),
    ("opencoesione/api/progetti_page.json", None, "passed", None, {}),
    ("opencoesione/api/root.json", None, "passed", None, {}),
    ("opencoesione/api/territori_ragusa.json", None, "passed", None, {}),
    ("opencoesione/api/throttled_429.json", None, "passed", None, {}),
    ("opencoesione/codelists/aree_temi_fsc.csv", None, "passed", 32, {}),
    ("opencoesione/codelists/categorie_cup.csv", None, "passed", 432, {}),
    ("opencoesione/codelists/categorie_ue.csv", None, "passed", 181, {"cut-texts (warning)": 1}),
    (
        "opencoesione/codelists/forma_giuridica_soggetti.csv",
        None,
        "passed",
        64,
        {"no-break-space (info)": 52},
    ),
    (
        "opencoesione/codelists/po_linee_azioni.csv",
        None,
        "passed",
        4406,
        {
            "no-break-space (info)": 283,
            "mojibake (warning)": 1408,
            "cut-texts (warning)": 1,
        },
    ),
    (
        "opencoesione/codelists/po_riclass.csv",
        None,
        "passed",
        889,
        {"no-break-space (info)": 5, "mojibake (warning)": 2, "label-variants (info)": 1},
    ),
    (
        "opencoesione/codelists/prog_comp.csv",
        None,
        "passed",
        2258,
        {"no-break-space (info)": 1, "mojibake (warning)": 292},
    ),
    ("opencoesione/codelists/qsn.csv", None, "passed", 57, {}),
    ("opencoesione/codelists/ra.csv", None, "passed", 131, {"mojibake (warning)": 25}),
    ("opencoesione/codelists/sil.csv", None, "passed", 195, {}),
    ("opencoesione/codelists/tipologie_cup.csv", None, "passed", 68, {}),
    ("opencoesione/codelists/variazioni_comuni.csv", None, "passed", 9000, {}),
    (
        "opencoesione/localizzazioni_CAL_spreadsheet_damaged.csv",
        "opencoesione/localizzazioni",
        "failed",
        1212,
        {"constraint-error:pattern": 3186},
    ),
    ("opencoesione/portal_stats/indicatori_accesso_1.csv", None, "passed", 69, {}),
    ("opencoesione/portal_stats/indicatori_accesso_2.csv", None, "passed", 34, {}),
    ("opencoesione/portal_stats/indicatori_accesso_3.csv", None, "passed", 42, {}),
    ("opencoesione/portal_stats/spesacertificata_data.csv", None, "failed", 99, {"blank-label": 1}),
    ("opencoesione/portal_stats/spesatot_data.csv", None, "passed", 11, {}),
    ("opencoesione/portal_stats/spesatot_data_1420.csv", None, "passed", 11, {}),
    (
        "opencoesione/progetti_beni_confiscati_20181031.csv",
        "opencoesione/progetti_esteso",
        "review",
        290,
        {
            "missing-optional-columns (info)": 1,
            "no-break-space (info)": 82,
            "P5 (review)": 5,
            "at-most (warning)": 7,
            "mojibake (warning)": 153,
            "unknown-column (warning)": 3,
        },
    ),
    (
        "opencoesione/progetti_beni_confiscati_20181031_CAL.csv",
        "opencoesione/progetti_esteso",
        "passed",
        56,
        {
            "missing-optional-columns (info)": 1,
            "no-break-space (info)": 28,
            "at-most (warning)": 5,
            "mojibake (warning)": 12,
            "unknown-column (warning)": 3,
        },
    ),
    ("pnrr/cut/OpenCUP_localizzazioni_PNRR_2022_CAL.csv", None, "passed", 535, {}),
    (
        "pnrr/cut/PNC_LocalizzazioneGeografica_CAL.csv",
        "italiadomani/pnc_localizzazione",
        "failed",
        234,
        {"constraint-error:pattern": 234},
    ),
    ("pnrr/cut/PNC_Progetti_CAL.csv", "italiadomani/pnc_progetti", "passed", 102, {"cut-texts (warning)": 1}),
    (
        "pnrr/cut/PNRR_Aggiudicatari_Gare_2025_CAL.csv",
        "italiadomani/pnrr_aggiudicatari",
        "review",
        2500,
        {
            "ateco-other-list (info)": 164,
            "no-break-space (info)": 78,
            "renamed-columns (info)": 1,
            "P4 (review)": 50,
            "tax-code (warning)": 2,
        },
    ),
    (
        "pnrr/cut/PNRR_Gare_Aggiudicatari-Dati_Validati_2023_CAL.csv",
        "italiadomani/pnrr_gare",
        "passed",
        231,
        {"no-break-space (info)": 74},
    ),
    (
        "pnrr/cut/PNRR_Indicatori_Target_2025_CAL.csv",
        "italiadomani/pnrr_indicatori_target",
        "passed",
        2500,
        {"no-break-space (info)": 2, "renamed-columns (info)": 1},
    ),
    (
        "pnrr/cut/PNRR_Localizzazione-Dati_Validati_2023_CAL.csv",
        "italiadomani/pnrr_localizzazione",
        "passed",
        2960,
        {},
    ),
    (
        "pnrr/cut/PNRR_Localizzazione-Universo_2023_CAL.csv",
        "italiadomani/pnrr_localizzazione",
        "failed",
        2500,
        {"constraint-error:pattern": 4041, "renamed-columns (info)": 1},
    ),
    (
        "pnrr/cut/PNRR_Localizzazione_2022_CAL.csv",
        "italiadomani/pnrr_localizzazione",
        "passed",
        62,
        {"renamed-columns (info)": 1, "blank-edged-label (warning)": 1},
    ),
    (
        "pnrr/cut/PNRR_Map_Indicatori_Target.csv",
        "italiadomani/pnrr_map_indicatori",
        "passed",
        606,
        {"no-break-space (info)": 6},
    ),
    (
        "pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv",
        "italiadomani/pnrr_pagamenti",
        "passed",
        2838,
        {
            "no-break-space (info)": 2,
            "renamed-columns (info)": 1,
            "at-most (warning)": 46,
            "sum-at-most (warning)": 3,
        },
    ),
    (
        "pnrr/cut/PNRR_Progetti-Dati_Validati_2023_CAL.csv",
        "italiadomani/pnrr_progetti",
        "passed",
        2796,
        {
            "renamed-columns (info)": 1,
            "at-most (warning)": 23,
            "cents-lost (warning)": 5,
            "cut-texts (warning)": 1,
            "label-variants (info)": 1,
        },
    ),
    (
        "pnrr/cut/PNRR_Progetti_2022_CAL.csv",
        "italiadomani/pnrr_progetti",
        "failed",
        62,
        {
            "constraint-error:pattern": 62,
            "no-break-space (info)": 61,
            "renamed-columns (info)": 1,
            "untidy-label (info)": 1,
            "blank-edged-label (warning)": 4,
            "unknown-column (warning)": 1,
        },
    ),
    (
        "pnrr/cut/PNRR_QuadroFinProgrammazione_2025.csv",
        "italiadomani/pnrr_quadro_finanziario",
        "failed",
        306,
        {"type-error": 3, "cut-texts (warning)": 1},
    ),
    (
        "pnrr/cut/PNRR_Soggetti-Dati_Validati_2023_CAL.csv",
        "italiadomani/pnrr_soggetti",
        "passed",
        72,
        {"no-break-space (info)": 71},
    ),
    (
        "pnrr/cut/PNRR_Soggetti_2022_CAL.csv",
        "italiadomani/pnrr_soggetti",
        "failed",
        62,
        {
            "missing-column": 1,
            "missing-optional-columns (info)": 1,
            "no-break-space (info)": 116,
            "untidy-label (info)": 2,
            "blank-edged-label (warning)": 3,
            "unknown-column (warning)": 16,
        },
    ),
    (
        "pnrr/cut/PNRR_Subappaltatori_Gare_2025_CAL.csv",
        "italiadomani/pnrr_subappaltatori",
        "review",
        97,
        {"ateco-other-list (info)": 4, "no-break-space (info)": 1, "P4 (review)": 3},
    ),
    (
        "pnrr/cut/PNRR_TAG_Progetti_2022_CAL.csv",
        "italiadomani/pnrr_tag_progetti",
        "passed",
        61,
        {"blank-edged-label (warning)": 1, "label-variants (info)": 1},
    ),
    (
        "pnrr/quirks/PNC_Aggiudicatari_excel_limit_tail.csv",
        "italiadomani/pnc_aggiudicatari",
        "failed",
        400,
        {"only-filled": 200, "tax-code (warning)": 1},
    ),
    ("pnrr/quirks/PNRR_PRATT_empty_tail.csv", "italiadomani/pnrr_pratt", "failed", 420, {"blank-row": 300}),
    (
        "pnrr/quirks/PNRR_Spesa_per_misura_unnamed_columns.csv",
        "italiadomani/pnrr_spesa_misura",
        "failed",
        290,
        {"blank-label": 7, "blank-row": 50},
    ),
    ("pnrr/raw/AmmTitolari_interoperabilitaBDAPv2.csv", None, "passed", 25, {}),
    ("pnrr/raw/AmmTitolari_interoperabilitaBDAPv3.csv", None, "passed", 25, {}),
    (
        "pnrr/raw/MeT_Attuazione_2021-T4.csv",
        "italiadomani/pnrr_met_attuazione",
        "passed",
        51,
        {"no-break-space (info)": 6, "bom-in-label (warning)": 10},
    ),
    ("pnrr/raw/OpenCUP_PNRR_CUP_CIG_2022.csv", None, "passed", 161, {}),
    (
        "pnrr/raw/OpenData_PNC_DescrizioneProgrammi.csv",
        "italiadomani/pnc_programmi",
        "passed",
        30,
        {"no-break-space (info)": 1, "renamed-columns (info)": 1},
    ),
    (
        "pnrr/raw/OpenData_PNC_Obiettivi.csv",
        "italiadomani/pnc_obiettivi",
        "passed",
        308,
        {
            "no-break-space (info)": 4,
            "renamed-columns (info)": 1,
            "untidy-label (info)": 1,
            "label-variants (info)": 1,
        },
    ),
    (
        "pnrr/raw/OpenData_PNC_QuadroFinanziario.csv",
        "italiadomani/pnc_quadro_finanziario",
        "passed",
        30,
        {"renamed-columns (info)": 1},
    ),
    (
        "pnrr/raw/OpenData_PNRR_QuadroFin_Programmazione_v02.csv",
        "italiadomani/pnrr_quadro_finanziario",
        "passed",
        285,
        {"no-break-space (info)": 2, "renamed-columns (info)": 1, "cut-texts (warning)": 1},
    ),
    (
        "pnrr/raw/OpenData_PNRR_QuadroFin_Programmazione_v04.csv",
        "italiadomani/pnrr_quadro_finanziario",
        "failed",
        286,
        {"blank-row": 1, "renamed-columns (info)": 1, "cut-texts (warning)": 1},
    ),
    (
        "pnrr/raw/OpenData_PNRR_mappatura_indicatori_comuni_v2.csv",
        "italiadomani/pnrr_map_indicatori_comuni",
        "passed",
        682,
        {"cut-texts (warning)": 1},
    ),
    (
        "pnrr/raw/PNRR_Bandi_e_Avvisi.csv",
        "italiadomani/pnrr_bandi",
        "failed",
        245,
        {
            "type-error": 8,
            "no-break-space (info)": 4,
            "untidy-label (info)": 1,
            "blank-edged-label (warning)": 1,
            "cig (warning)": 1,
            "label-variants (info)": 2,
        },
    ),
    (
        "pnrr/raw/PNRR_Gare.csv",
        "italiadomani/pnrr_gare",
        "passed",
        4,
        {
            "no-break-space (info)": 2,
            "renamed-columns (info)": 1,
            "untidy-label (info)": 1,
            "blank-edged-label (warning)": 7,
        },
    ),
    (
        "pnrr/raw/PNRR_MeT_OA_programmazione_v03.csv",
        "italiadomani/pnrr_met_programmazione",
        "passed",
        1312,
        {"no-break-space (info)": 1, "renamed-columns (info)": 1, "cut-texts (warning)": 1},
    ),
    (
        "pnrr/raw/TAG_sostegno_clima_digitale.csv",
        "italiadomani/pnrr_tag",
        "passed",
        281,
        {"no-break-space (info)": 2, "renamed-columns (info)": 1, "untidy-label (info)": 2},
    ),
    (
        "pnrr/raw/TAG_sostegno_clima_digitale_v05.csv",
        "italiadomani/pnrr_tag",
        "passed",
        281,
        {"no-break-space (info)": 2, "renamed-columns (info)": 1, "untidy-label (info)": 2},
    ),
]


def findings(check: FileCheck) -> dict[str, int]:
    """Return every finding of a file, the rows' by their causes (which count all), the rest one by one."""
    counted: Counter[str] = Counter()
    causes = {(cause["code"], cause["severity"]) for cause in check.report["causes"]}
    for cause in check.report["causes"]:
        counted[_told(cause["code"], cause["severity"])] += cause["total"]
    for rule in check.rules:
        if (rule["code"], rule["severity"]) not in causes:
            counted[_told(rule["code"], rule["severity"])] += 1
    return dict(counted)


def _told(code: str, severity: str) -> str:
    return code if severity == "error" else f"{code} ({severity})"


@pytest.mark.parametrize(
    ("name", "schema", "verdict", "rows", "found"), FILES, ids=[name for name, *_ in FILES]
)
def test_a_real_file_gets_the_findings_that_it_must(
    samples: Path, name: str, schema: str | None, verdict: str, rows: int | None, found: dict[str, int]
) -> None:
    path = samples / name
    check, plain = (
        check_file(path, filename=path.name, table_schema=schema, limits=LIMITS, screen=screen)
        for screen in (True, False)
    )
    assert told(check) == told(plain), "with the screen and without it"
    assert check.screened == "yes" or path.suffix != ".csv"
    assert findings(check) == found
    assert (check.verdict, check.rows) == (verdict, rows)
    assert not holds_personal_code(json.dumps(check.to_dict(), ensure_ascii=False))


def test_no_real_file_is_left_out(samples: Path) -> None:
    there = {path.relative_to(samples).as_posix() for path in samples.rglob("*") if path.is_file()}
    assert there - {"MANIFEST.md"} == {name for name, *_ in FILES}


def test_findings_stand_where_the_defect_is(samples: Path) -> None:
    """Byte order marks in columns 13 and after; zeros lost in province and municipality; a decimal in the region."""
    path = samples / "pnrr/raw/MeT_Attuazione_2021-T4.csv"
    found = check_file(path, filename=path.name)
    assert [rule["column"] for rule in found.rules if rule["code"] == "bom-in-label"] == list(range(13, 23))
    path = samples / "pnrr/cut/PNRR_Localizzazione-Universo_2023_CAL.csv"
    found = check_file(path, filename=path.name, table_schema="italiadomani/pnrr_localizzazione")
    assert {cause["label"]: cause["total"] for cause in found.report["causes"]} == {
        "Provincia": 2075,
        "Comune": 1947,
        "CAP": 19,
    }
    path = samples / "pnrr/cut/PNC_LocalizzazioneGeografica_CAL.csv"
    found = check_file(path, filename=path.name)
    assert {(cause["code"], cause["label"]) for cause in found.report["causes"]} == {
        ("float-code", "codice_regione")
    }
    path = samples / "pnrr/quirks/PNC_Aggiudicatari_excel_limit_tail.csv"
    found = check_file(path, filename=path.name, table_schema="italiadomani/pnc_aggiudicatari")
    (tail,) = [cause for cause in found.report["causes"] if cause["severity"] == "error"]
    assert (tail["code"], tail["total"], tail["first_row"]) == ("only-filled", 200, 202)
