"""The officer's page of a report, its list, its buttons, and who gets to see them."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from support.people import Person, dataset_fields
from werkzeug.datastructures import FileStorage

HEADER = "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;OC_TERRITORIO_PROG\n"
BROKEN = "\ufeff" + HEADER + "".join(f'"1CAL{n:04}";"18";"=CALABRIA";"X"\n' for n in range(300))
GOOD = "\ufeff" + HEADER + '"1CAL0001";"018";"CALABRIA";"R"\n'


def saved(app: Any, officer: Person, organization: dict[str, Any], content: str) -> dict[str, Any]:
    # left again before pages are asked for: they would be answered as for whom this context was made
    with app.flask_app.test_request_context():
        return _saved(officer, organization, content)


def _saved(officer: Person, organization: dict[str, Any], content: str) -> dict[str, Any]:
    dataset = tk.get_action("package_create")(dict(officer.context), dataset_fields(organization["id"]))
    upload = FileStorage(io.BytesIO(content.encode()), filename="localizzazioni.csv")
    values = {
        "upload": upload,
        "format": "CSV",
        "table_schema": "opencoesione/localizzazioni",
        "name": "Luoghi",
    }
    tk.get_action("resource_create")(dict(officer.context), {"package_id": dataset["id"], **values})
    return dataset


def test_the_report_tells_each_cause_once_in_italian(
    officer: Person, organization: dict[str, Any], app: Any
) -> None:
    dataset = saved(app, officer, organization, BROKEN)
    page = app.get(f"/dataset/{dataset['name']}/quality", headers=officer.headers).body
    assert "I dati non hanno superato i controlli: 600 errori da correggere." in page
    assert page.count("oc-cause oc-error") == 2
    assert "Che cosa fare:" in page
    assert "«18» non è un codice di 3 cifre" in page
    assert "ad esempio 018" in page
    assert page.count("<tr>") < 100, "hundreds of errors are counted, not listed"
    assert re.search(r"Controllo del \d{1,2} \w+ \d{4}, \d\d:\d\d", page)
    english = app.get(f"/en/dataset/{dataset['name']}/quality", headers=officer.headers).body
    assert "The data did not pass: 600 errors to mend." in english


def test_a_held_back_dataset_s_pages_are_not_there_for_others(
    officer: Person, outsider: Person, organization: dict[str, Any], app: Any
) -> None:
    dataset = saved(app, officer, organization, BROKEN)
    for path in ("quality", "quality.csv", "quality/progress"):
        for headers in ({}, outsider.headers):
            app.get(f"/dataset/{dataset['name']}/{path}", headers=headers, status=404)
    app.post(f"/dataset/{dataset['name']}/quality/check", headers=outsider.headers, status=404)


def test_the_report_on_what_is_live_is_public_and_its_buttons_are_not(
    officer: Person, outsider: Person, organization: dict[str, Any], app: Any
) -> None:
    dataset = saved(app, officer, organization, GOOD)
    page = app.get(f"/dataset/{dataset['name']}/quality").body
    assert "I dati hanno superato tutti i controlli." in page
    assert "Ripeti il controllo" not in page
    assert "localizzazioni.csv, versione 1" in page
    for button in ("check", "discard", "override"):
        path = f"/dataset/{dataset['name']}/quality/{button}"
        app.post(path, headers=outsider.headers, status=403, follow_redirects=False)


def test_the_list_for_a_spreadsheet_runs_no_formula(
    officer: Person, organization: dict[str, Any], app: Any
) -> None:
    content = GOOD.replace('"1CAL0001"', '"=1+1"').replace('"R"', '"=cmd()"')
    dataset = saved(app, officer, organization, content)
    answer = app.get(f"/dataset/{dataset['name']}/quality.csv", headers=officer.headers)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0]["Riga"] == "2"
    assert any("cmd" in row["Valore"] for row in rows)
    assert not any(value.startswith(("=", "+", "@")) for row in rows for value in row.values())


def test_the_button_checks_again(
    officer: Person, organization: dict[str, Any], app: Any, run_jobs: Any
) -> None:
    dataset = saved(app, officer, organization, BROKEN)
    answer = app.post(f"/dataset/{dataset['name']}/quality/check", headers=officer.headers)
    assert "Il controllo è in corso." in answer.body
    assert (
        app.get(f"/dataset/{dataset['name']}/quality/progress", headers=officer.headers).json["running"]
        is True
    )
    run_jobs()
    assert (
        app.get(f"/dataset/{dataset['name']}/quality/progress", headers=officer.headers).json["running"]
        is False
    )
    for total, rows in (("NULL", "1.234 righe"), ("5000", "1.234 righe su 5.000")):
        with model.ensure_engine().begin() as connection:
            values = f"state = 'running', done = 1234, total = {total}, note = '2/3 Dati'"
            last = "(SELECT id FROM oc_job WHERE kind = 'quality_check' ORDER BY created DESC LIMIT 1)"
            connection.execute(sa.text(f"UPDATE oc_job SET {values} WHERE id = {last}"))
        told = app.get(f"/dataset/{dataset['name']}/quality/progress", headers=officer.headers).json
        assert told == {"running": True, "done": "2/3 Dati", "note": rows}
