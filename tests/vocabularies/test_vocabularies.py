"""Every list is whole, known by where it comes from, and fits the lists it points to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ckanext.opencohesion.vocabularies as room
from ckanext.opencohesion.vocabularies import UnknownVocabularyError, vocabulary, vocabulary_names

FOLDER = Path(room.__file__).parent
SOURCES = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")


def described() -> dict[str, list[str]]:
    """The rows of the table of sources, by list."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in SOURCES.splitlines()
        if line.startswith("| ")
    ]
    return {row[0]: row for row in rows if row[0] != "list"}


def test_every_list_and_no_other_has_a_source_a_date_and_a_licence() -> None:
    assert sorted(described()) == list(vocabulary_names())
    for name, (_, _, source, state, licence, *_) in described().items():
        assert source and re.match(r"\d{4}", state) and licence.startswith("CC"), name


@pytest.mark.parametrize("name", vocabulary_names())
def test_the_table_of_sources_tells_the_number_of_rows(name: str) -> None:
    assert int(described()[name][1]) == len(vocabulary(name).terms)


@pytest.mark.parametrize("name", vocabulary_names())
def test_codes_are_unique_trimmed_and_filled(name: str) -> None:
    codes = [term.code for term in vocabulary(name).terms]
    assert len(codes) == len(set(codes)) == len(vocabulary(name).by_code)
    assert all(code and code == code.strip() for code in codes)


@pytest.mark.parametrize("name", vocabulary_names())
def test_uris_are_unique_http_addresses(name: str) -> None:
    uris = [term.uri for term in vocabulary(name).terms if term.uri]
    assert len(uris) == len(set(uris))
    assert all(re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", uri) for uri in uris)


@pytest.mark.parametrize("name", vocabulary_names())
def test_every_entry_has_a_label_without_stray_spaces(name: str) -> None:
    for term in vocabulary(name).terms:
        assert term.labels, term.code
        assert all(text == text.strip() and "\ufeff" not in text for text in term.labels.values()), term.code


@pytest.mark.parametrize(
    "name", ["data-theme", "frequency", "funds", "programming-cycles", "pnrr-missions", "access-right"]
)
def test_lists_shown_to_citizens_speak_both_languages(name: str) -> None:
    assert all({"it", "en"} <= term.labels.keys() for term in vocabulary(name).terms)


@pytest.mark.parametrize(
    ("name", "column", "target"),
    [
        ("istat-provinces", "region_code", "istat-regions"),
        ("istat-municipalities", "province_code", "istat-provinces"),
        ("istat-municipalities", "region_code", "istat-regions"),
        ("eurovoc-subthemes", "themes", "data-theme"),
        ("places", "istat_code", "istat-municipalities"),
        ("programmes", "cycle", "programming-cycles"),
        ("programmes", "funds", "funds"),
        ("programmes", "region_code", "istat-regions"),
        ("funds", "cycles", "programming-cycles"),
        ("pnrr-components", "mission", "pnrr-missions"),
        ("pnrr-measures", "component", "pnrr-components"),
        ("pnrr-submeasures", "measure", "pnrr-measures"),
    ],
)
def test_what_a_list_points_to_exists(name: str, column: str, target: str) -> None:
    for term in vocabulary(name).terms:
        assert all(code in vocabulary(target).by_code for code in term.listed(column)), term.code


def test_licences_name_european_licences_that_exist() -> None:
    european = vocabulary("licences-eu").by_code
    codes = [code for term in vocabulary("licences-it").terms if (code := term.fields["eu_licence_code"])]
    assert len(codes) > 30
    assert all(code in european for code in codes)


def test_the_licence_of_the_law_is_known_by_its_canonical_address() -> None:
    licence = vocabulary("licences-it").by_code["A21_CCBY40"]
    assert licence.fields["reference_uri"] == "https://creativecommons.org/licenses/by/4.0/"
    assert licence.fields["eu_licence_code"] == "CC_BY_4_0"


def test_every_subtheme_names_its_theme() -> None:
    assert all(term.listed("themes") for term in vocabulary("eurovoc-subthemes").terms)


def test_calabria_has_its_municipalities() -> None:
    calabria = [t for t in vocabulary("istat-municipalities").terms if t.fields["region_code"] == "18"]
    assert len(calabria) == 404
    assert vocabulary("istat-municipalities").label("078045") == "Cosenza"


def test_a_label_falls_back_to_italian_then_english_then_the_code() -> None:
    assert vocabulary("pnrr-components").label("M1C1", "en").startswith("M1C1 · Digitalizzazione")
    assert vocabulary("licences-eu").label("0BSD", "it").startswith("Zero-Clause")
    assert vocabulary("frequency").label("no-such-code") == "no-such-code"


def test_an_entry_is_found_by_code_and_by_uri() -> None:
    themes = vocabulary("data-theme")
    assert themes.find("AGRI") is themes.find(themes.by_code["AGRI"].uri) is not None
    assert themes.find("agri") is None


def test_choices_carry_the_value_asked_for() -> None:
    first = vocabulary("programming-cycles").choices("en")[0]
    assert first == {"value": "2000-2006", "label": "2000-2006 cycle"}
    assert vocabulary("data-theme").choices(value="uri")[0]["value"].endswith("/AGRI")


@pytest.mark.parametrize("name", ["nothing", "../schemas/presets", ""])
def test_an_unknown_list_is_refused(name: str) -> None:
    with pytest.raises(UnknownVocabularyError):
        vocabulary(name)
