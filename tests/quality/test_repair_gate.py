"""Repairs on their way through the gate: a new version, its public log, the untouched file for editors, the take-down."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from ckan import model
from ckan.plugins import toolkit as tk
from openpyxl import Workbook
from support.people import Person, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.quality.model import FileRepair

HEADER = "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;OC_TERRITORIO_PROG\r\n"
GOOD = "\ufeff" + HEADER + '"1CAL0001";"018";"CALABRIA";"R"\r\n'
DAMAGED = "\ufeff" + HEADER + "".join(f'"1CAL{n:04}";"18";"CALABRIA";"R"\r\n' for n in range(40))
PERSONAL = "Codice fiscale;Denominazione\r\nRSSMRA80A01H501U;Rossi Mario\r\n"


def act(person: Person, action: str, **data: Any) -> Any:
    context: Any = dict(person.context)
    return tk.get_action(action)(context, data)


def file(content: str, name: str = "localizzazioni.csv") -> FileStorage:
    return FileStorage(io.BytesIO(content.encode()), filename=name)


def saved(
    app: Any, officer: Person, organization: dict[str, Any], content: str, **values: Any
) -> dict[str, Any]:
    """Return a public-to-be dataset with one file, made by the officer."""
    with app.flask_app.test_request_context():
        dataset = act(officer, "package_create", **dataset_fields(organization["id"], private=False))
        facts = {"format": "CSV", "table_schema": "opencoesione/localizzazioni", "name": "Luoghi"} | values
        act(officer, "resource_create", package_id=dataset["id"], upload=file(content), **facts)
        return act(officer, "package_show", id=dataset["id"])


def shown(app: Any, officer: Person, dataset: dict[str, Any]) -> dict[str, Any]:
    with app.flask_app.test_request_context():
        return act(officer, "package_show", id=dataset["id"])


def address(dataset: dict[str, Any]) -> str:
    return f"/dataset/{dataset['name']}/quality/repair/{dataset['resources'][0]['id']}"


def apply(app: Any, officer: Person, dataset: dict[str, Any], *names: str) -> Any:
    page = app.get(address(dataset), headers=officer.headers).body
    sha256 = re.search(r'name="sha256" value="(\w+)"', page)
    assert sha256, "the page offers to apply what it shows"
    data = {"repair": list(names), "sha256": sha256.group(1)}
    return app.post(address(dataset), data=data, headers=officer.headers, follow_redirects=False)


def test_an_officer_mends_what_was_held_back_and_it_goes_public_with_its_log(
    app: Any, officer: Person, outsider: Person, organization: dict[str, Any]
) -> None:
    dataset = saved(app, officer, organization, DAMAGED)
    assert dataset["quality_status"] == "failed"
    page = app.get(address(dataset), headers=officer.headers).body
    assert "Prima" in page and "Dopo" in page
    assert "<del>18</del>" in page and "<ins>018</ins>" in page
    assert "Effettua queste 40 modifiche" in page

    answer = apply(app, officer, dataset, "zeros")

    assert answer.status_code == 302 and answer.headers["Location"].endswith("/quality")
    after = shown(app, officer, dataset)
    assert after["quality_status"] == "passed" and after["quality_live"]
    public = app.get(f"/dataset/{dataset['name']}").body
    log = re.search(r'href="[^"]*(/dataset/[^"]+/changes\.csv)"', public)
    assert log, "the dataset's page tells of the repair beside the version"
    lines = app.get(log.group(1)).body.splitlines()
    assert len(lines) == 41 and lines[1] == "2;;COD_REGIONE;zeros;18;018"
    untouched = log.group(1).replace("changes.csv", "untouched")
    app.get(untouched, status=404)
    app.get(untouched, headers=outsider.headers, status=404)
    assert app.get(untouched, headers=officer.headers).body == DAMAGED
    again = app.get(address(dataset), headers=officer.headers).body
    assert "Elenco delle modifiche" in again and 'name="sha256"' not in again


def test_what_is_live_stays_until_the_mended_file_has_passed(
    app: Any, officer: Person, organization: dict[str, Any]
) -> None:
    dataset = saved(app, officer, organization, GOOD)
    resource = dataset["resources"][0]["id"]
    with app.flask_app.test_request_context():
        act(officer, "resource_patch", id=resource, upload=file(DAMAGED + '"1CAL0099";"18";"";"Z"\r\n'))
    assert "Ciò che è pubblico resta com'è" in app.get(address(dataset), headers=officer.headers).body

    apply(app, officer, dataset, "zeros")

    live = shown(app, officer, dataset)
    assert live["quality_live"] and app.get(live["resources"][0]["url"]).body == GOOD, (
        "the mended file did not pass"
    )
    with app.flask_app.test_request_context():
        staged = act(officer, "opencohesion_quality_staged_show", id=dataset["id"])
        row = model.Session.query(FileRepair).one()
        assert staged["resources"][resource]["file"]["sha256"] == row.result_sha256
        log = f"/dataset/{dataset['id']}/resource/{resource}/repair/{row.id}/changes.csv"
    app.get(log, status=404)
    app.get(log, headers=officer.headers, status=200)


def test_only_editors_mend_and_only_the_file_that_they_saw(
    app: Any, officer: Person, outsider: Person, organization: dict[str, Any]
) -> None:
    dataset = saved(app, officer, organization, DAMAGED)
    for headers in ({}, outsider.headers):
        app.get(address(dataset), headers=headers, status=404)
        app.post(address(dataset), data={"repair": "zeros", "sha256": "0" * 64}, headers=headers, status=404)
    app.get(f"{address(dataset)}?repair=nonsense", headers=officer.headers, status=400)
    app.get(f"/dataset/{dataset['name']}/quality/repair/none", headers=officer.headers, status=404)
    with app.flask_app.test_request_context():
        facts = {"id": dataset["id"], "resource_id": dataset["resources"][0]["id"]}
        for name in ("preview", "apply"):
            with pytest.raises((tk.NotAuthorized, tk.ObjectNotFound)):
                act(
                    outsider,
                    f"opencohesion_quality_repair_{name}",
                    **facts,
                    repairs=["zeros"],
                    sha256="0" * 64,
                )
        with pytest.raises(tk.ValidationError) as caught:
            act(officer, "opencohesion_quality_repair_apply", **facts, repairs=["zeros"], sha256="0" * 64)
        assert "sha256" in caught.value.error_dict
        seen = act(officer, "opencohesion_quality_repair_preview", **facts, repairs=["dates"])
        with pytest.raises(tk.ValidationError) as caught:
            act(
                officer,
                "opencohesion_quality_repair_apply",
                **facts,
                repairs=["dates"],
                sha256=seen["sha256"],
            )
        assert "repairs" in caught.value.error_dict, "nothing to change makes no version"


def test_personal_values_are_shown_nowhere_and_a_take_down_removes_what_was_kept(
    app: Any, officer: Person, manager: Person, organization: dict[str, Any]
) -> None:
    dataset = saved(app, officer, organization, PERSONAL, table_schema="")
    page = app.get(address(dataset), headers=officer.headers).body
    assert "RSSMRA80A01H501U" not in page and "Rossi" not in page and "*INDIVIDUO*" in page
    apply(app, officer, dataset, "personal")
    assert shown(app, officer, dataset)["quality_status"] == "passed"
    with app.flask_app.test_request_context():
        row = model.Session.query(FileRepair).one()
        resource = dataset["resources"][0]["id"]
        log = f"/dataset/{dataset['id']}/resource/{resource}/repair/{row.id}/changes.csv"
        act(officer, "resource_patch", id=resource, upload=file("nome;valore\r\na;1\r\n"))
        reason = "Vi si trovavano dati di persone fisiche."
        act(
            manager,
            "opencohesion_quality_release_withdraw",
            id=dataset["id"],
            resource_id=resource,
            number=1,
            reason=reason,
        )
    app.get(log, status=404)
    app.get(log, headers=officer.headers, status=410)
    app.get(log.replace("changes.csv", "untouched"), headers=officer.headers, status=410)


def test_a_large_file_is_mended_in_the_background(
    app: Any, officer: Person, organization: dict[str, Any], run_jobs: Any, ckan_config: Any
) -> None:
    dataset = saved(app, officer, organization, DAMAGED)
    ckan_config["ckanext.opencohesion.quality.repair_at_once_bytes"] = 10
    try:
        answer = apply(app, officer, dataset, "zeros")
        assert answer.headers["Location"].endswith(address(dataset))
        waiting = app.get(address(dataset), headers=officer.headers).body
        assert "La correzione del file è in corso" in waiting and 'role="status"' in waiting
        assert app.get(f"{address(dataset)}/progress", headers=officer.headers).json["running"]
        run_jobs()
    finally:
        ckan_config["ckanext.opencohesion.quality.repair_at_once_bytes"] = 5242880
    assert not app.get(f"{address(dataset)}/progress", headers=officer.headers).json["running"]
    assert shown(app, officer, dataset)["quality_status"] == "passed"


def test_a_workbook_of_two_sheets_becomes_a_csv(
    app: Any, officer: Person, organization: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    for row in (HEADER.strip().split(";"), ["1CAL0001", 18, "CALABRIA", "R"]):
        page.append(row)
    book.create_sheet("Appunti").append(["RSSMRA80A01H501U"])
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    with app.flask_app.test_request_context():
        dataset = act(officer, "package_create", **dataset_fields(organization["id"], private=False))
        upload = FileStorage(content, filename="luoghi.xlsx")
        facts = {"format": "XLSX", "table_schema": "opencoesione/localizzazioni", "name": "Luoghi"}
        act(officer, "resource_create", package_id=dataset["id"], upload=upload, **facts)
        dataset = act(officer, "package_show", id=dataset["id"])

    with monkeypatch.context() as small:
        small.setattr("ckanext.opencohesion.quality.repair.target.MOST_WORKBOOK_BYTES", 10)
        refused = app.get(address(dataset), headers=officer.headers).body
        assert "salva il foglio come CSV" in refused and "un CSV con il solo foglio" not in refused
    assert "un CSV con il solo foglio" in app.get(address(dataset), headers=officer.headers).body
    apply(app, officer, dataset, "sheet", "zeros")

    after = shown(app, officer, dataset)
    assert (after["quality_status"], after["resources"][0]["format"]) == ("passed", "CSV")
    assert app.get(after["resources"][0]["url"]).body == GOOD.replace('"', "")
