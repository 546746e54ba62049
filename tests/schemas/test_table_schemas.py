"""Every Table Schema of the package is sound, told in two languages, and true to the real headers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from frictionless import Dialect, Schema
from frictionless.resources import TableResource

from ckanext.opencohesion.tables.profiles import TableProfile, load_profile, profile_ids

EVERY = pytest.mark.parametrize("profile_id", profile_ids())


def test_the_six_tables_of_the_road_are_there() -> None:
    assert set(profile_ids()) >= {
        "italiadomani/pnrr_progetti",
        "italiadomani/pnrr_localizzazione",
        "italiadomani/pnrr_soggetti",
        "italiadomani/pnrr_pagamenti",
        "opencoesione/localizzazioni",
        "opencoesione/progetti_esteso",
    }


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
    cells = {"string": "", "number": "", "integer": "", "date": ""}
    known = {"CUP": "B11C22000180006", "Codice Regione": "18", "COD_REGIONE": "018"}
    row = {
        field.name: known.get(field.name, "X" if field.required else cells[field.type])
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


def _real_header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file, delimiter=";"))


def _labels(profile: TableProfile, release: str) -> list[str]:
    return [field.labels[release] for field in profile.fields if release in field.labels]


@pytest.mark.parametrize(
    ("profile_id", "release", "file", "unmapped"),
    [
        ("italiadomani/pnrr_progetti", "2022", "PNRR_Progetti_2022_CAL", {"FINANZIAMENTO _UE"}),
        ("italiadomani/pnrr_progetti", "2023-validati", "PNRR_Progetti-Dati_Validati_2023_CAL", set()),
        ("italiadomani/pnrr_localizzazione", "2022", "PNRR_Localizzazione_2022_CAL", set()),
        ("italiadomani/pnrr_localizzazione", "2023-universo", "PNRR_Localizzazione-Universo_2023_CAL", set()),
        (
            "italiadomani/pnrr_localizzazione",
            "2023-validati",
            "PNRR_Localizzazione-Dati_Validati_2023_CAL",
            set(),
        ),
        ("italiadomani/pnrr_soggetti", "2023-validati", "PNRR_Soggetti-Dati_Validati_2023_CAL", set()),
        ("italiadomani/pnrr_pagamenti", "2025", "PNRR_Pagamenti_di_Progetto_2025_CAL", set()),
    ],
)
def test_labels_stand_as_in_the_real_files(
    samples: Path, profile_id: str, release: str, file: str, unmapped: set[str]
) -> None:
    real = _real_header(samples / "pnrr" / "cut" / f"{file}.csv")

    assert set(real) - unmapped == set(_labels(load_profile(profile_id), release))
    assert unmapped <= set(real)


@pytest.mark.parametrize("table", ["pnrr_progetti", "pnrr_pagamenti"])
def test_canonical_names_are_those_of_2026_in_order(samples: Path, table: str) -> None:
    with (samples / "meta" / "pnrr_columns_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        published = [
            (row["published_name"], row["type"])
            for row in csv.DictReader(file, delimiter=";")
            if row["table"] == table
        ]
    profile = load_profile(f"italiadomani/{table}")

    assert [(field.name, field.type) for field in profile.fields] == published


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
