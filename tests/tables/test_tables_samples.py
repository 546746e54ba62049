"""The publishers' real files, read as they are: what each is, and the errors that it must give."""

from __future__ import annotations

from pathlib import Path

import pytest
from table_files import COHESION, COHESION_PLACES, PARTIES, PAYMENTS, PLACES, PROJECTS, errors_of, judge

from ckanext.opencohesion.tables.formats import identify, open_ok
from ckanext.opencohesion.tables.probe import probe
from ckanext.opencohesion.tables.profiles import load_profile

CUT = "pnrr/cut/"
# File, schema, release found, missing required columns, errors by type and column.
WITH_SCHEMA: list[tuple[str, str, str | None, tuple[str, ...], dict[tuple[str, str | None], int]]] = [
    (CUT + "PNRR_Progetti-Dati_Validati_2023_CAL.csv", PROJECTS, "2023-validati", (), {}),
    (CUT + "PNRR_Progetti_2022_CAL.csv", PROJECTS, "2022", (), {("constraint-error", "CUP_COD_NATURA"): 62}),
    (CUT + "PNRR_Localizzazione-Dati_Validati_2023_CAL.csv", PLACES, "2023-validati", (), {}),
    (
        CUT + "PNRR_Localizzazione-Universo_2023_CAL.csv",
        PLACES,
        "2023-universo",
        (),
        {
            ("constraint-error", "Provincia"): 2075,
            ("constraint-error", "Comune"): 1947,
            ("constraint-error", "CAP"): 19,
        },
    ),
    (CUT + "PNRR_Localizzazione_2022_CAL.csv", PLACES, "2022", (), {}),
    (CUT + "PNRR_Soggetti-Dati_Validati_2023_CAL.csv", PARTIES, "2023-validati", (), {}),
    (CUT + "PNRR_Soggetti_2022_CAL.csv", PARTIES, None, ("Codice Locale Progetto",), {}),
    (CUT + "PNRR_Pagamenti_di_Progetto_2025_CAL.csv", PAYMENTS, "2025", (), {}),
    (
        "opencoesione/localizzazioni_CAL_spreadsheet_damaged.csv",
        COHESION_PLACES,
        "2021",
        (),
        {
            ("constraint-error", "COD_REGIONE"): 1212,
            ("constraint-error", "COD_PROVINCIA"): 1080,
            ("constraint-error", "COD_COMUNE"): 894,
        },
    ),
    ("opencoesione/progetti_beni_confiscati_20181031.csv", COHESION, None, (), {}),
]


@pytest.mark.parametrize(("file", "schema", "release", "missing", "errors"), WITH_SCHEMA)
def test_real_files_against_their_schema(
    samples: Path,
    file: str,
    schema: str,
    release: str | None,
    missing: tuple[str, ...],
    errors: dict[tuple[str, str | None], int],
) -> None:
    source = probe(samples / file, filename=file, profile=load_profile(schema))

    assert source.header is not None
    assert source.header.release == release
    assert source.header.missing_required == missing
    assert errors_of(judge(samples / file, schema)) == errors


# The defects of the domain that frictionless finds by structure alone.
STRUCTURE: dict[str, dict[str, int]] = {
    "pnrr/quirks/PNRR_PRATT_empty_tail.csv": {"blank-row": 300},
    "pnrr/quirks/PNRR_Spesa_per_misura_unnamed_columns.csv": {"blank-label": 7, "blank-row": 50},
    "pnrr/raw/PNRR_Bandi_e_Avvisi.csv": {},
    "pnrr/raw/PNRR_MeT_OA_programmazione_v03.csv": {},
    "pnrr/cut/OpenCUP_localizzazioni_PNRR_2022_CAL.csv": {},
}


@pytest.mark.parametrize("file", sorted(STRUCTURE))
def test_real_files_without_a_schema(samples: Path, file: str) -> None:
    found: dict[str, int] = {}
    for (kind, _), count in errors_of(judge(samples / file, None)).items():
        found[kind] = found.get(kind, 0) + count

    assert found == STRUCTURE[file]


def test_marks_inside_labels_are_still_there_when_we_look(samples: Path) -> None:
    path = samples / "pnrr/raw/MeT_Attuazione_2021-T4.csv"
    labels = probe(path, filename=path.name).labels

    assert sum("\ufeff" in label for label in labels) == 10


def test_blanks_around_labels_are_still_there_when_we_look(samples: Path) -> None:
    path = samples / CUT / "PNRR_Progetti_2022_CAL.csv"
    source = probe(path, filename=path.name, profile=load_profile(PROJECTS))

    assert source.header is not None
    edged = [source.labels[position] for position in source.header.blank_edged]
    assert edged == ["CUP ", "Codice Locale Progetto ", "Titolo progetto ", "FINANZ_TOTALE "]


def test_every_sample_is_identified_and_opens(samples: Path) -> None:
    codes: dict[str, int] = {}
    for path in sorted(samples.rglob("*.*")):
        if path.suffix in (".csv", ".json", ".xlsx"):
            measured = identify(path, path.name)
            assert measured is not None, path
            open_ok(path, measured.code)
            codes[f"{path.suffix} {measured.code}"] = codes.get(f"{path.suffix} {measured.code}", 0) + 1

    assert set(codes) == {".csv CSV", ".json JSON", ".xlsx XLSX"}
