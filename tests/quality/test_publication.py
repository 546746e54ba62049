"""What passes becomes public all together: file, page, preview and DataStore; and what fails on the way takes all back.

Real faults, and a real ``kill -9`` of the process that publishes, at each step of it.
"""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from ckan.plugins import toolkit as tk
from ckanext.datastore.backend.postgres import get_write_engine
from support.people import Person, act, dataset_fields
from werkzeug.datastructures import FileStorage

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.jobs import registry
from ckanext.opencohesion.jobs.scheduler import tick
from ckanext.opencohesion.quality import asking, checking
from ckanext.opencohesion.quality.datasets import stored_dataset
from ckanext.opencohesion.quality.model import DatasetState, DataStoreTable, Release
from ckanext.opencohesion.quality.publication import datastore_tables, publication, table_files
from ckanext.opencohesion.tables.description import TableDescription

pytestmark = pytest.mark.usefixtures("request_context")

TABLE = (
    'Codice Istat Comune;Importo (euro);Data;_"Nota" a: 100%\n'
    "078045;1.234,50;31/12/2024;{word}\n"
    "079023;20000,00;01/02/2023;\n"
    "080063;;;il territorio\n"
)
PLACES = (
    "\ufeffCOD_LOCALE_PROGETTO;COD_REGIONE;DEN_REGIONE;COD_PROVINCIA;DEN_PROVINCIA;COD_COMUNE;DEN_COMUNE;OC_TERRITORIO_PROG\n"
    '"1CAL0001";"018";"CALABRIA";"078";"COSENZA";"045";"COSENZA";"C"\n'
)


PDF = (
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
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


def run_kind(kind: str) -> Any:
    job = jobs.submit(kind, "test", {}, timeout_seconds=60, title="Test", enqueue=False)
    model.Session.commit()
    return jobs.run_now(job).result


# -- faults and kills ------------------------------------------------------------------------------------------------


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


#: Where a publication can break: the module that calls, the function's name in it.
STEPS = [
    (table_files, "write_parquet"),
    (datastore_tables, "_words"),
    (publication, "point_to"),
    (datastore_tables, "want"),
    (datastore_tables, "_exchange"),
]


@contextmanager
def patched(where: Any, name: str, replacement: Callable[..., Any]) -> Iterator[None]:
    """Put ``replacement(original, *args)`` in the place of a function."""
    original = getattr(where, name)
    setattr(where, name, lambda *args, **options: replacement(original, *args, **options))
    try:
        yield
    finally:
        setattr(where, name, original)


@contextmanager
def commits_fail() -> Iterator[None]:
    """Let PostgreSQL refuse every commit that writes a release."""
    with model.ensure_engine().begin() as connection:
        for statement in (
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE 'the disk is full'; END$$",
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON oc_release DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION refuse()",
        ):
            connection.execute(sa.text(statement))
    try:
        yield
    finally:
        model.Session.rollback()
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text("DROP FUNCTION refuse CASCADE"))


def full_disk(_original: Any, *_args: Any, **_options: Any) -> None:
    raise OSError(28, "No space left on device")


def ask_again(package_id: str) -> None:
    """Let the periodic job find the publication that failed, as if some minutes had passed."""
    with model.ensure_engine().begin() as connection:
        back = "UPDATE oc_dataset_check SET finished = finished - interval '1 hour' WHERE package_id = :id"
        connection.execute(sa.text(back), {"id": package_id})
    assert run_kind(checking.ABANDONED_KIND)["asked_again"] == 1


def test_a_fault_at_any_step_takes_everything_back_and_the_next_try_publishes(
    officer: Person, organization: dict[str, Any], run_jobs: Callable[[], None]
) -> None:
    resource = published(officer, organization, TABLE.format(word="parola0"))
    words = ["parola0"]
    faults = [patched(where, name, full_disk) for where, name in STEPS] + [commits_fail()]
    for number, fault in enumerate(faults, start=1):
        new, index_before = f"parola{number}", in_the_index(resource)
        with fault:
            answer = call(officer, "resource_patch", id=resource["id"], upload=upload(TABLE.format(word=new)))
            assert answer["staged"]
            assert word_everywhere(resource) == {words[-1]}, f"fault {number}"
            assert in_the_index(resource) == index_before
        report = call(officer, "opencohesion_quality_report_show", id=resource["package_id"])
        told = [rule["code"] for entry in report["resources"] for rule in entry["rules"]]
        assert told == ["publication-failed"], f"fault {number}"
        ask_again(resource["package_id"])
        run_jobs()
        assert word_everywhere(resource) == {new}, f"after fault {number}"
        assert in_the_index(resource) != index_before
        words.append(new)


