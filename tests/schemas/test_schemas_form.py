"""The form as an officer's browser gets it, and as it sends it back."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from support.datasets import DATA_THEME, FREQUENCY, OF_TYPE, saved
from support.people import Person, act, make_organization, make_person


class Page(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def of(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [a for t, a in self.elements if t == tag and attributes.items() <= a.items()]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if attributes.get("id")]

    def value(self, name: str) -> str:
        return self.of("input", name=name)[0]["value"]


def form_page(app: Any, person: Person, address: str) -> Page:
    return Page(app.get(address, headers=person.headers, status=200).body)


@pytest.mark.parametrize("dataset_type", OF_TYPE)
def test_every_input_has_one_label_and_its_help(app: Any, officer: Person, dataset_type: str) -> None:
    page = form_page(app, officer, f"/{dataset_type}/new")
    assert len(page.ids) == len(set(page.ids))
    labelled = {label["for"] for label in page.of("label") if "for" in label}
    inputs = [
        attributes
        for tag in ("input", "select", "textarea")
        for attributes in page.of(tag)
        if attributes.get("id", "").startswith("field-") and attributes.get("type") != "hidden"
    ]
    assert len(inputs) > 40
    assert {attributes["id"] for attributes in inputs} <= labelled
    for _, attributes in page.elements:
        assert set(attributes.get("aria-describedby", "").split()) <= set(page.ids)


def test_the_form_runs_no_inline_script_and_asks_no_third_party(app: Any, officer: Person) -> None:
    html = app.get("/pnrr/new", headers=officer.headers).body
    form = html[
        html.index('<form id="dataset-edit"') : html.index("</form>", html.index('<form id="dataset-edit"'))
    ]
    page = Page(form)
    assert not [a for tag, a in page.elements if tag == "script" and "src" not in a]
    assert not [name for _, a in page.elements for name in a if name.startswith("on")]
    assert "javascript:" not in form
    assert not [a["src"] for _, a in page.elements if a.get("src", "").startswith(("http:", "https:", "//"))]


def test_advanced_fields_are_folded_and_mandatory_ones_are_not(app: Any, officer: Person) -> None:
    html = app.get("/pnrr/new", headers=officer.headers).body
    folded = html[html.index('<details class="oc-group oc-fold" id="oc-group-method"') :]
    assert 'id="field-legal_basis"' in folded
    for name in ("title", "notes", "frequency", "license_id"):
        assert f'id="field-{name}"' not in folded


def test_cc_by_4_is_chosen_already_and_provisional_data_is_not_offered(app: Any, officer: Person) -> None:
    page = form_page(app, officer, "/dataset/new")
    assert page.of("option", value="A21_CCBY40", selected="")
    themes = [box["value"] for box in page.of("input", name="theme")]
    assert len(themes) == 13
    assert f"{DATA_THEME}OP_DATPRO" not in themes
    assert not page.of("option", value=f"{FREQUENCY}UNKNOWN")


def test_the_form_knows_what_each_organization_declares(app: Any) -> None:
    owner = make_organization(default_contact_email="ufficio@example.org", default_territory=["18"])
    other = make_organization(identifier="arpa_ca")
    person = make_person(organization=owner["id"])
    page = form_page(app, person, "/dataset/new")
    module = page.of("div", **{"data-module": "opencohesion-defaults"})[0]
    declared = json.loads(module["data-module-declared"])
    assert set(declared) == {owner["id"]}
    assert other["id"] not in declared
    assert declared[owner["id"]]["contact-0-email"] == "ufficio@example.org"
    assert declared[owner["id"]]["territory"] == ["18"]


def form_data(page: Page, **changes: Any) -> dict[str, Any]:
    """What a browser would send of the text inputs of a page, with changes."""
    texts = {
        a["name"]: a.get("value", "")
        for a in page.of("input")
        if a.get("type") in ("text", "email", "url", "tel", "date", "hidden")
    }
    return {
        **{name: value for name, value in texts.items() if "__INDEX__" not in name},
        "save": "",
        **changes,
    }


def test_a_form_with_errors_comes_back_with_what_was_written_and_links_to_each_error(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    dataset = saved("cohesion", organization["id"])
    address = f"/cohesion/edit/{dataset['name']}"
    sent = form_data(
        form_page(app, officer, address),
        title="Progetti <b>FESR</b>",
        notes="",
        fund=[],
        theme=[f"{DATA_THEME}REGI"],
        territory=["18", "078045"],
        issued="2026-02-30",
        **{"contact-0-name": "Ufficio", "contact-0-email": "nobody", "creator-0-name": "Formez PA"},
    )
    html = app.post(address, data=sent, headers=officer.headers, status=200).body
    page = Page(html)
    targets = {
        link["href"].removeprefix("#") for link in page.of("a") if link.get("href", "").startswith("#field-")
    }
    wanted = {
        "field-notes",
        "field-fund",
        "field-contact-0-email",
        "field-creator-0-identifier",
        "field-issued",
    }
    assert wanted <= targets <= set(page.ids)
    assert page.value("title") == "Progetti <b>FESR</b>"
    assert "<b>FESR</b>" not in html
    assert page.value("contact-0-email") == "nobody"
    assert page.of("input", id="field-contact-0-email")[0]["aria-invalid"] == "true"
    assert page.of("input", name="theme", value=f"{DATA_THEME}REGI")[0].get("checked") == ""
    assert {"selected"} <= page.of("option", value="078045")[0].keys()
    assert "open" in page.of("details", id="oc-group-more")[0]


def test_what_the_edit_form_shows_and_sends_back_changes_nothing(
    app: Any, organization: dict[str, Any], officer: Person
) -> None:
    dataset = saved(
        "pnrr",
        organization["id"],
        contact=[{"name": "Uno", "email": "a@example.org"}, {"name": "Due", "email": "b@example.org"}],
        temporal_coverage=[{"start": "2021-01-01", "end": "2026-12-31"}],
        cup=["J64E21000520006", "B51B21000000001"],
        component=["M1C1"],
        issued="2024-01-31",
        tag_string="pnrr,calabria",
    )
    before = act("package_show", id=dataset["id"])
    page = form_page(app, officer, f"/pnrr/edit/{dataset['name']}")
    sent = form_data(page, owner_org=organization["id"], private="False")
    for name in ("frequency", "license_id", "access_rights"):
        sent[name] = dataset.get(name, "")
    for name in ("territory", "component", "measure", "theme"):
        sent[name] = dataset.get(name, [])
    for name in ("notes", "legal_basis", "methodology"):
        sent[name] = dataset[name]
    sent["cup"] = "\r\n".join(dataset["cup"])
    app.post(
        f"/pnrr/edit/{dataset['name']}",
        data=sent,
        headers=officer.headers,
        follow_redirects=False,
        status=302,
    )
    after = act("package_show", id=dataset["id"])
    for shown in (before, after):
        del shown["metadata_modified"]
    assert after == before


def test_the_form_of_a_file_and_of_an_organization_open(
    app: Any, manager: Person, organization: dict[str, Any]
) -> None:
    dataset = saved(
        "dataset", organization["id"], resources=[{"url": "https://dati.example.it/a.csv", "name": "A"}]
    )
    resource = dataset["resources"][0]["id"]
    page = form_page(app, manager, f"/dataset/{dataset['id']}/resource/{resource}/edit")
    assert page.value("name") == "A"
    assert page.of("option", value="CSV")
    page = form_page(app, manager, f"/organization/edit/{organization['name']}")
    assert page.value("identifier") == "regcal"
    assert "default_contact_email" in [a.get("name") for a in page.of("input")]


def test_the_dataset_page_tells_values_by_their_names(
    app: Any, organization: dict[str, Any], administrator: Person
) -> None:
    dataset = saved(
        "cohesion",
        organization["id"],
        territory=["078045"],
        temporal_coverage=[{"start": "2014-01-01"}],
        programme=[{"code": "2014IT16M2OP006"}],
    )
    html = app.get(f"/cohesion/{dataset['name']}", headers=administrator.headers).body
    for text in (
        "Cosenza",
        "Ciclo 2014-2020",
        "Fondo europeo di sviluppo regionale (FESR)",
        "POR Calabria FESR-FSE",
    ):
        assert text in html
    assert "CC BY 4.0" in html
    assert "Metodologia" in html
    assert "Codici CUP" not in html
