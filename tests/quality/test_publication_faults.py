"""What fails or is killed on the way to the public takes all back, or is finished: never half.

Real faults, and a real ``kill -9`` of the process that publishes, at each step of it.
"""

from __future__ import annotations

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
from publication_world import (
    TABLE,
    call,
    in_the_index,
    patched,
    published,
    run_kind,
    tables,
    upload,
    word_everywhere,
)
from support.people import Person

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.jobs import registry
from ckanext.opencohesion.jobs.scheduler import tick
from ckanext.opencohesion.quality import asking, checking
from ckanext.opencohesion.quality.model import DatasetState, DataStoreTable
from ckanext.opencohesion.quality.publication import datastore_tables, publication, table_files

pytestmark = pytest.mark.usefixtures("request_context")

#: Where a publication can break: the module that calls, the function's name in it.
STEPS = [
    (table_files, "write_parquet"),
    (datastore_tables, "_words"),
    (publication, "point_to"),
    (datastore_tables, "want"),
    (datastore_tables, "_exchange"),
]


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


def full_disk(*_args: Any, **_options: Any) -> None:
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
        assert told(officer, resource["package_id"]) == ["publication-failed"], f"fault {number}"
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


@contextmanager
def datastore_refuses() -> Iterator[None]:
    """Let the DataStore's database refuse every commit that exchanges a table: CKAN's is done by then."""
    with get_write_engine().begin() as connection:
        for statement in (
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE 'the disk is full'; END$$",
            "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON _table_stats DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION refuse()",
        ):
            connection.execute(sa.text(statement))
    try:
        yield
    finally:
        with get_write_engine().begin() as connection:
            connection.execute(sa.text("DROP FUNCTION refuse CASCADE"))


def told(officer: Person, package_id: str) -> list[str]:
    report = call(officer, "opencohesion_quality_report_show", id=package_id)
    return [rule["code"] for entry in report["resources"] for rule in entry["rules"]]


def test_a_datastore_that_fails_after_the_moment_of_publication_takes_nothing_back_and_follows(
    officer: Person, organization: dict[str, Any]
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    before = in_the_index(resource)
    with datastore_refuses():
        call(officer, "resource_patch", id=resource["id"], upload=upload(TABLE.format(word="seconda")))
        shown = call(None, "package_show", id=resource["package_id"])
        assert shown["resources"][0]["hash"] != resource["hash"], "it is public"
        assert told(officer, resource["package_id"]) == [], "and nobody says that it is not"
        assert in_the_index(resource) != before, "the index does not wait for the DataStore"
        with pytest.raises(tk.ValidationError):  # no old rows beside the new file
            call(None, "datastore_search", resource_id=resource["id"])
    assert run_kind(publication.FINISH_KIND) == {"finished": 1}
    assert word_everywhere(resource) == {"seconda"}


def test_a_prepared_table_that_is_lost_is_written_again(
    officer: Person, organization: dict[str, Any], run_jobs: Callable[[], None]
) -> None:
    """As after a restore of one of the two databases: what is public has no table, and none lies ready."""
    resource = published(officer, organization, TABLE.format(word="prima"))
    with model.ensure_engine().begin() as connection:
        connection.execute(sa.text("UPDATE oc_datastore_table SET installed = NULL"))
    with get_write_engine().begin() as connection:
        connection.execute(sa.text(f'DROP TABLE "{resource["id"]}"'))
    assert run_kind(publication.FINISH_KIND) == {"finished": 1}
    run_jobs()
    assert word_everywhere(resource) == {"prima"} and tables() == {resource["id"]}


def test_the_sweep_spares_a_table_that_is_to_be_exchanged_yet(
    officer: Person, organization: dict[str, Any]
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    with datastore_refuses():
        call(officer, "resource_patch", id=resource["id"], upload=upload(TABLE.format(word="seconda")))
    assert datastore_tables.sweep(-60) == 0
    assert word_everywhere(resource) == {"seconda"}
    call(officer, "resource_patch", id=resource["id"], upload=upload(TABLE.format(word="terza")))
    assert datastore_tables.sweep(-60) == 0 and word_everywhere(resource) == {"terza"}


def test_a_disk_that_is_full_at_an_upload_is_told_and_changes_nothing(
    officer: Person, organization: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = published(officer, organization, TABLE.format(word="prima"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full_disk)
        with pytest.raises(tk.ValidationError) as refused:
            call(officer, "resource_patch", id=resource["id"], upload=upload(TABLE.format(word="seconda")))
    assert "upload" in refused.value.error_dict
    model.Session.rollback()
    assert word_everywhere(resource) == {"prima"}
    assert not list(table_files.content_store().root.glob("incoming-*"))


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
        assert shown["quality_status"] == "passed"
        assert shown["metadata_modified"].startswith(in_the_index(resource).rstrip("Z")), name
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
