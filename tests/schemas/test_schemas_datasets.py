"""Datasets and organizations through CKAN's real actions: what is kept, what is filled in, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ckan.plugins import toolkit as tk
from support.datasets import DATA_THEME, FREQUENCY, OF_TYPE, errors_of, fields_of, saved
from support.people import act, make_organization

from ckanext.opencohesion.vocabularies import vocabulary

TYPES = pytest.mark.parametrize("dataset_type", OF_TYPE)

FILE = {
    "url": "https://dati.example.it/progetti.csv",
    "name": "Progetti",
    "description": "Ogni riga è un progetto.",
    "format": "CSV",
    "license": "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40",
    "status": "http://publications.europa.eu/resource/authority/distribution-status/COMPLETED",
    "availability": "http://publications.europa.eu/resource/authority/planned-availability/STABLE",
    "issued": "2025-06-01",
    "modified": "2025-06-13",
    "access_url": "https://dati.example.it/progetti",
    "documentation": ["https://dati.example.it/leggimi"],
    "conforms_to": ["https://www.rfc-editor.org/rfc/rfc4180"],
    "rights": "Citare la fonte.",
}
# A value for every field, as package_show gives it back.
COMMON: dict[str, Any] = {
    "subtheme": [next(t.uri for t in vocabulary("eurovoc-subthemes").terms if "GOVE" in t.listed("themes"))],
    "publisher": [
        {"name": "Regione Calabria", "identifier": "regcal", "url": "https://www.regione.calabria.it"}
    ],
    "creator": [{"name": "Formez PA", "identifier": "ifp_0"}],
    "contact": [{"name": "Ufficio dati", "email": "dati@example.org", "telephone": "+39 0961 123456"}],
    "temporal_coverage": [{"start": "2021-01-01", "end": "2026-12-31"}, {"start": "2027-01-01"}],
    "territory": ["18", "078", "078045"],
    "spatial_coverage": [{"text": "Sila", "geom": '{"type": "Point", "coordinates": [16.5, 39.3]}'}],
    "conforms_to": [
        {"identifier": "RFC 4180", "title": "CSV", "uri": "https://www.rfc-editor.org/rfc/rfc4180"}
    ],
    "language": ["http://publications.europa.eu/resource/authority/language/ITA"],
    "access_rights": "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
    "license_id": "A11_CCO10",
    "license_reason": "Dati prodotti da terzi con CC0.",
    "identifier": "regcal:D.1",
    "alternate_identifier": ["10.5281/zenodo.1"],
    "issued": "2024-01-31",
    "url": "https://www.regione.calabria.it/pnrr",
    "version": "2025-06",
    "version_notes": "Due colonne in più.",
    "is_version_of": ["https://dati.example.it/dataset/vecchio"],
    "legal_basis": "Reg. (UE) 2021/241, art. 34",
    "methodology": "Estratti da ReGiS.",
    "methodology_url": "https://dati.example.it/metodo",
    "provenance": "ReGiS",
    "documentation": ["https://dati.example.it/guida", "https://dati.example.it/guida-2"],
    "resources": [FILE],
}
FULL: dict[str, dict[str, Any]] = {
    "dataset": {},
    "cohesion": {
        "programming_cycle": ["2014-2020", "2021-2027"],
        "fund": ["FESR", "FSE+"],
        "programme": [
            {"code": "2014IT16M2OP006", "name": "POR Calabria FESR-FSE 2014-2020"},
            {"code": "X", "name": "Y"},
        ],
        "thematic_objective": ["01", "11"],
        "policy_objective": ["1", "JTF"],
        "cup": ["J64E21000520006"],
    },
    "series": {},
    "pnrr": {
        "mission": ["M1", "M7"],
        "component": ["M1C1"],
        "measure": ["M1C1I1.03"],
        "submeasure": ["M1C1I1.03.01"],
        "milestone_target": ["M1C1-1", "M1C1-00-ITA-2"],
        "regis_source": "Italia Domani, rilascio del 13 giugno 2025",
        "cup": ["J64E21000520006", "B51B21000000001"],
    },
}


@TYPES
def test_every_field_comes_back_as_it_was_given(organization: dict[str, Any], dataset_type: str) -> None:
    given = fields_of(dataset_type, organization["id"], **COMMON, **FULL[dataset_type])
    shown = act("package_show", id=act("package_create", **given)["id"])
    resources = given.pop("resources")
    del given["tag_string"]
    assert {name: shown[name] for name in given} == given
    assert {name: shown["resources"][0][name] for name in resources[0]} == resources[0]


@TYPES
def test_what_is_shown_can_be_saved_again_and_stays_the_same(
    organization: dict[str, Any], dataset_type: str
) -> None:
    dataset = saved(dataset_type, organization["id"], **COMMON, **FULL[dataset_type])
    before = act("package_show", id=dataset["id"])
    act("package_update", **before)
    after = act("package_show", id=dataset["id"])
    for changing in ("metadata_modified",):
        del before[changing], after[changing]
    assert after == before


@TYPES
def test_a_mandatory_field_that_nobody_declares_is_asked_for(clean_db: None, dataset_type: str) -> None:
    owner = make_organization(email="")["id"]
    whole = fields_of(dataset_type, owner, identifier="regcal:x")
    simple = ("title", "notes", "name", "theme", "frequency", "license_id")
    asked = {field: errors_of({k: v for k, v in whole.items() if k != field}) for field in simple}
    assert {field: list(errors) for field, errors in asked.items()} == {field: [field] for field in simple}
    assert all(isinstance(errors[field][0], str) for field, errors in asked.items())
    assert "owner_org" in errors_of({**whole, "owner_org": ""})
    contact: Any = errors_of({**whole, "contact": []})
    assert list(contact) == ["contact"]
    assert set(contact["contact"][0]) == {"name", "email"}


def test_the_rights_holder_is_asked_for_where_the_organization_has_no_code(clean_db: None) -> None:
    fields = fields_of(
        "dataset", _organization_without_identifier(), identifier="regcal:x", rights_holder=None
    )
    errors: Any = errors_of(fields)
    assert list(errors) == ["rights_holder"]
    assert set(errors["rights_holder"][0]) == {"name", "identifier"}
    assert "identifier" in errors_of({**fields, "identifier": ""})


@pytest.mark.parametrize("field", ["programming_cycle", "fund"])
def test_a_cohesion_dataset_says_its_cycle_and_fund(organization: dict[str, Any], field: str) -> None:
    assert set(errors_of(fields_of("cohesion", organization["id"], **{field: None}))) == {field}


@pytest.mark.parametrize("empty", [None, [], [{}], [{"name": "", "identifier": ""}]])
def test_what_the_organization_declares_fills_what_is_empty(clean_db: None, empty: Any) -> None:
    owner = make_organization(
        title="Regione Calabria",
        identifier="regcal",
        default_rights_holder_name="Presidenza",
        default_rights_holder_identifier="pcm",
        default_contact_name="Settore open data",
        default_contact_email="opendata@example.org",
        default_contact_telephone="0961 123456",
        default_license_id="A11_CCO10",
        default_territory=["18"],
    )
    blank = {"rights_holder": empty, "contact": empty and [{"email": ""}], "publisher": empty}
    dataset = saved(
        "dataset", owner["id"], **blank, territory=None, license_id="", license_reason="Scelta dell'ente."
    )
    assert dataset["rights_holder"] == [{"name": "Presidenza", "identifier": "pcm"}]
    assert dataset["contact"] == [
        {"name": "Settore open data", "email": "opendata@example.org", "telephone": "0961 123456"}
    ]
    assert dataset["publisher"] == [{"name": "Regione Calabria", "identifier": "regcal"}]
    assert (dataset["license_id"], dataset["territory"]) == ("A11_CCO10", ["18"])


def test_what_a_dataset_says_itself_is_not_replaced(clean_db: None) -> None:
    owner = make_organization(default_contact_email="altro@example.org", default_territory=["09"])
    dataset = saved("dataset", owner["id"], territory=["18"])
    assert dataset["territory"] == ["18"]
    assert dataset["contact"] == [{"name": "Ufficio dati", "email": "dati@example.org"}]


def test_half_a_contact_is_not_completed_from_another_one(organization: dict[str, Any]) -> None:
    errors: Any = errors_of(fields_of("dataset", organization["id"], contact=[{"name": "Ufficio"}]))
    assert list(errors["contact"][0]) == ["email"]


def test_the_identifier_is_made_once_from_the_code_of_the_body_and_the_name(
    organization: dict[str, Any],
) -> None:
    dataset = saved("dataset", organization["id"], name="progetti-pnrr")
    assert dataset["identifier"] == "regcal:progetti-pnrr"
    renamed = act("package_patch", id=dataset["id"], name="progetti")
    assert renamed["identifier"] == "regcal:progetti-pnrr"
    assert (
        saved("dataset", organization["id"], name="progetti-pnrr")["identifier"] == "regcal:progetti-pnrr-2"
    )


def test_two_datasets_can_not_have_the_same_identifier(organization: dict[str, Any]) -> None:
    first = saved("dataset", organization["id"], identifier="regcal:D.1")
    assert "identifier" in errors_of(fields_of("pnrr", organization["id"], identifier="REGCAL:d.1"))
    act("package_delete", id=first["id"])
    assert saved("pnrr", organization["id"], identifier="REGCAL:d.1")["identifier"] == "REGCAL:d.1"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"theme": [f"{DATA_THEME}OP_DATPRO"]}, "theme"),
    ({"theme": ["https://example.org/theme"]}, "theme"),
    ({"theme": {"a": 1}}, "theme"),
    ({"frequency": "sometimes"}, "frequency"),
    ({"frequency": ["a", "b"]}, "frequency"),
    ({"language": ["Italian"]}, "language"),
    ({"access_rights": "open"}, "access_rights"),
    ({"license_id": "cc-by", "license_reason": "x"}, "license_id"),
    ({"license_id": "B11_CCBYNC40", "license_reason": "x"}, "license_id"),
    ({"license_id": "A11_CCO10"}, "license_reason"),
    ({"territory": ["18", "999"]}, "territory"),
    ({"cup": "J64E2100052000"}, "cup"),
    ({"issued": "31/12/2025"}, "issued"),
    ({"modified": 20250101}, "modified"),
    ({"identifier": "with space"}, "identifier"),
    ({"methodology_url": "javascript:alert(1)"}, "methodology_url"),
    ({"url": "ftp://example.org"}, "url"),
    ({"contact": [{"name": "a", "email": "not an address"}]}, "contact"),
    ({"rights_holder": [{"name": "a", "identifier": "RSSMRA85T10A562S"}]}, "rights_holder"),
    ({"temporal_coverage": [{"start": "2025-02-01", "end": "2025-01-01"}]}, "temporal_coverage"),
    ({"resources": [{"url": "https://a.it/x", "format": "a table"}]}, "resources"),
    ({"resources": [{"url": "https://a.it/x", "license": "free"}]}, "resources"),
    ({"resources": [{"url": "https://a.it/x", "table_schema": "Not An Id"}]}, "resources"),
]


def test_a_wrong_value_is_refused_at_its_field(organization: dict[str, Any]) -> None:
    refused = [set(errors_of(fields_of("cohesion", organization["id"], **fields))) for fields, _ in WRONG]
    assert refused == [{where} for _, where in WRONG]


def test_codes_are_taken_for_their_uris(organization: dict[str, Any]) -> None:
    dataset = saved("dataset", organization["id"], theme=["GOVE"], frequency="ANNUAL", language="ITA")
    assert dataset["theme"] == [f"{DATA_THEME}GOVE"]
    assert dataset["frequency"] == f"{FREQUENCY}ANNUAL"
    assert dataset["language"] == ["http://publications.europa.eu/resource/authority/language/ITA"]


def test_values_are_kept_in_their_usual_form(organization: dict[str, Any]) -> None:
    dataset = saved(
        "pnrr",
        organization["id"],
        cup="j64e21000520006\n\nB51B21000000001",
        rights_holder=[{"name": "Regione Calabria", "identifier": "RegCal"}],
        creator=[{"name": ""}, {"name": "Formez PA", "identifier": "ifp_0"}],
        programme=None,
        resources=[
            {"url": "https://a.it/a.xlsx"},
            {"url": "https://a.it/b", "format": "csv"},
            {"url": "https://a.it/c"},
        ],
    )
    assert dataset["cup"] == ["J64E21000520006", "B51B21000000001"]
    assert dataset["rights_holder"][0]["identifier"] == "regcal"
    assert dataset["creator"] == [{"name": "Formez PA", "identifier": "ifp_0"}]
    assert [resource["format"] for resource in dataset["resources"]] == ["XLSX", "CSV", ""]


def test_a_known_programme_is_named(organization: dict[str, Any]) -> None:
    dataset = saved("cohesion", organization["id"], programme=[{"code": "2014IT16M2OP006"}])
    assert dataset["programme"][0]["name"] == "POR Calabria FESR-FSE 2014-2020"


def test_the_licence_is_shown_by_its_name_and_address(organization: dict[str, Any]) -> None:
    dataset = saved("dataset", organization["id"])
    assert "CC BY 4.0" in dataset["license_title"]
    assert dataset["license_url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert dataset["isopen"] is True


def test_a_field_can_be_emptied(organization: dict[str, Any]) -> None:
    dataset = saved("cohesion", organization["id"], **FULL["cohesion"], legal_basis="x")
    changed = act(
        "package_patch", id=dataset["id"], programme=[], cup=[], legal_basis="", thematic_objective=""
    )
    for name in ("programme", "cup", "legal_basis", "thematic_objective"):
        assert not changed.get(name), name


WRONG_ORGANIZATION: list[tuple[dict[str, Any], str]] = [
    ({"identifier": ""}, "identifier"),
    ({"identifier": "RSSMRA85T10A562S"}, "identifier"),
    ({"default_license_id": "B11_CCBYNC40"}, "default_license_id"),
    ({"default_territory": ["XX"]}, "default_territory"),
    ({"default_contact_email": "nobody"}, "default_contact_email"),
    ({"region": "99"}, "region"),
    ({"site": "www"}, "site"),
]


def test_a_wrong_organization_is_refused_at_its_field(clean_db: None) -> None:
    for fields, where in WRONG_ORGANIZATION:
        with pytest.raises(tk.ValidationError) as caught:
            make_organization(**fields)
        assert set(caught.value.error_dict) == {where}


def test_an_organization_comes_back_as_it_was_given_and_can_be_saved_again(clean_db: None) -> None:
    given = {
        "identifier": "RegCal",
        "default_territory": ["18", "078045"],
        "default_license_id": "A21_CCBY40",
        "uri": "",
    }
    made = make_organization(**given)
    before = act("organization_show", id=made["id"])
    assert (before["identifier"], before["default_territory"]) == ("regcal", ["18", "078045"])
    act("organization_update", **before)
    after = act("organization_show", id=made["id"])
    assert after == before


def test_a_repeated_field_of_the_wrong_shape_is_refused_not_a_crash(
    organization: dict[str, Any], app: Any, administrator: Any
) -> None:
    for value in ("text", {"name": "a"}, ["text"], 7, [[]]):
        fields = fields_of("dataset", organization["id"], rights_holder=value)
        answer = app.post("/api/3/action/package_create", json=fields, headers=administrator.headers)
        assert answer.status_code in (400, 409), value


def _organization_without_identifier() -> str:
    """An organization of before this extension: its code was never asked for."""
    from ckan import model

    group = model.Group(name="ente-vecchio", title="Ente", type="organization", is_organization=True)
    model.Session.add(group)
    model.Session.commit()
    return group.id
