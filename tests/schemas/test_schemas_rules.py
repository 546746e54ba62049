"""What a single value must look like, and what the fields of a dataset must be together. Plain: no CKAN."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ckanext.opencohesion.dcatapit import consistency, defaults, rules
from ckanext.opencohesion.dcatapit.rules import BadValueError
from ckanext.opencohesion.vocabularies import vocabulary

THEME = vocabulary("data-theme").by_code
SUBTHEME = vocabulary("eurovoc-subthemes").terms[0]

CLEANERS = [
    rules.clean_cup,
    rules.clean_agent_identifier,
    rules.clean_email,
    rules.clean_telephone,
    rules.clean_url,
    rules.clean_date,
    rules.clean_milestone,
    rules.clean_geojson,
    rules.clean_identifier,
    rules.clean_file_type,
    rules.clean_territory,
]


@pytest.mark.parametrize("clean", CLEANERS)
@given(text=st.text())
def test_any_text_is_either_kept_or_refused_with_a_sentence_and_what_is_kept_stays(
    clean: Any, text: str
) -> None:
    try:
        kept = clean(text)
    except BadValueError as error:
        assert str(error).endswith(".") or ", or leave it empty" in str(error)
    else:
        assert clean(kept) == kept


@pytest.mark.parametrize(
    ("clean", "given_value", "kept"),
    [
        (rules.clean_cup, " j64e21000520006 ", "J64E21000520006"),
        (rules.clean_agent_identifier, "RegCal", "regcal"),
        (rules.clean_agent_identifier, "02205340793", "02205340793"),
        (rules.clean_email, "mailto:dati@regione.example.it", "dati@regione.example.it"),
        (rules.clean_telephone, "+39 0961 123456", "+39 0961 123456"),
        (
            rules.clean_url,
            " https://dati.example.it/opendata?a=1#b ",
            "https://dati.example.it/opendata?a=1#b",
        ),
        (rules.clean_date, "2025-06-04T10:11:12Z", "2025-06-04"),
        (rules.clean_date, "2024-02-29", "2024-02-29"),
        (rules.clean_milestone, "m1c1-00-ita-2", "M1C1-00-ITA-2"),
        (rules.clean_milestone, "M4C1-6BIS", "M4C1-6BIS"),
        (rules.clean_file_type, "csv", "CSV"),
        (rules.clean_file_type, ".xlsx", "XLSX"),
        (rules.clean_file_type, "text/csv", "CSV"),
        (rules.clean_file_type, "GeoJSON", "GEOJSON"),
        (rules.clean_file_type, "ttl", "RDF_TURTLE"),
        (rules.clean_territory, "18", "18"),
        (rules.clean_territory, "078045", "078045"),
    ],
)
def test_a_right_value_is_kept_in_its_usual_form(clean: Any, given_value: str, kept: str) -> None:
    assert clean(given_value) == kept


@pytest.mark.parametrize(
    ("clean", "value"),
    [
        (rules.clean_cup, "J64E2100052000"),
        (rules.clean_cup, "1234E21000520006"),
        (rules.clean_agent_identifier, "RSSMRA85T10A562S"),
        (rules.clean_agent_identifier, "RSSMRAU5T1LA5S2S"),
        (rules.clean_agent_identifier, "Regione Calabria"),
        (rules.clean_email, "a@b"),
        (rules.clean_email, "a@b.it; c@d.it"),
        (rules.clean_url, "javascript:alert(1)"),
        (rules.clean_url, "www.example.it"),
        (rules.clean_url, "https://a.it/with space"),
        (rules.clean_url, "https://a.it/<b>"),
        (rules.clean_url, "https://[::1"),
        (rules.clean_url, "https://a.it:port/"),
        (rules.clean_date, "31/12/2025"),
        (rules.clean_date, "2025-02-30"),
        (rules.clean_date, "2025"),
        (rules.clean_identifier, "http://a.it/1"),
        (rules.clean_identifier, "with space"),
        (rules.clean_file_type, "a table"),
        (rules.clean_territory, "99"),
        (rules.clean_territory, "78045"),
        (rules.clean_geojson, "[1, 2]"),
        (rules.clean_milestone, "M1"),
    ],
)
def test_a_wrong_value_is_refused(clean: Any, value: str) -> None:
    with pytest.raises(BadValueError):
        clean(value)


def test_a_persons_tax_code_is_not_repeated_in_the_message() -> None:
    with pytest.raises(BadValueError) as caught:
        rules.clean_agent_identifier("RSSMRA85T10A562S")
    assert "RSSMRA" not in str(caught.value)


def test_the_extension_tells_the_format_where_it_is_known() -> None:
    assert rules.file_type_of("https://a.it/b/progetti.CSV?x=1") == "CSV"
    assert rules.file_type_of("progetti.xlsx") == "XLSX"
    assert rules.file_type_of("https://a.it/progetti") is None
    assert rules.file_type_of("https://a.it/v1.2") is None


def test_a_licence_is_found_by_code_uri_and_its_own_address() -> None:
    for value in (
        "A21_CCBY40",
        "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40",
        "https://creativecommons.org/licenses/by/4.0/",
    ):
        assert rules.clean_licence(value, kept="code") == "A21_CCBY40"


@pytest.mark.parametrize("value", ["B11_CCBYNC40", "C1_Unknown", "A2_Attribution", "cc-by"])
def test_closed_unknown_and_class_licences_are_refused(value: str) -> None:
    with pytest.raises(BadValueError):
        rules.clean_licence(value, kept="code")


def test_lines_are_trimmed_and_not_repeated() -> None:
    assert rules.split_lines(" a \n\nb\na\r\n") == ["a", "b"]
    assert rules.split_lines(["a", " a", ""]) == ["a"]
    for wrong in (7, {"a": 1}, ["a", 1], None):
        with pytest.raises(BadValueError):
            rules.split_lines(wrong)


WHOLE: dict[str, Any] = {
    "theme": [THEME["AGRI"].uri],
    "rights_holder": [{"name": "Regione Calabria", "identifier": "regcal"}],
    "contact": [{"name": "Ufficio", "email": "a@b.it"}],
    "license_id": "A21_CCBY40",
}


def paths(**fields: Any) -> list[tuple[Any, ...]]:
    return [finding.path for finding in consistency.findings({**WHOLE, **fields})]


def test_a_whole_dataset_has_no_findings() -> None:
    assert paths() == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"rights_holder": []}, ("rights_holder", 0, "name")),
        ({"rights_holder": [{"name": "A"}]}, ("rights_holder", 0, "identifier")),
        ({"rights_holder": [*WHOLE["rights_holder"], *WHOLE["rights_holder"]]}, ("rights_holder", 1, "name")),
        ({"contact": None}, ("contact", 0, "email")),
        ({"publisher": [{"identifier": "regcal"}]}, ("publisher", 0, "name")),
        ({"creator": [{"name": "A"}]}, ("creator", 0, "identifier")),
        ({"license_id": "A11_CCO10"}, ("license_reason",)),
        (
            {"temporal_coverage": [{"start": "2025-01-02", "end": "2025-01-01"}]},
            ("temporal_coverage", 0, "end"),
        ),
        ({"temporal_coverage": [{"end": "2025-01-01"}]}, ("temporal_coverage", 0, "start")),
        ({"theme": [THEME["TRAN"].uri], "subtheme": [SUBTHEME.uri]}, ("subtheme",)),
        ({"programme": [{"name": "A"}]}, ("programme", 0, "code")),
        ({"programme": [{"code": "X"}]}, ("programme", 0, "name")),
        ({"conforms_to": [{"title": "A"}]}, ("conforms_to", 0, "identifier")),
        ({"mission": ["M2"], "component": ["M1C1"]}, ("component",)),
        ({"component": ["M1C2"], "measure": ["M1C1I1.01"]}, ("measure",)),
        ({"measure": ["M1C1I1.01"], "submeasure": ["M1C1I1.03.01"]}, ("submeasure",)),
    ],
)
def test_what_is_missing_or_contradicts_itself_is_found_where_it_is(
    fields: dict[str, Any], path: tuple[Any, ...]
) -> None:
    assert path in paths(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"license_id": "A11_CCO10", "license_reason": "Contiene parti in CC0."},
        {"temporal_coverage": [{"start": "2025-01-01", "end": "2025-01-01"}, {"start": "2025-01-01"}]},
        {"subtheme": [SUBTHEME.uri]},
        {"component": ["M1C1"], "measure": ["M1C1I1.01"]},
        {"measure": ["M1C1I1.03"], "submeasure": ["M1C1I1.03.01"]},
    ],
)
def test_what_fits_together_is_left_alone(fields: dict[str, Any]) -> None:
    assert paths(**fields) == []


def test_an_organization_that_names_no_other_holds_the_rights_itself() -> None:
    declared = defaults.declared(
        {"title": "Regione Calabria", "identifier": "regcal", "email": "dati@rc.example.it"}
    )
    assert declared["rights_holder"] == [{"name": "Regione Calabria", "identifier": "regcal"}]
    assert declared["contact"] == [{"name": "Regione Calabria", "email": "dati@rc.example.it"}]
    assert "license_id" not in declared
    assert "territory" not in declared


def test_nothing_is_declared_where_the_organization_says_nothing() -> None:
    assert defaults.declared({"title": "Ente"}) == {}


@given(name=st.from_regex(r"[a-z0-9_-]{2,40}", fullmatch=True), taken=st.integers(0, 4))
def test_a_new_identifier_is_right_and_not_taken(name: str, taken: int) -> None:
    used: set[str] = set()
    for _ in range(taken):
        used.add(defaults.new_identifier("RegCal", name, used))
    identifier = defaults.new_identifier("RegCal", name, used)
    assert identifier not in used
    assert rules.clean_identifier(identifier) == identifier
    assert identifier.startswith(f"regcal:{name}")
