"""What has passed goes live, all of it together or not at all; what is withdrawn leaves no public trace.

Four things become public with a dataset: its row and files in CKAN's database, its place in the search index, its tables as
Parquet, and its tables in the DataStore, which is another database. The order makes one step of them:

1. **prepare** (``prepare``, in the job, with nothing locked): the judged bytes are written as typed Parquet and into shadow
   tables of the DataStore. Nothing points there, so nobody sees them; what a killed worker leaves is found and used by the
   next one, or swept.
2. **switch** (``go_live``, ``apply_staged``; under the job's lease and the dataset's lock): pointers, release numbers,
   measured facts, CKAN's dataset and the content that each table is to have are written; the DataStore's tables are
   exchanged in a transaction of their own; CKAN's transaction is committed, and the DataStore's at once after it. A
   failure before CKAN's commit takes both back. **CKAN's commit is the moment of publication**: Parquet is read only for
   what it says is live.
3. **finish** (``finish``): the DataStore's exchange is noted, or done where the process died between the two commits; the
   search index is written, from what was committed. The next run, the tidying, and whoever reads a table that is not
   settled do the same, so the index is the only part that may be late, and it is never early.

What can not be shown as a table is published without; its page says why.
"""

from __future__ import annotations

import logging
from typing import Any

import ckan.plugins.toolkit as tk
import psycopg2
import sqlalchemy as sa
from ckan import model
from ckan.lib import search
from sqlalchemy.exc import SQLAlchemyError

from ckanext.opencohesion.jobs import api as jobs
from ckanext.opencohesion.quality.changes import rebase
from ckanext.opencohesion.quality.datasets import file_of, gate_context, stored_dataset
from ckanext.opencohesion.quality.model import (
    DatasetState,
    FileVerdict,
    Release,
    ResourceFile,
    StagedChange,
    utcnow,
)
from ckanext.opencohesion.quality.publication import datastore_tables, table_files
from ckanext.opencohesion.quality.run import Run
from ckanext.opencohesion.quality.storage.store import StoredFile
from ckanext.opencohesion.quality.storage.uploader import point_to
from ckanext.opencohesion.quality.visibility import rewrite_activity_labels

log = logging.getLogger(__name__)

FINISH_KIND = "quality_finish"

#: What is raised where the search engine or the DataStore's database does not answer.
AWAY = (search.SearchError, search.SearchIndexError, SQLAlchemyError, psycopg2.Error)

# -- 1. prepare --------------------------------------------------------------------------------------------------------


def prepare(handle: jobs.JobHandle, run: Run) -> None:
    """Write the tables of the files that were judged, and note in ``run`` what the DataStore is to have.

    Raises what keeps disk or DataStore from working: then nothing is published.
    """
    contents: dict[str, str] = {}
    for number, one in enumerate(run.judged, start=1):
        verdict = model.Session.get(FileVerdict, one.key) if one.key else None
        if verdict is None or verdict.column_count is None:
            continue
        tell = handle.step(number, len(run.judged), one.resource.get("name") or "", verdict.row_count)
        model.Session.rollback()  # no transaction stays open while a large file is written
        content = table_files.prepare_table(handle, one.resource, one.sha256, one.filename, tell)
        if content:
            contents[one.resource["id"]] = content
    run.tables = contents


def is_prepared(run: Run) -> bool:
    """Say whether all that goes public with this run lies ready."""
    if run.tables is None:
        return False
    for one in run.judged:
        verdict = model.Session.get(FileVerdict, one.key) if one.key else None
        table = verdict is not None and verdict.column_count is not None
        if table and not table_files.is_prepared(one.resource, one.sha256, one.filename):
            return False
    return True


# -- 2. switch ---------------------------------------------------------------------------------------------------------


def go_live(package: model.Package, state: DatasetState, run: Run) -> None:
    """Make a dataset public as it stands, with what ``prepare`` wrote. Commits, or raises and has changed nothing."""
    state.live, state.hold_until = True, None
    dataset = stored_dataset(package)
    dataset["private"] = False
    _release(package.id, dataset, run)
    _write(package.id, dataset, run)


def apply_staged(package: model.Package, state: DatasetState, staged: StagedChange, run: Run) -> None:
    """Lay a staged change on the live dataset as one step. Commits, or raises and has changed nothing."""
    dataset = rebase(stored_dataset(package), staged.fields, staged.resources)
    for resource_id, operation in staged.resources.items():
        if operation["op"] == "delete":
            model.Session.execute(sa.delete(ResourceFile).where(ResourceFile.resource_id == resource_id))
        elif operation["file"]:
            fact = operation["file"]
            origin = {name: fact.get(name) for name in ("origin_url", "etag", "last_modified")}
            point_to(
                resource_id,
                package.id,
                StoredFile(fact["sha256"], fact["size_bytes"]),
                fact["filename"],
                **origin,
            )
    model.Session.delete(staged)
    # who brought what is public now; of what a link gave by itself nobody is the last
    state.uploader_id, state.brought_by = staged.user_id or state.uploader_id, staged.brought_by
    state.live, state.hold_until = state.wants_public, None
    dataset["private"] = not state.live
    model.Session.flush()
    if state.live:
        _release(package.id, dataset, run)
    _write(package.id, dataset, run)
    _default_views([key for key, operation in staged.resources.items() if operation.get("new")])


