"""What passes becomes public all together, and goes together: file, page, preview and DataStore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit as tk
from ckanext.datastore.backend.postgres import get_write_engine
from publication_world import TABLE, call, public_word, published, run_kind, tables, upload, word_everywhere
from support.people import Person, act

from ckanext.opencohesion.quality.publication import datastore_tables, table_files

pytestmark = pytest.mark.usefixtures("request_context")

PLACES = (
    "\ufeffCOD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;OC_TERRITORIO_PROG\n"
    '"1CAL0001";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"C"\n'
)


PDF = (
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


# -- what becomes public ---------------------------------------------------------------------------------------------


def test_the_datastore_holds_the_typed_values(officer: Person, organization: dict[str, Any]) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    assert resource["datastore_active"] is True
    found = call(None, "datastore_search", resource_id=resource["id"], q="territorio")
    assert [record["_id"] for record in found["records"]] == [3]
    found = call(None, "datastore_search", resource_id=resource["id"])
    assert {field["id"]: field["type"] for field in found["fields"]} == {
        "_id": "int",
        "Codice Istat Comune": "text",
        "Importo (euro)": "numeric",
        "Data": "date",
        "'Nota' a: 100%": "text",
    }
    assert found["total"] == 3
    first, second, third = ([*record.values()][1:] for record in found["records"])
    assert first == ["078045", 1234.5, "2024-12-31", "prima"]
    assert second == ["079023", 20000, "2023-02-01", None]
    assert third == ["080063", None, None, "il territorio"]
    note = found["fields"][4]
    assert note["info"]["label"] == '_"Nota" a: 100%'
    sql = f'SELECT sum("Importo (euro)") AS totale, max("Data") AS ultima FROM "{resource["id"]}"'
    row = call(None, "datastore_search_sql", sql=sql)["records"][0]
    assert (float(row["totale"]), row["ultima"]) == (21234.5, "2024-12-31")
    assert tables() == {resource["id"]}


def test_columns_have_the_names_and_words_of_their_schema(
    officer: Person, organization: dict[str, Any]
) -> None:
    resource = published(officer, organization, PLACES, table_schema="opencoesione/localizzazioni")
    info = call(None, "datastore_info", id=resource["id"])
    region = next(field for field in info["fields"] if field["id"] == "COD_REGIONE")
    assert region["type"] == "text" and region["info"]["label"] and region["info"]["label_en"]
    assert (
        call(None, "datastore_search", resource_id=resource["id"], filters={"COD_REGIONE": "018"})["total"]
        == 1
    )


def test_a_file_that_is_no_table_and_a_table_that_is_too_large_are_published_without(
    officer: Person, organization: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.datastore_max_cells", 11)
    large = published(officer, organization, TABLE.format(word="grande"))
    assert not large.get("datastore_active") and public_word(large) == "grande", "its preview is there"
    text = published(officer, organization, PDF, "relazione.pdf", format="PDF")
    assert text["hash"] and not text.get("datastore_active")
    assert tables() == set()


def test_withdrawing_deleting_and_publishing_again_take_the_tables_away_and_bring_them_back(
    officer: Person, organization: dict[str, Any], run_jobs: Callable[[], None]
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    other = published(officer, organization, TABLE.format(word="seconda"))
    package_id, shelf = resource["package_id"], table_files.table_shelf()
    call(officer, "package_patch", id=package_id, private=True)
    for action, data in (
        ("datastore_search", {"resource_id": resource["id"]}),
        ("datastore_info", {"id": resource["id"]}),
    ):
        with pytest.raises(tk.ObjectNotFound):
            call(None, action, **data)
    run_jobs()
    assert tables() == {other["id"]} and resource["hash"] not in set(shelf.contents())
    assert not call(officer, "package_show", id=package_id)["resources"][0].get("datastore_active")

    call(officer, "package_patch", id=package_id, private=False)
    run_jobs()
    assert word_everywhere(resource) == {"prima"}

    call(officer, "package_delete", id=package_id)
    run_jobs()
    assert tables() == {other["id"]}
    act("dataset_purge", id=other["package_id"])
    with get_write_engine().begin() as connection:  # as old as the sweep wants it
        comment = sa.text("SELECT obj_description(CAST(:name AS regclass), 'pg_class')")
        told = connection.execute(comment, {"name": f'"{other["id"]}"'}).scalar_one().rsplit(" ", 1)[0]
        connection.execute(sa.text(f"COMMENT ON TABLE \"{other['id']}\" IS '{told} 1'"))
    assert datastore_tables.sweep(60) == 1 and tables() == set()


def test_a_resource_that_is_removed_loses_its_table_with_the_publication(
    officer: Person, organization: dict[str, Any], run_jobs: Callable[[], None]
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    values = {"format": "CSV", "name": "Altro", "upload": upload(TABLE.format(word="altra"))}
    call(officer, "resource_create", package_id=resource["package_id"], **values)
    run_jobs()
    assert len(tables()) == 2
    call(officer, "resource_delete", id=resource["id"])
    run_jobs()
    assert len(tables()) == 1 and resource["id"] not in tables()


def test_what_is_live_from_before_gets_its_tables(
    officer: Person, organization: dict[str, Any], run_jobs: Callable[[], None]
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    datastore_tables.want(resource["package_id"], {})
    model.Session.commit()
    datastore_tables.settle(resource["package_id"])
    table_files.table_shelf().remove(resource["hash"])
    assert tables() == set()
    assert run_kind(table_files.TIDY_KIND)["asked"] == 1
    run_jobs()
    assert word_everywhere(resource) == {"prima"}
    assert run_kind(table_files.TIDY_KIND)["asked"] == 0
