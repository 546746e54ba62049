"""Datasets of one real table, through CKAN's own actions."""

from __future__ import annotations

import io
from typing import Any

from ckan.plugins import toolkit as tk
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage

SCHEMA = "opencoesione/localizzazioni"
HEADER = (
    "COD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;"
    "INDIRIZZO_PROG;CAP_PROG;OC_TERRITORIO_PROG"
)


def table(*rows: str) -> bytes:
    return "\ufeff".encode() + "\n".join((HEADER, *rows, "")).encode()


GOOD = table('"1CAL001";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"C"')
BETTER = table('"1CAL002";"018";"CALABRIA";"079";"CATANZARO";"023";"CATANZARO";"";"88100";"C"')
BROKEN = table('"";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"";"87100";"XX"')


def upload(content: bytes, name: str = "localizzazioni.csv") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def call(person: Person, action: str, **data: Any) -> Any:
    return tk.get_action(action)(dict(person.context), data)


def new_dataset(officer: Person, organization: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return call(officer, "package_create", **dataset_fields(organization["id"], **fields))


def with_file(officer: Person, dataset: dict[str, Any], content: bytes, **fields: Any) -> dict[str, Any]:
    fields = {"format": "CSV", "table_schema": SCHEMA, "name": "Localizzazioni", **fields}
    return call(officer, "resource_create", package_id=dataset["id"], upload=upload(content), **fields)


def status(dataset: dict[str, Any]) -> str:
    return act("package_show", id=dataset["id"])["quality_status"]


def seen_by_all(dataset: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return tk.get_action("package_show")({"user": ""}, {"id": dataset["id"]})
    except (tk.NotAuthorized, tk.ObjectNotFound):
        return None


def served(app: Any, dataset: dict[str, Any], resource_id: str, code: int = 200) -> bytes:
    url = f"/dataset/{dataset['id']}/resource/{resource_id}/download/localizzazioni.csv"
    answer = app.get(url, status=code, follow_redirects=False)
    return answer.data


def live_dataset(officer: Person, organization: dict[str, Any]) -> dict[str, Any]:
    """Make a live dataset with one resource whose file is GOOD."""
    dataset = new_dataset(officer, organization)
    with_file(officer, dataset, GOOD)
    assert status(dataset) == "passed"
    return act("package_show", id=dataset["id"])
