"""The public dictionary of the tables, its files that never change, and the structures that offices write."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import ckan.plugins.toolkit as tk
import pytest
from bs4 import BeautifulSoup
from explore_files import make_file
from frictionless import Schema
from rdflib import DCTERMS, Graph
from support.people import Person, act, make_organization, make_person

from ckanext.opencohesion.tables.profiles import load_profile, profile_ids

TREES = {
    "fields": [
        {"name": "codice", "type": "string", "constraints": {"required": True, "pattern": "^[0-9]{3}$"}},
        {"name": "specie", "type": "string"},
        {"name": "altezza", "type": "number", "decimalChar": ","},
    ],
    "primaryKey": ["codice"],
}


def _page(app: Any, address: str, **options: Any) -> BeautifulSoup:
    return BeautifulSoup(app.get(address, status=200, **options).body, "html.parser")


def _save(person: Person, organization: dict[str, Any], schema: Any = TREES, **more: Any) -> dict[str, Any]:
    data = {"organization": organization["id"], "name": "alberi", "title": "Alberi", "schema": schema, **more}
    return tk.get_action("opencohesion_table_schema_save")(person.context, data)


def test_every_structure_has_its_page_its_schema_and_its_dictionary(app: Any) -> None:
    index = _page(app, "/schemas")
    listed = {code.text for code in index.select(".oc-structure-list code")}
    assert listed == set(profile_ids())

    gare = _page(app, "/en/schemas/italiadomani/pnrr_gare")
    text = gare.get_text(" ", strip=True)
    assert gare.h1 is not None and gare.h1.text == "PNRR: tenders of projects"
    assert "CIG is filled where Codice Motivo Assenza CIG is “000”." in text
    assert "Date, DD/MM/YYYY" in text
    rows = {row.th.text.strip(): row.get_text(" ", strip=True) for row in gare.select("tbody tr")}
    assert list(rows) == [field.name for field in load_profile("italiadomani/pnrr_gare").fields]
    assert "2022" in rows["CIG"] and "until 2023-validati" in rows["Codice ATECO Aggiudicatario"]

    answer = app.get("/schemas/italiadomani/pnrr_gare/1.0.0/pnrr_gare.json", status=200)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert Schema.from_descriptor(json.loads(answer.body)).field_names == list(rows)
    answer = app.get("/schemas/italiadomani/pnrr_gare/1.0.0/pnrr_gare.csv", status=200)
    assert [row["Colonna"] for row in csv.DictReader(io.StringIO(answer.body.lstrip("\ufeff")))] == list(rows)


def test_an_older_version_stays_at_its_address_and_says_that_it_is_older(app: Any) -> None:
    answer = app.get("/schemas/italiadomani/pnrr_progetti/1.0.0/pnrr_progetti.json", status=200)
    assert json.loads(answer.body)["version"] == "1.0.0"
    assert "immutable" in answer.headers["Cache-Control"]

    page = _page(app, "/en/schemas/italiadomani/pnrr_progetti/1.0.0")
    assert "There is a newer one" in page.get_text()
    assert page.select_one('.alert a[href$="/pnrr_progetti/1.1.0"]')


def test_what_is_no_structure_is_not_found(app: Any) -> None:
    for address in (
        "italiadomani/nothing",
        "italiadomani/pnrr_gare/9.9.9",
        "italiadomani/pnrr_gare/1.0.0/pnrr_progetti.json",
        "italiadomani/..%2Fpnrr_gare/1.0.0/pnrr_gare.json",
        "office/nobody/nothing",
        "office/nobody/nothing/1/nothing.json",
    ):
        app.get(f"/schemas/{address}", status=404)


def test_a_file_s_page_and_the_catalogue_lead_to_its_structure(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    saved = _save(officer, organization)
    page = _page(app, f"/en/schemas/office/{organization['name']}/alberi")
    assert page.h1 is not None and page.h1.text == "Alberi"
    assert organization["title"] in page.get_text()
    assert "No two rows with the same codice." in page.get_text()
    assert saved["id"] == f"office/{organization['name']}/alberi/1"

    trees = "codice;specie;altezza\n001;Pino;12,5\n"
    file = make_file(app, officer, organization, trees, table_schema=saved["id"])
    shown = _page(app, file["page"])
    assert {link["href"] for link in shown.select(f'a[href$="/schemas/{saved["id"]}"]')}
    graph = Graph().parse(data=app.get(f"/dataset/{file['dataset']}.ttl", status=200).body, format="turtle")
    standards = {str(node) for node in graph.objects(None, DCTERMS.conformsTo)}
    assert f"{tk.config['ckan.site_url']}/schemas/{saved['id']}" in standards


def test_versions_of_an_office_s_structure_never_change(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    first = _save(officer, organization)
    assert _save(officer, organization)["new"] is False
    address = f"/schemas/office/{organization['name']}/alberi"
    before = app.get(f"{address}/1/alberi.json", status=200).body

    changed = {**TREES, "fields": [*TREES["fields"], {"name": "comune", "type": "string"}]}
    second = _save(officer, organization, changed)

    assert (first["version"], second["version"]) == ("1", "2")
    assert app.get(f"{address}/1/alberi.json", status=200).body == before
    assert len(json.loads(app.get(f"{address}/2/alberi.json", status=200).body)["fields"]) == 4
    assert {one["id"] for one in act("opencohesion_table_schema_list")} >= {second["id"]}
    assert act("opencohesion_table_schema_show", id=first["id"])["version"] == "1"
    with pytest.raises(tk.ObjectNotFound):
        act("opencohesion_table_schema_show", id=f"office/{organization['name']}/alberi/3")


def test_only_the_office_s_officers_write_its_structures(
    app: Any, officer: Person, outsider: Person, organization: dict[str, Any]
) -> None:
    stranger = make_person(organization=make_organization()["id"])
    member = make_person(organization=organization["id"], role="member")
    for person in (outsider, stranger, member):
        with pytest.raises(tk.NotAuthorized):
            _save(person, organization)
    _save(officer, organization)
    address = f"/dashboard/schemas/{organization['name']}/alberi"
    for person in (outsider, stranger, member):
        assert app.post(address, data={"columns": "0"}, headers=person.headers).status_code == 403
    assert app.get("/dashboard/schemas/new").status_code in (302, 403)
    assert app.get("/dashboard/schemas/new", headers=outsider.headers).status_code == 403


HARMFUL = [
    ({"fields": [{"name": "a", "constraints": {"pattern": "(a+)+b", "required": True}}]}, "never ends"),
    ({"fields": "https://example.org/schema.json"}, "outside itself"),
    ({"$ref": "/etc/passwd", "fields": []}, "outside itself"),
    ("{" * 300_000, "larger than"),
]


def test_a_structure_that_could_do_harm_is_refused_with_a_sentence(
    officer: Person, organization: dict[str, Any]
) -> None:
    for schema, told in HARMFUL:
        with pytest.raises(tk.ValidationError) as caught:
            _save(officer, organization, schema)
        assert told in caught.value.error_dict["schema"][0]


def test_who_decides_on_personal_data_declares_it_and_nobody_else(
    officer: Person, administrator: Person, organization: dict[str, Any]
) -> None:
    declared = {
        **TREES,
        "personal": [{"field": "specie", "kind": "office-contact", "basis": "D.Lgs. 33/2013"}],
    }
    with pytest.raises(tk.ValidationError) as caught:
        _save(officer, organization, declared)
    assert "personal" in caught.value.error_dict["schema"][0]
    assert _save(administrator, organization, declared)["version"] == "1"
    longer = {**declared, "description": "Alberi del territorio"}
    assert _save(officer, organization, longer)["version"] == "2"
    code, species, height = TREES["fields"]
    another = {**longer, "fields": [code, {**species, "aliases": ["email_privata"]}, height]}
    with pytest.raises(tk.ValidationError):  # the declaration would answer for another column of the file
        _save(officer, organization, another)


def test_the_form_drafts_from_a_file_and_publishes_what_the_officer_confirms(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    data = "codice;nome;altezza;censito\n001;Pino;12,5;31/12/2024\n002;Abete;9;01/02/2023\n"
    sent = {"organization": organization["id"], "data": (io.BytesIO(data.encode()), "Alberi 2024.csv")}
    answer = app.post(
        "/en/dashboard/schemas/new", data=sent, headers=officer.headers, content_type="multipart/form-data"
    )
    page = BeautifulSoup(answer.body, "html.parser")
    kinds = {
        page.select_one(f"#oc-name-{number}")["value"]: page.select_one(
            f"#oc-kind-{number} option[selected]"
        )["value"]
        for number in range(4)
    }
    assert kinds == {"codice": "string", "nome": "string", "altezza": "number-comma", "censito": "date-dmy"}
    assert page.select_one("#oc-name")["value"] == "alberi_2024"

    form = {
        field["name"]: field.get("value", "")
        for field in page.select("form[method=post] input[name]")
        if field.get("type") != "checkbox"
    }
    form |= {f"kind-{number}": kind for number, kind in enumerate(kinds.values())}
    form |= {
        "organization": organization["id"],
        "title": "Alberi",
        "leave-1": "1",
        "required-0": "1",
        "pattern-0": "(x+)+",
    }
    refused = app.post("/en/dashboard/schemas/new", data=form, headers=officer.headers)
    assert refused.status_code == 400 and "never ends" in refused.body

    form["pattern-0"] = "^[0-9]{3}$"
    app.post(
        "/en/dashboard/schemas/new", data=form, headers=officer.headers, follow_redirects=False, status=302
    )
    schema = act("opencohesion_table_schema_show", id=f"office/{organization['name']}/alberi_2024/1")
    assert [(field["name"], field["type"]) for field in schema["fields"]] == [
        ("codice", "string"),
        ("altezza", "number"),
        ("censito", "date"),
    ]


def test_the_gate_judges_by_an_office_s_structure(
    app: Any, officer: Person, organization: dict[str, Any], tmp_path: Any
) -> None:
    from ckanext.opencohesion.quality.judging.check import check_file

    schema_id = _save(officer, organization)["id"]
    path = tmp_path / "alberi.csv"
    path.write_text("codice;specie;altezza\n001;Pino;12,5\n7;Abete;9\n", encoding="utf-8")
    found = check_file(path, filename=path.name, declared_format="CSV", table_schema=schema_id)

    assert found.basis == "whole_file" and found.verdict == "failed"
    assert [(cause["label"], cause["total"]) for cause in found.report["causes"]] == [("codice", 1)]
