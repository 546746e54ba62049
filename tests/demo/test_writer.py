"""The sample files: always the same bytes, the publishers' columns, sound money, nobody's data."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.it import codicefiscale

from ckanext.opencohesion.vocabularies import vocabulary
from demo import italiadomani, opencoesione
from demo.codes import body_tax_code, fictitious_person_tax_code
from demo.facts import columns, table
from demo.places import municipalities, publisher_spelling
from demo.sample import SAMPLES, Material, sample_files, sample_plans
from demo.write import write

REGIONS = [term.code for term in vocabulary("istat-regions").terms]
PERSONAL_CODE = re.compile(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]")

# SHA-256 of all the files of Calabria, name and bytes. Renew it when the writer or a vocabulary changes on purpose.
CALABRIA = "71de705efb49b7c2bab8db12999f5b816d83004f783291094a30929ada2f21f5"

material = Material("18")


@cache
def made_for(region: str) -> Material:
    return Material(region)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def content_of(path: str) -> bytes:
    return material.content(next(sample for sample in SAMPLES if sample.path == path))


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ".") or "0")


def test_the_files_of_a_region_are_the_same_bytes_on_every_machine() -> None:
    digest = sha256()
    for sample, content in sample_files("18"):
        digest.update(sample.path.encode() + content)
    assert digest.hexdigest() == CALABRIA


def test_writing_twice_leaves_the_files_alone(tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in write("18", tmp_path)}
    assert {path: path.stat().st_mtime_ns for path in write("18", tmp_path)} == before


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_its_files_about_its_own_municipalities(region: str) -> None:
    names = {place.istat_code for place in municipalities(region)}
    for project in made_for(region).pnrr[:50] + made_for(region).cohesion[:50]:
        assert {place.istat_code for place in project.places} <= names
    assert len(list(sample_files(region))) == len(SAMPLES)


def test_a_code_that_is_no_region_is_refused_with_a_sentence() -> None:
    with pytest.raises(LookupError, match="non è il codice ISTAT di una regione"):
        list(sample_files("99"))


@pytest.mark.parametrize(
    ("schema", "release", "real", "encoding"),
    [
        (
            "italiadomani/pnrr_pagamenti",
            "2025",
            "pnrr/cut/PNRR_Pagamenti_di_Progetto_2025_CAL.csv",
            "utf-8-sig",
        ),
        (
            "italiadomani/pnrr_localizzazione",
            "2023",
            "pnrr/cut/PNRR_Localizzazione-Dati_Validati_2023_CAL.csv",
            "utf-8-sig",
        ),
        (
            "italiadomani/pnrr_soggetti",
            "2023",
            "pnrr/cut/PNRR_Soggetti-Dati_Validati_2023_CAL.csv",
            "utf-8-sig",
        ),
        (
            "opencoesione/localizzazioni",
            "2021",
            "opencoesione/localizzazioni_CAL_spreadsheet_damaged.csv",
            "utf-8",
        ),
    ],
)
def test_the_columns_are_those_of_the_real_file(
    schema: str, release: str, real: str, encoding: str, samples: Path
) -> None:
    with (samples / real).open(encoding=encoding, newline="") as lines:
        header = next(csv.reader(lines, delimiter=";"))
    assert [column.name for column in columns(schema, release)] == header


def test_the_tables_have_as_many_columns_as_the_publishers_have() -> None:
    assert len(columns("italiadomani/pnrr_progetti", "2026")) == 63
    assert len(columns("italiadomani/pnrr_pagamenti", "2026")) == 22
    assert len(columns("opencoesione/progetti_esteso", "2025")) == 199


def test_italia_domani_s_dialect() -> None:
    content = content_of("italiadomani/PNRR_Progetti.csv")
    assert content.startswith(b"\xef\xbb\xbfProgramma;Missione;")
    assert content.endswith(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert re.search(rb";\d+,\d\d;", content), "amounts have a decimal comma"
    assert not re.search(rb";\d+,00;", content), "whole amounts have no decimals"


def test_opencoesione_s_dialect() -> None:
    content = content_of("opencoesione/progetti_esteso.csv")
    line = content.decode("utf-8-sig").splitlines()[1]
    assert content.startswith(b'\xef\xbb\xbf"COD_LOCALE_PROGETTO";"CUP";')
    assert b"\r" not in content
    assert '" "' in line, "a blank text is one space"
    assert re.search(r";\d+,\d\d;", line) and re.search(r";\d+\.50;", line), (
        "money a comma, indicators a point"
    )
    assert re.search(r";20\d{6};", line), "days are YYYYMMDD"


@given(region=st.sampled_from(REGIONS), index=st.integers(0, 399))
@settings(max_examples=60, deadline=None)
def test_parts_add_up_and_nobody_is_paid_more_than_was_funded(region: str, index: int) -> None:
    project = made_for(region).pnrr[index]
    assert project.grant + project.own_share == project.funding
    assert project.own_share >= 0
    [row] = rows_of_sheet(italiadomani.progetti([project]))
    parts = [column.name for column in columns("italiadomani/pnrr_progetti", "2026")][32:46]
    assert sum(amount(row[name]) for name in parts) == amount(row["Finanziamento Totale"])
    for paid in rows_of_sheet(italiadomani.pagamenti([project])):
        assert amount(paid["Pagamento Totale"]) <= amount(paid["Finanziamento Totale"])
        assert amount(paid["Pagamento PNRR"]) <= amount(paid["Finanziamento PNRR"])
        sources = [name for name in paid if name.startswith("Pagamento") and name != "Pagamento Totale"]
        assert sum(amount(paid[name]) for name in sources) == amount(paid["Pagamento Totale"])


@given(region=st.sampled_from(REGIONS), index=st.integers(0, 399))
@settings(max_examples=60, deadline=None)
def test_cohesion_money_adds_up_and_places_run_in_parallel(region: str, index: int) -> None:
    project = made_for(region).cohesion[index]
    [row] = rows_of_sheet(opencoesione.progetti_esteso([project]))
    sources = ("FINANZ_UE", "FINANZ_STATO_FONDO_DI_ROTAZIONE", "FINANZ_STATO_FSC", "FINANZ_COMUNE")
    assert sum(amount(row[name]) for name in sources) == amount(row["FINANZ_TOTALE_PUBBLICO"])
    assert amount(row["TOT_PAGAMENTI"]) <= amount(row["FINANZ_TOTALE_PUBBLICO"])
    assert amount(row["OC_FINANZ_TOT_PUB_NETTO"]) <= amount(row["FINANZ_TOTALE_PUBBLICO"])
    for kind in ("PROVINCIA", "COMUNE"):
        assert len(row[f"COD_{kind}"].split(":::")) == len(row[f"DEN_{kind}"].split(":::"))
    assert all(re.fullmatch(r"\d{9}", code) for code in row["COD_COMUNE"].split(":::"))


def rows_of_sheet(sheet) -> list[dict[str, str]]:
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def test_the_tables_of_a_release_speak_of_the_same_projects() -> None:
    projects = {
        (row["CUP"], row["Codice Locale Progetto"])
        for row in rows_of(content_of("italiadomani/PNRR_Progetti.csv"))
    }
    assert len(projects) == 400
    for name in ("Localizzazione", "Soggetti", "Pagamenti_di_Progetto"):
        rows = rows_of(content_of(f"italiadomani/PNRR_{name}.csv"))
        assert {(row["CUP"], row["Codice Locale Progetto"]) for row in rows} <= projects
    located = {row["CUP"] for row in rows_of(content_of("italiadomani/PNRR_Localizzazione.csv"))}
    assert located == {cup for cup, _ in projects}
    codes = [row["COD_LOCALE_PROGETTO"] for row in rows_of(content_of("opencoesione/progetti_esteso.csv"))]
    assert len(codes) == len(set(codes)) and max(map(len, codes)) <= 65
    assert {
        row["COD_LOCALE_PROGETTO"] for row in rows_of(content_of("opencoesione/localizzazioni.csv"))
    } == set(codes)


def test_every_cup_has_the_right_shape_and_was_given_to_no_project() -> None:
    for project in material.pnrr + material.cohesion:
        assert re.fullmatch(r"Z\d{2}[A-Z]\d{11}", project.cup)
    assert len({project.cup for project in material.pnrr}) == len(material.pnrr)


@given(st.integers(1, 129000))
def test_the_tax_codes_of_bodies_pass_the_formal_check(number: int) -> None:
    assert codicefiscale.is_valid(body_tax_code(f"{number:06d}"))


def test_no_file_holds_a_personal_code_but_the_one_that_shows_it() -> None:
    assert codicefiscale.is_valid(fictitious_person_tax_code())
    with_codes = {
        sample.path
        for sample, content in sample_files("18")
        if PERSONAL_CODE.search(content.decode("latin-1"))
    }
    assert with_codes == {"difetti/codice_fiscale_nel_titolo.csv"}


def test_everything_says_that_it_is_a_demonstration() -> None:
    for plan in sample_plans("18"):
        assert "dati dimostrativi" in plan.title
        assert "Dati dimostrativi" in plan.notes
        assert "dati-dimostrativi" in plan.tags
    for project in material.pnrr + material.cohesion:
        assert project.title.endswith("(dati dimostrativi)")


def test_an_accent_at_the_end_becomes_an_apostrophe() -> None:
    assert publisher_spelling("Agliè") == "AGLIE'"
    assert publisher_spelling("Forlì del Sannio") == "FORLI' DEL SANNIO"
    assert publisher_spelling("Südtirol") == "SÜDTIROL"


def test_the_windows_1252_file_cannot_be_taken_for_utf_8() -> None:
    with pytest.raises(UnicodeDecodeError):
        content_of("difetti/windows_1252.csv").decode("utf-8")


def test_every_template_has_its_facts() -> None:
    measures = {row["codice_univoco_submisura"] for row in table("pnrr_measures")}
    classes = {row["code"] for row in table("cup_classes")}
    assert {row["submeasure"] for row in table("pnrr_templates")} == measures
    assert {
        row["cup_class"] for name in ("pnrr_templates", "cohesion_templates") for row in table(name)
    } == classes
