"""What the form proposes from a file: only what the file and its known table tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.portal.publish import facts, known, merge, proposals, recognise
from ckanext.opencohesion.quality.versions import digest
from ckanext.opencohesion.tables.profiles import load_profile, profile_ids
from ckanext.opencohesion.vocabularies import vocabulary

HEADER = (
    "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;CAP_PROG"
)


def offered(path: Path) -> tuple[str, dict[str, proposals.Proposal]]:
    found = recognise.recognise(path, path.name)
    table = known.known_tables().get(found.profile.id) if found.profile else None
    told = (
        facts.collect(found.source, found.profile, table)
        if table and found.source and found.profile
        else None
    )
    return proposals.dataset_type(found), proposals.for_dataset(found, told, path.name, "it")


def written(folder: Path, *rows: str, header: str = HEADER, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(["\ufeff" + header, *rows, ""]), encoding="utf-8")
    return path


def test_what_is_said_of_known_tables_names_columns_and_codes_that_exist() -> None:
    assert set(known.known_tables()) <= set(profile_ids())
    for name, table in known.known_tables().items():
        fields = {field.name for field in load_profile(name).fields}
        assert {column for columns in table.columns.values() for column in columns} <= fields
        assert set(table.themes) <= set(vocabulary("data-theme").by_code)
        assert table.type in ("cohesion", "pnrr")


@pytest.mark.parametrize(
    ("rows", "territory"),
    [
        (["a;018;CALABRIA;078;COSENZA;045;COSENZA;87100"], ["078045"]),
        (["a;018;C;078;CS;045;X;", "b;018;C;078;CS;010;Y;"], ["078"]),
        (["a;018;C;078;CS;045;X;", "b;018;C;079;CZ;023;Y;"], ["18"]),
        (["a;018;C;078;CS;045;X;", "b;018;C;000;;000;;"], ["18"]),
        (["a;018;C;078;CS;045;X;", "b;009;T;048;FI;017;Y;"], None),
        (["a;018;C;078;CS;045;X;", "b;998;ESTERO;000;;000;;"], None),
        (["a;;;;;;;"], None),
    ],
)
def test_a_place_is_proposed_only_where_every_row_is_in_it(
    tmp_path: Path, rows: list[str], territory: list[str] | None
) -> None:
    dataset_type, found = offered(written(tmp_path, *rows))
    assert dataset_type == "cohesion"
    assert (found["territory"].value if "territory" in found else None) == territory


def test_of_an_unknown_file_only_its_name_is_known(tmp_path: Path) -> None:
    dataset_type, found = offered(written(tmp_path, "1;2", header="anno;valore", name="Spesa_2025-06.csv"))
    assert dataset_type == "dataset"
    assert {name: proposal.value for name, proposal in found.items()} == {"title": "Spesa 2025 06"}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty-file"), (b"<!doctype html><html><body>x", "is-html"), (b"a;b\n\0\0\0\0", None)],
)
def test_what_nobody_could_use_is_refused_with_a_code(
    tmp_path: Path, content: bytes, code: str | None
) -> None:
    path = tmp_path / "dati.csv"
    path.write_bytes(content)
    with pytest.raises((recognise.UnreadableTableError, recognise.NotOpenableError)) as caught:
        recognise.recognise(path, path.name)
    assert code is None or caught.value.code == code


def test_real_releases_are_recognised(samples: Path) -> None:
    files = {
        "pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv": ("pnrr", "ReGiS, estrazione del 31/03/2025"),
        "pnrr/cut/PNRR_Localizzazione-Universo_2023_CAL.csv": ("pnrr", "ReGiS, estrazione del 01/03/2023"),
        "opencoesione/localizzazioni_CAL_spreadsheet_damaged.csv": ("cohesion", None),
        "pnrr/raw/PNRR_Gare.csv": ("pnrr", None),
        "pnrr/raw/AmmTitolari_interoperabilitaBDAPv3.csv": ("dataset", None),
    }
    for name, (dataset_type, source) in files.items():
        found_type, found = offered(samples / name)
        assert found_type == dataset_type, name
        assert (found["regis_source"].value if "regis_source" in found else None) == source, name


# -- two officers --------------------------------------------------------------------------------------------------------

FIELDS = [{"field_name": name} for name in ("title", "notes")] + [
    {"field_name": "theme", "output_validators": "scheming_load_json"}
]
TEXT = st.sampled_from(["", "uno", "due", "tre"])
DATASETS = st.fixed_dictionaries({"title": TEXT, "notes": TEXT, "theme": st.lists(TEXT, max_size=2)})


@given(base=DATASETS, theirs=DATASETS, mine=DATASETS)
def test_nobody_s_change_is_lost(base: dict, theirs: dict, mine: dict) -> None:
    digests = {one["field_name"]: digest(merge.normal(one, base[one["field_name"]])) for one in FIELDS}
    merged = merge.merge(FIELDS, digests, theirs, mine, digest)
    for one in FIELDS:
        name = one["field_name"]
        was, their, own, result = (merge.normal(one, d[name]) for d in (base, theirs, mine, merged.values))
        if was != their != own != was:
            assert name in merged.conflicts
        assert result == (their if own == was else own)
        assert (name in merged.conflicts) == (was != their and own not in (was, their))
