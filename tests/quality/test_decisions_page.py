"""The page on which a person decides, as each of those who open it sees it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ckan.lib import search
from ckan.plugins import toolkit as tk
from ckan.tests import helpers
from support.people import Person, act, dataset_fields, make_organization, make_person
from werkzeug.datastructures import FileStorage


def call(person: Person, action: str, **data: Any) -> Any:
    context: Any = dict(person.context)
    return tk.get_action(action)(context, data)


REASON = "Sono gli indirizzi degli uffici, non di persone."
CONTACTS = b"ufficio,email\nUfficio dati,dati@example.it\n"


@pytest.fixture
def dataset(officer: Person, organization: dict[str, Any], app: Any) -> dict[str, Any]:
    """A dataset whose review is awaited."""
    made = call(officer, "package_create", **dataset_fields(organization["id"], private=False))
    values = {"format": "CSV", "name": "Uffici", "package_id": made["id"]}
    call(
        officer, "resource_create", **values, upload=FileStorage(io.BytesIO(CONTACTS), filename="uffici.csv")
    )
    return act("package_show", id=made["id"])


def test_the_decision_is_taken_on_a_page(
    dataset: dict[str, Any], officer: Person, manager: Person, outsider: Person, app: Any
) -> None:
    url = f"/dataset/{dataset['name']}/quality/review"
    file = f"/dataset/{dataset['name']}/quality/waiting/{dataset['resources'][0]['id']}/uffici.csv"
    for headers in ({}, outsider.headers):
        assert app.get(url, headers=headers, status=404).status_code == 404
        assert app.get(file, headers=headers, status=404).status_code == 404
    own = app.get(url, headers=officer.headers).body
    assert 'name="answer"' not in own, "who brought it reads, and has no button"
    page = app.get(url, headers=manager.headers).body
    assert "dati@example.it" not in page
    assert app.get(file, headers=manager.headers).data == CONTACTS

    run = call(manager, "opencohesion_quality_report_show", id=dataset["id"])["id"]
    finding = f"{dataset['resources'][0]['id']}/P6/2"
    form = {"kind": "review", "check": run, "answer": "yes", "findings": finding, "reason": "<b>corto</b>"}
    again = app.post(url, data=form, headers=manager.headers).body
    assert "&lt;b&gt;corto" in again
    assert "aria-invalid" in again
    form |= {"reason": REASON, "basis": "office-contact"}
    assert app.post(url, data=form, headers=officer.headers, status=403).status_code == 403
    assert app.get(f"/dataset/{dataset['name']}", status=404).status_code == 404
    app.post(url, data=form, headers=manager.headers)
    assert REASON in app.get(f"/dataset/{dataset['name']}/quality").body
    assert 'name="answer"' not in app.get(url, headers=manager.headers).body


def test_the_data_office_opens_the_page_and_the_file_of_what_was_never_public(
    dataset: dict[str, Any], app: Any
) -> None:
    body = make_organization(title="Ufficio dati della Regione")
    office = make_person(organization=body["id"], role="admin")
    url = f"/dataset/{dataset['name']}/quality/"
    with helpers.changed_config("ckanext.opencohesion.quality.data_office", body["name"]):
        search.rebuild(dataset["id"])
        assert 'name="answer"' in app.get(f"{url}review", headers=office.headers).body
        file = f"{url}waiting/{dataset['resources'][0]['id']}/uffici.csv"
        assert app.get(file, headers=office.headers).data == CONTACTS
