"""A dataset with one typed table, and every place in which the public reads it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from ckanext.datastore.backend.postgres import get_write_engine
from support.people import Person, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.datasets import stored_dataset
from ckanext.opencohesion.quality.model import Release
from ckanext.opencohesion.quality.publication import table_files
from ckanext.opencohesion.tables.description import TableDescription

TABLE = (
    'Codice Istat Comune;Importo (euro);Data;_"Nota" a: 100%\n'
    "078045;1.234,50;31/12/2024;{word}\n"
    "079023;20000,00;01/02/2023;\n"
    "080063;;;il territorio\n"
)


def call(person: Person | None, action: str, /, **data: Any) -> Any:
    context: Any = dict(person.context) if person else {"user": ""}
    return tk.get_action(action)(context, data)


def upload(content: str, name: str = "dati.csv") -> FileStorage:
    return FileStorage(io.BytesIO(content.encode()), filename=name)


def published(
    officer: Person, organization: dict[str, Any], content: str, filename: str = "dati.csv", **fields: Any
) -> dict[str, Any]:
    """Publish a dataset with one file and return its resource as everybody sees it."""
    dataset = call(officer, "package_create", **dataset_fields(organization["id"]))
    values = {"format": "CSV", "name": "Un file", **fields}
    call(officer, "resource_create", package_id=dataset["id"], upload=upload(content, filename), **values)
    return call(None, "package_show", id=dataset["id"])["resources"][0]


def tables() -> set[str]:
    """Return the names of all tables in the DataStore, shadows too."""
    with get_write_engine().connect() as connection:
        names = connection.execute(
            sa.text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
                "'public'::regnamespace AND relname != '_table_stats'"
            )
        )
        return set(names.scalars())


def run_kind(kind: str) -> Any:
    job = jobs.submit(kind, "test", {}, timeout_seconds=60, title="Test", enqueue=False)
    model.Session.commit()
    return jobs.run_now(job).result


def public_word(resource: dict[str, Any]) -> str | None:
    """Return the word in the first row of the preview that everybody sees."""
    package = model.Package.get(resource["package_id"])
    assert package is not None
    found = table_files.table_of(
        next(r for r in stored_dataset(package)["resources"] if r["id"] == resource["id"])
    )
    if found is None or not isinstance(found[1], TableDescription):
        return None
    return found[1].columns[3].example


def word_everywhere(resource: dict[str, Any]) -> set[str | None]:
    """Return the words in the first row wherever the public reads it: one word where nothing is mixed."""
    model.Session.rollback()
    words: set[str | None] = {public_word(resource)}
    shown = call(None, "resource_show", id=resource["id"])
    text = table_files.content_store().path(shown["hash"]).read_text(encoding="utf-8")
    words.add(text.splitlines()[1].rsplit(";", 1)[1])
    records = call(None, "datastore_search", resource_id=resource["id"])["records"]
    words.add([*records[0].values()][-1])
    sql = f'SELECT * FROM "{resource["id"]}" WHERE _id = 1'
    words.add([*call(None, "datastore_search_sql", sql=sql)["records"][0].values()][-1])
    newest = model.Session.scalar(
        sa.select(Release.sha256).where(Release.resource_id == resource["id"]).order_by(Release.number.desc())
    )
    words.add(text.splitlines()[1].rsplit(";", 1)[1] if newest == shown["hash"] else "another release")
    return words


def in_the_index(resource: dict[str, Any]) -> str:
    """Return the time of the dataset's last change as the search index knows it."""
    return search.query_for(model.Package).get_index(resource["package_id"])["metadata_modified"]


@contextmanager
def patched(where: Any, name: str, replacement: Callable[..., Any]) -> Iterator[None]:
    """Put ``replacement(original, *args)`` in the place of a function."""
    original = getattr(where, name)
    setattr(where, name, lambda *args, **options: replacement(original, *args, **options))
    try:
        yield
    finally:
        setattr(where, name, original)
