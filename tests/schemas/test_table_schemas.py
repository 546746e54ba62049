"""Every Table Schema of the package is sound, told in two languages, and true to the real headers."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from frictionless import Dialect, Schema
from frictionless.resources import TableResource

from ckanext.opencohesion.portal.publish.known import known_tables
from ckanext.opencohesion.portal.publish.recognise import recognise
from ckanext.opencohesion.tables import published
from ckanext.opencohesion.tables.profiles import TableProfile, load_profile, profile_ids

TABLES = Path(published.__file__).parents[1] / "schemas" / "tables" / "italiadomani"
EVERY = pytest.mark.parametrize("profile_id", profile_ids())


def test_every_table_that_a_portal_can_meet_is_there() -> None:
    found: dict[str, set[str]] = {}
    for profile_id in profile_ids():
        source, table = profile_id.split("/")
        found.setdefault(source, set()).add(table)

    assert found["opencoesione"] == {
        *("progetti_esteso", "progetti", "soggetti", "localizzazioni", "pagamenti", "impegni", "fasi"),
        *("indicatori", "operazioni_art49"),
    }
    assert found["italiadomani"] == {
        *("pnrr_progetti", "pnrr_localizzazione", "pnrr_soggetti", "pnrr_pagamenti", "pnrr_gare"),
        *("pnrr_aggiudicatari", "pnrr_subappaltatori", "pnrr_indicatori_target", "pnrr_iter", "pnrr_tag"),
        *("pnrr_met_programmazione", "pnrr_met_attuazione", "pnrr_quadro_finanziario", "pnrr_tag_progetti"),
        *(
            "pnrr_bandi",
            "pnrr_pratt",
            "pnrr_spesa_misura",
            "pnrr_map_indicatori",
            "pnrr_map_indicatori_comuni",
        ),
        *("pnc_progetti", "pnc_localizzazione", "pnc_gare", "pnc_aggiudicatari", "pnc_subappaltatori"),
        *("pnc_obiettivi", "pnc_quadro_finanziario", "pnc_programmi"),
    }
    assert found["kohesio"] == {"projects", "beneficiaries"}
    assert set(found) == {"opencoesione", "italiadomani", "kohesio", "cohesiondata"}


def test_the_form_knows_every_table() -> None:
    assert set(known_tables()) == set(profile_ids())
    for profile_id, known in known_tables().items():
        columns = {field.name for field in load_profile(profile_id).fields}
        assert {name for names in known.columns.values() for name in names} <= columns


@EVERY
def test_plain_frictionless_reads_the_schema(profile_id: str) -> None:
    schema = load_profile(profile_id).schema

    assert list(Schema.metadata_validate(dict(schema))) == []
    read = Schema.from_descriptor(dict(schema))
    assert [field.name for field in read.fields] == [field["name"] for field in schema["fields"]]
    assert all(field.type != "any" for field in read.fields)


@EVERY
def test_plain_frictionless_judges_a_file_of_the_newest_release(tmp_path: Path, profile_id: str) -> None:
    profile = load_profile(profile_id)
    row = {
        field.name: field.example or ("X" if field.required else "")
        for field in profile.fields
        if profile.releases[-1] in field.releases
    }
    with (tmp_path / "x.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerows([row.keys(), row.values()])
    resource = TableResource(
        path="x.csv",
        basepath=str(tmp_path),
        schema=Schema.from_descriptor(dict(profile.schema)),
        dialect=Dialect.from_descriptor({"csv": {"delimiter": ";"}}),
    )

    assert any(row.values())
    assert resource.validate().flatten(["type", "fieldName", "cell"]) == []


@EVERY
def test_the_schema_alone_reads_numbers_as_the_newest_release_writes_them(profile_id: str) -> None:
    profile = load_profile(profile_id)
    groups = {field.descriptor.get("groupChar", "") for field in profile.fields if field.type == "number"}

    assert groups <= {profile.dialects[-1].group_char}


@pytest.mark.parametrize(
    ("file", "profile_id"),
    [
        ("pnrr/cut/PNRR_Map_Indicatori_Target.csv", "pnrr_map_indicatori"),
        ("pnrr/cut/PNRR_Subappaltatori_Gare_2025_CAL.csv", "pnrr_subappaltatori"),
        ("pnrr/cut/PNRR_Localizzazione-Dati_Validati_2023_CAL.csv", "pnrr_localizzazione"),
    ],
)
def test_plain_frictionless_judges_real_files(samples: Path, file: str, profile_id: str) -> None:
    """As ``frictionless validate FILE --schema PROFILE`` does, where the file has the canonical names."""
    schema = Schema.from_descriptor(json.loads((TABLES / f"{profile_id}.json").read_text(encoding="utf-8")))
    resource = TableResource(path=Path(file).name, basepath=str((samples / file).parent), schema=schema)

    assert resource.validate().flatten(["type", "fieldName", "cell"]) == []


@EVERY
def test_every_column_is_told_in_italian_and_english(profile_id: str) -> None:
    profile = load_profile(profile_id)

    assert profile.title["it"] and profile.title["en"] and profile.title["it"] != profile.title["en"]
    assert profile.description["it"] and profile.description["en"]
    for field in profile.fields:
        assert field.title["it"] and field.title["en"], field.name
        assert bool(field.description["it"]) == bool(field.description["en"]), field.name


@EVERY
def test_the_id_is_the_path_and_names_are_unique(profile_id: str) -> None:
    profile = load_profile(profile_id)
    names = [field.name for field in profile.fields]

    assert profile.id == profile_id
    assert len(set(names)) == len(names)


@EVERY
def test_releases_dialects_keys_and_persons_name_what_exists(profile_id: str) -> None:
    profile = load_profile(profile_id)
    names = {field.name for field in profile.fields}

    assert [dialect.release for dialect in profile.dialects] == list(profile.releases)
    assert {release for field in profile.fields for release in field.releases} == set(profile.releases)
    assert set(profile.key) <= names
    assert set(profile.primary_key) <= set(profile.key)
    for reference in profile.references:
        other = load_profile(reference.table)
        assert set(reference.reference_fields) <= {field.name for field in other.fields}
    for person in profile.persons:
        columns = (person.tax_code, person.name, person.legal_form, person.legal_form_description)
        assert {column for column in columns if column} <= names


@EVERY
def test_a_label_of_a_release_belongs_to_one_column_only(profile_id: str) -> None:
    profile = load_profile(profile_id)
    for release in profile.releases:
        labels = [
            field.labels[release].strip().casefold() for field in profile.fields if release in field.labels
        ]
        assert len(set(labels)) == len(labels)


@EVERY
def test_some_column_other_than_a_date_must_be_filled(profile_id: str) -> None:
    required = [field for field in load_profile(profile_id).fields if field.required]

    assert required
    assert all(field.type == "string" for field in required)


def test_money_has_a_comma_and_indicators_a_point() -> None:
    profile = load_profile("opencoesione/progetti_esteso")
    decimals = {
        field.name: field.descriptor["decimalChar"] for field in profile.fields if field.type == "number"
    }

    assert decimals["FINANZ_UE"] == decimals["OC_PAGAMENTI_COESIONE"] == ","
    for number in "1234":
        assert (
            decimals[f"PROGRAMMATO_INDICATORE_{number}"] == decimals[f"REALIZZATO_INDICATORE_{number}"] == "."
        )


def _labels(profile: TableProfile, release: str) -> list[str]:
    return [field.labels[release] for field in profile.fields if release in field.labels]


ITALIA = "italiadomani/"
# Every sample that has a table of ours: (file, table, release).
SAMPLES = [
    ("pnrr/raw/PNRR_Gare.csv", ITALIA + "pnrr_gare", "2022"),
    ("pnrr/cut/PNRR_Gare_Aggiudicatari-Dati_Validati_2023_CAL.csv", ITALIA + "pnrr_gare", "2023-validati"),
    ("pnrr/cut/PNRR_Aggiudicatari_Gare_2025_CAL.csv", ITALIA + "pnrr_aggiudicatari", "2025"),
    ("pnrr/cut/PNRR_Subappaltatori_Gare_2025_CAL.csv", ITALIA + "pnrr_subappaltatori", "2025"),
    ("pnrr/cut/PNRR_Indicatori_Target_2025_CAL.csv", ITALIA + "pnrr_indicatori_target", "2025"),
    ("pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv", ITALIA + "pnrr_pagamenti", "2025"),
    ("pnrr/cut/PNRR_Progetti_2022_CAL.csv", ITALIA + "pnrr_progetti", "2022"),
    ("pnrr/cut/PNRR_Progetti-Dati_Validati_2023_CAL.csv", ITALIA + "pnrr_progetti", "2023-validati"),
    ("pnrr/cut/PNRR_Localizzazione_2022_CAL.csv", ITALIA + "pnrr_localizzazione", "2022"),
    ("pnrr/cut/PNRR_Localizzazione-Universo_2023_CAL.csv", ITALIA + "pnrr_localizzazione", "2023-universo"),
    (
        "pnrr/cut/PNRR_Localizzazione-Dati_Validati_2023_CAL.csv",
        ITALIA + "pnrr_localizzazione",
        "2023-validati",
    ),
    ("pnrr/cut/PNRR_Soggetti-Dati_Validati_2023_CAL.csv", ITALIA + "pnrr_soggetti", "2023-validati"),
    ("pnrr/raw/PNRR_MeT_OA_programmazione_v03.csv", ITALIA + "pnrr_met_programmazione", "2023-v03"),
    ("pnrr/raw/MeT_Attuazione_2021-T4.csv", ITALIA + "pnrr_met_attuazione", "2021-T4"),
    ("pnrr/raw/OpenData_PNRR_QuadroFin_Programmazione_v02.csv", ITALIA + "pnrr_quadro_finanziario", "2023"),
    ("pnrr/raw/OpenData_PNRR_QuadroFin_Programmazione_v04.csv", ITALIA + "pnrr_quadro_finanziario", "2023"),
    ("pnrr/cut/PNRR_QuadroFinProgrammazione_2025.csv", ITALIA + "pnrr_quadro_finanziario", "2025"),
    ("pnrr/raw/TAG_sostegno_clima_digitale.csv", ITALIA + "pnrr_tag", "2022-v01"),
    ("pnrr/raw/TAG_sostegno_clima_digitale_v05.csv", ITALIA + "pnrr_tag", "2023-v05"),
    ("pnrr/cut/PNRR_TAG_Progetti_2022_CAL.csv", ITALIA + "pnrr_tag_progetti", "2022"),
    ("pnrr/raw/PNRR_Bandi_e_Avvisi.csv", ITALIA + "pnrr_bandi", "2023"),
    ("pnrr/quirks/PNRR_PRATT_empty_tail.csv", ITALIA + "pnrr_pratt", "2025"),
    ("pnrr/quirks/PNRR_Spesa_per_misura_unnamed_columns.csv", ITALIA + "pnrr_spesa_misura", "2025"),
    ("pnrr/cut/PNRR_Map_Indicatori_Target.csv", ITALIA + "pnrr_map_indicatori", "2025"),
    (
        "pnrr/raw/OpenData_PNRR_mappatura_indicatori_comuni_v2.csv",
        ITALIA + "pnrr_map_indicatori_comuni",
        "2023-v02",
    ),
    ("pnrr/cut/PNC_Progetti_CAL.csv", ITALIA + "pnc_progetti", "2024"),
    ("pnrr/cut/PNC_LocalizzazioneGeografica_CAL.csv", ITALIA + "pnc_localizzazione", "2024"),
    ("pnrr/quirks/PNC_Aggiudicatari_excel_limit_tail.csv", ITALIA + "pnc_aggiudicatari", "2024"),
    ("pnrr/raw/OpenData_PNC_Obiettivi.csv", ITALIA + "pnc_obiettivi", "2022"),
    ("pnrr/raw/OpenData_PNC_QuadroFinanziario.csv", ITALIA + "pnc_quadro_finanziario", "2022"),
    ("pnrr/raw/OpenData_PNC_DescrizioneProgrammi.csv", ITALIA + "pnc_programmi", "2022"),
    ("opencoesione/localizzazioni_CAL_spreadsheet_damaged.csv", "opencoesione/localizzazioni", "2021"),
    ("kohesio/IE_valid_example.csv", "kohesio/projects", "presentazione"),
]
UNMAPPED = {"pnrr/cut/PNRR_Progetti_2022_CAL.csv": {"FINANZIAMENTO _UE"}}
# Samples that are no table of ours, though they come from the same sources.
STRANGERS = (
    "pnrr/cut/PNRR_Soggetti_2022_CAL.csv",
    "pnrr/cut/OpenCUP_localizzazioni_PNRR_2022_CAL.csv",
    "pnrr/raw/AmmTitolari_interoperabilitaBDAPv3.csv",
    "kohesio/frictionless_2020_template.csv",
    "istat/elenco_comuni_clean_CAL_TOS.csv",
)


@pytest.mark.parametrize(("file", "profile_id", "release"), SAMPLES)
def test_labels_stand_as_in_the_real_files_and_tell_the_table(
    samples: Path, file: str, profile_id: str, release: str
) -> None:
    source = recognise(samples / file, Path(file).name)
    labels = [label for label in source.source.labels if label] if source.source else []

    assert source.profile is not None and source.profile.id == profile_id
    assert source.source is not None and source.source.header is not None
    assert source.source.header.release == release
    assert set(labels) - UNMAPPED.get(file, set()) == set(_labels(source.profile, release))


@pytest.mark.parametrize("file", STRANGERS)
def test_other_tables_are_not_taken_for_ours(samples: Path, file: str) -> None:
    assert recognise(samples / file, Path(file).name).profile is None


@pytest.mark.parametrize("table", ["pnrr_progetti", "pnrr_pagamenti", "pnrr_gare"])
def test_canonical_names_are_those_of_2026_in_order(samples: Path, table: str) -> None:
    with (samples / "meta" / "pnrr_columns_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        published = [
            (row["published_name"], row["type"])
            for row in csv.DictReader(file, delimiter=";")
            if row["table"] == table
        ]
    profile = load_profile(f"italiadomani/{table}")

    newest = [field for field in profile.fields if "2026" in field.labels]

    assert [(field.name, field.type) for field in newest] == published


def test_the_extended_record_has_the_199_columns_and_their_types(samples: Path) -> None:
    with (samples / "meta" / "opencoesione_progetti_esteso_columns.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        published = {row["column"]: row["guessed_type"] for row in csv.DictReader(file, delimiter=";")}
    profile = load_profile("opencoesione/progetti_esteso")
    types = {field.labels["2025"]: field.type for field in profile.fields if "2025" in field.labels}

    assert list(types) == list(published)
    wanted = {"text": "string", "integer": "integer", "date YYYYMMDD": "date"}
    assert types == {name: wanted.get(kind, "number") for name, kind in published.items()}