def _write(package_id: str, dataset: dict[str, Any], run: Run) -> None:
    """Write dataset and wanted tables, exchange the tables, and commit CKAN's database and then the DataStore's."""
    # CKAN would write the search index before the commit; an index that is early shows what is not public
    context: Any = gate_context(defer_commit=True, return_id_only=True)
    context["changed_entities"] = {
        "packages": {package_id}
    }  # what CKAN notes itself where it commits: an activity
    tk.get_action("package_update")(context, {**dataset, "id": package_id})
    package = model.Package.get(package_id)
    if package is not None:
        # CKAN sees no change where a file has new bytes and its old name
        package.metadata_modified = utcnow()
    datastore_tables.want(package_id, {} if dataset["private"] else run.tables or {})
    wanted = datastore_tables.unsettled(model.Session, package_id)
    try:
        with datastore_tables.exchanging(wanted):
            model.Session.commit()
    except datastore_tables.NotCommittedError:
        log.error(
            "The DataStore's tables of %s are to be exchanged later", package_id
        )  # it is public already


def _default_views(resource_ids: list[str]) -> None:
    """Give new files the views that CKAN gives them. They are public already: a view that can not be made is only logged."""
    for resource_id in resource_ids:
        try:
            resource = tk.get_action("resource_show")(gate_context(), {"id": resource_id})
            tk.get_action("resource_create_default_resource_views")(gate_context(), {"resource": resource})
        except (tk.ValidationError, tk.ObjectNotFound, SQLAlchemyError) as error:
            log.error("No default view of resource %s: %s", resource_id, type(error).__name__)
            model.Session.rollback()


def _release(package_id: str, dataset: dict[str, Any], run: Run) -> None:
    """Number the files that become public and were not the last public version of their resource already."""
    keys = run.keys
    for resource in dataset["resources"]:
        fact = file_of(resource)
        if fact is None:
            continue
        last = model.Session.scalar(
            sa.select(Release)
            .where(Release.resource_id == fact.resource_id)
            .order_by(Release.number.desc())
            .limit(1)
        )
        if last is not None and last.sha256 == fact.sha256 and last.withdrawn is None:
            continue
        verdict = model.Session.get(FileVerdict, keys.get(fact.resource_id) or "")
        model.Session.add(
            Release(
                package_id=package_id,
                resource_id=fact.resource_id,
                number=last.number + 1 if last else 1,
                sha256=fact.sha256,
                size_bytes=fact.size_bytes,
                filename=fact.filename,
                format=verdict.format if verdict else None,
                media_type=verdict.media_type if verdict else None,
                row_count=verdict.row_count if verdict else None,
                version=dataset.get("version") or None,
                notes=dataset.get("version_notes") or None,
            )
        )


# -- 3. finish, and withdraw -------------------------------------------------------------------------------------------


def finish(package_id: str) -> None:
    """Do what follows the commit of a publication, also of one whose process died; harmless when all is done.

    What can not be done now (the DataStore or the search engine is away) is logged, and done by ``finish_all``.
    """
    try:
        datastore_tables.settle(package_id)
    except datastore_tables.NotPreparedError:
        _prepare_again(package_id)
    except (*AWAY, datastore_tables.ExchangeError) as error:
        _put_off(package_id, error)
    try:
        search.rebuild(package_id)
    except AWAY as error:
        _put_off(package_id, error)
        return
    model.Session.execute(
        sa.update(DatasetState)
        .where(DatasetState.package_id == package_id, DatasetState.to_index)
        .values(to_index=False)
    )
    model.Session.commit()


def _put_off(package_id: str, error: Exception) -> None:
    log.error("The publication of %s is to be finished later: %s", package_id, type(error).__name__)
    model.Session.rollback()


def _prepare_again(package_id: str) -> None:
    """Have the tables of a dataset written anew: what was prepared is gone (a database that was restored)."""
    package = model.Package.get(package_id)
    if package is not None:
        log.error("The prepared tables of %s are gone and are written again", package_id)
        table_files.request_tables(package)
        model.Session.commit()


def finish_all(handle: jobs.JobHandle, _args: dict[str, Any]) -> dict[str, Any]:
    """Finish every publication of which something is still to be done. A periodic job."""
    waiting = set(model.Session.scalars(sa.select(DatasetState.package_id).where(DatasetState.to_index)))
    waiting |= datastore_tables.unsettled_packages()
    for package_id in sorted(waiting):
        handle.check_stop()
        finish(package_id)
    return {"finished": len(waiting)}


def close_history(package_id: str) -> None:
    """Close the activities of a dataset that changed hands or is no longer public: their labels were frozen."""
    rewrite_activity_labels(package_id)


def close(package: model.Package) -> None:
    """Take back what was public of a dataset that is no longer, within the present transaction.

    Its tables are closed at once, by the same rule as its files; a job removes them.
    """
    close_history(package.id)
    datastore_tables.want(package.id, {})
    table_files.request_tables(package)
