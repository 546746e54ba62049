"""Files that the tests of a file's page look into."""

from __future__ import annotations

import io
from typing import Any

from ckan import model
from ckan.plugins import toolkit as tk
from support.people import Person, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.publication import table_files

PLACES = (
    "\ufeffCOD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;OC_TERRITORIO_PROG\n"
    '"1CAL0001";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"C"\n'
    '"1CAL0001";"018";"CALABRIA";"079";"CATANZARO";"023";"CATANZARO";"C"\n'
    '"1CAL0002";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"C"\n'
    '"1CAL0002";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"C"\n'
    '"1CAL0003";"018";"CALABRIA";"078";"COSENZA";"000";"";"P"\n'
)

FREE = (
    "Codice Istat Comune;Comune;Settore;Importo (euro);Data;Anno;Codice;Nota\n"
    "078045;Cosenza;Scuola;1.234,50;31/12/2024;2024;007;prima\n"
    "079023;Catanzaro;Strade;20000,00;01/02/2023;2023;012;seconda\n"
    "078045;Cosenza;Scuola;100,25;15/06/2024;2024;100;\n"
    "080063;Reggio di Calabria;Strade;;;2023;200;quarta\n"
)


def as_person(person: Person, action: str, /, **data: Any) -> Any:
    """Call an action with a person's rights."""
    context: Any = dict(person.context)
    return tk.get_action(action)(context, data)


def make_file(
    app: Any,
    officer: Person,
    organization: dict[str, Any],
    content: str | bytes,
    filename: str = "dati.csv",
    private: bool = False,
    **fields: Any,
) -> dict[str, Any]:
    """Publish a dataset with this file, write its table, and return its resource with the dataset's name."""
    # left again before pages are asked for: they would be answered as for whom this context was made
    with app.flask_app.test_request_context():
        dataset = as_person(officer, "package_create", **dataset_fields(organization["id"], private=private))
        raw = content.encode() if isinstance(content, str) else content
        upload = FileStorage(io.BytesIO(raw), filename=filename)
        values = {"upload": upload, "format": "CSV", "name": "Un file", **fields}
        resource = as_person(officer, "resource_create", package_id=dataset["id"], **values)
        write_tables(dataset["id"])
    return {
        **resource,
        "dataset": dataset["name"],
        "page": f"/dataset/{dataset['name']}/resource/{resource['id']}",
    }


def write_tables(package_id: str) -> None:
    """Do what a worker does after publication."""
    job = jobs.latest(table_files.KIND, package_id)
    if job is not None and job.state == "queued":
        jobs.run_now(job)
    model.Session.rollback()