def test_a_search_engine_that_is_away_delays_the_index_and_nothing_else(
    officer: Person, organization: dict[str, Any]
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))

    def away(_original: Any, *_args: Any, **_options: Any) -> None:
        raise search.SearchIndexError("away")

    before = in_the_index(resource)
    with patched(publication.search, "rebuild", away):
        call(officer, "resource_patch", id=resource["id"], upload=upload(TABLE.format(word="seconda")))
        assert word_everywhere(resource) == {"seconda"}
    assert in_the_index(resource) == before
    assert run_kind(publication.FINISH_KIND) == {"finished": 1}
    assert in_the_index(resource) != before
    assert run_kind(publication.FINISH_KIND) == {"finished": 0}


def dies(_original: Any, *_args: Any, **_options: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dies_after(original: Any, *args: Any, **options: Any) -> None:
    original(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def nothing_periodic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the scheduler to what the test asks for."""
    monkeypatch.setattr(registry, "_periodic", {})


def lapse(job_id: str) -> None:
    """Let the lease of a dead worker's job end now."""
    with model.ensure_engine().begin() as connection:
        back = "UPDATE oc_job SET lease_until = lease_until - interval '1 day' WHERE id = :id"
        connection.execute(sa.text(back), {"id": job_id})
    assert tick().recovered == 1


@contextmanager
def dies_between_the_commits(original: Any, wanted: Any) -> Iterator[None]:
    with original(wanted):
        yield  # here CKAN's transaction is committed
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_kill_at_any_step_leaves_the_old_or_the_new_and_the_check_is_finished(
    officer: Person,
    organization: dict[str, Any],
    run_jobs: Callable[[], None],
    nothing_periodic: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = published(officer, organization, TABLE.format(word="parola0"))
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    kills = [(where, name, dies) for where, name in STEPS]
    kills += [
        (datastore_tables, "exchanging", dies_between_the_commits),
        (datastore_tables, "settle", dies_after),
        (publication.search, "rebuild", dies),
    ]
    before, parent = "parola0", os.getpid()
    for number, (where, name, how) in enumerate(kills, start=1):
        new = f"parola{number}"
        call(officer, "resource_patch", id=resource["id"], upload=upload(TABLE.format(word=new)))

        def in_the_worker(original: Any, *args: Any, how: Any = how, **options: Any) -> Any:
            """Die in the worker's process, never in the test's own."""
            return original(*args, **options) if os.getpid() == parent else how(original, *args, **options)

        with patched(where, name, in_the_worker):
            run_jobs()
        model.Session.rollback()
        job = jobs.latest(asking.KIND, resource["package_id"])
        assert job is not None and job.state == "running", f"{name}: nobody was killed"
        public = word_everywhere(resource)
        assert public in ({before}, {new}), f"{name}: {public}"
        lapse(job.id)
        run_jobs()
        assert word_everywhere(resource) == {new}, name
        shown = call(None, "package_show", id=resource["package_id"])
        assert (
            shown["quality_status"] == "passed" and in_the_index(resource) == shown["metadata_modified"][:19]
        )
        assert model.Session.query(DatasetState).filter_by(to_index=True).count() == 0
        assert model.Session.query(DataStoreTable).filter(DataStoreTable.installed.is_(None)).count() == 0
        before = new
    assert tables() == {resource["id"]}
    assert not list(Path(table_files.table_shelf().root).glob("??/??/*/trying-*"))


def test_a_file_that_kills_every_worker_is_named_and_not_tried_for_ever(
    officer: Person,
    organization: dict[str, Any],
    run_jobs: Callable[[], None],
    nothing_periodic: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    monkeypatch.setitem(tk.config, "ckanext.opencohesion.quality.check_at_once_bytes", 0)
    bad = {"format": "CSV", "name": "Il file cattivo", "upload": upload(TABLE.format(word="cattiva"))}
    call(officer, "resource_create", package_id=resource["package_id"], **bad)
    parent = os.getpid()

    def at_the_file(original: Any, *args: Any, **options: Any) -> Any:
        return original(*args, **options) if os.getpid() == parent else dies(original)

    with patched(checking, "check_file", at_the_file):
        for _ in range(3):
            run_jobs()
            model.Session.rollback()
            job = jobs.latest(asking.KIND, resource["package_id"])
            assert job is not None and job.state == "running"
            lapse(job.id)
    assert run_kind(checking.ABANDONED_KIND) == {"abandoned": 1, "asked_again": 0}
    report = call(officer, "opencohesion_quality_report_show", id=resource["package_id"])
    (entry,) = report["resources"]
    assert (entry["name"], [rule["code"] for rule in entry["rules"]]) == ("Il file cattivo", ["check-died"])
    assert run_kind(checking.ABANDONED_KIND) == {"abandoned": 0, "asked_again": 0}
    assert word_everywhere(resource) == {"prima"}
