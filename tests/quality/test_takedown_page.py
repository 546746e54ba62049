"""The page of take-downs: look first, then take down; and the log that everyone can read."""

from __future__ import annotations

import io
from typing import Any

from ckan.plugins import toolkit as tk
from support.people import Person, dataset_fields
from werkzeug.datastructures import FileStorage

REASON = "Pubblicato per errore, richiesta della persona interessata."
CONTENT = b"CLP;CUP;VIA\nA1;J59J21004560001;Via Roma\nA2;J59J21004560002;Via Po\n"


def test_rows_are_taken_down_on_a_page(
    officer: Person, manager: Person, organization: dict[str, Any], app: Any
) -> None:
    context: Any = dict(officer.context)
    dataset = tk.get_action("package_create")(context, dataset_fields(organization["id"], private=False))
    upload = FileStorage(io.BytesIO(CONTENT), filename="progetti.csv")
    values = {"package_id": dataset["id"], "format": "CSV", "name": "Progetti", "upload": upload}
    context = dict(officer.context)
    resource = tk.get_action("resource_create")(context, values)

    url = f"/dataset/{dataset['name']}/quality/takedown"
    assert app.get(url, headers=officer.headers, status=403).status_code == 403
    assert "built-in" not in app.get(url, headers=manager.headers).body
    form = {
        "resource_id": resource["id"],
        "what": "rows",
        "column": "CLP",
        "lines": "A1\nA9",
        "reason": REASON,
    }
    wrong = app.post(url, data={**form, "column": "<b>"}, headers=manager.headers).body
    assert "&lt;b&gt;" in wrong
    looked = app.post(url, data=form, headers=manager.headers).body
    assert 'name="confirmed"' in looked
    file = f"/dataset/{dataset['id']}/resource/{resource['id']}/download/progetti.csv"
    assert app.get(file).data == CONTENT
    app.post(url, data={**form, "confirmed": "yes"}, headers=manager.headers)
    assert app.get(file).data == CONTENT.replace(b"A1;J59J21004560001;Via Roma\n", b"")
    log = app.get("/takedowns").body
    assert REASON in log
    assert "Via Roma" not in log
